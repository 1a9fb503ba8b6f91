"""Compares MongoDB with Redis and mends the difference. Redis may be emptied at any time."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable

from control_api.services.one_by_one import OneByOne
from control_api.worker.seeds import seed_from_target
from spiders.work.failures import FAILURES, FailureCode
from storage.base.records import Failure, Seed, TargetEnd
from storage.jobs.jobs import Jobs
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from storage.queue.crawlers import CrawlerRegistry
from storage.queue.seed_queue import ExhaustedLease, SeedQueue

logger = logging.getLogger(__name__)

# Two beside others, which condemn nobody, and three as the only target at work in its crawler.
MAX_DEATHS = 5


class Reconciler:
    def __init__(
        self,
        jobs: Jobs,
        targets: Targets,
        queue: SeedQueue,
        settlement: Settlement,
        *,
        registry: CrawlerRegistry,
        kill_session: Callable[[str], None],
        silence_seconds: float,
        pause_seconds: float,
    ) -> None:
        self._jobs = jobs
        self._targets = targets
        self._queue = queue
        self._settlement = settlement
        self._registry = registry
        self._kill_session = kill_session
        self._silence_seconds = silence_seconds
        self._pause_seconds = pause_seconds
        self._silenced: set[str] = set()

    def step(self) -> float:
        each = OneByOne()
        with each.apart("the end of silent sessions"):
            self.end_silent_sessions()
        for spider in self._queue.spiders:
            with each.apart(f"the return of the leases of {spider}"):
                self.return_expired(spider)
                self._queue.drop_dead_entries(spider)
        with each.apart("the feeding of lost targets"):
            self.feed_missing()
        with each.apart("the end of cancelled jobs"):
            self.close_cancelled()
        each.raise_first()
        return self._pause_seconds

    def return_expired(self, spider: str) -> None:
        """Leases that ended without a word go back; a target whose crawlers keep dying fails."""
        exhausted = self._queue.expire_leases(spider, max_deaths=MAX_DEATHS)
        if not exhausted:
            return
        self._settlement.commit([], [_exhausted_end(lease) for lease in exhausted])
        self._queue.acknowledge(spider, exhausted)
        for lease in exhausted:
            logger.warning("%s fails: its crawler died %d times", lease.id, MAX_DEATHS)

    def end_silent_sessions(self) -> None:
        """Free what a dead crawler still locks: its last transaction would stand for a minute."""
        silent = {
            crawler.owner: crawler.session
            for crawler in self._registry.silent(for_seconds=self._silence_seconds)
            if crawler.session
        }
        for owner, session in silent.items():
            if owner not in self._silenced:
                self._kill_session(session)
        self._silenced = set(silent)

    def feed_missing(self) -> int:
        """Feed again what was fed, is open, and is not in Redis."""
        missing: dict[str, list[Seed]] = defaultdict(list)
        for job in self._jobs.with_targets_in_redis():
            open_ids = self._targets.open_ids(job.id, below=job.fed)
            unknown = self._queue.unknown(job.spider, open_ids)
            # Redis was asked first: a seed leaves Redis only after its target is settled, so what is
            # unknown there and still open now was truly lost.
            lost = self._targets.open_among(unknown) if unknown else []
            missing[job.spider] += [
                seed_from_target(target, job.organization_id, job.request_id) for target in lost
            ]
        for spider, seeds in missing.items():
            if seeds:
                pushed = self._queue.push(spider, seeds)
                logger.warning("%s: fed %d targets again that Redis did not hold", spider, pushed)
        return sum(len(seeds) for seeds in missing.values())

    def close_cancelled(self) -> None:
        """Finish cancels whose API process died between the fence and the targets."""
        each = OneByOne()
        for job_id in self._settlement.cancelled_with_open_targets():
            with each.apart(f"the end of the cancelled job {job_id}"):
                self._queue.forget_jobs([job_id])
                self._settlement.close_targets(job_id)
        each.raise_first()


def _exhausted_end(lease: ExhaustedLease) -> TargetEnd:
    code = FailureCode.LEASE_EXHAUSTED
    job_id, _, _ = lease.id.rpartition(":")
    return TargetEnd(
        id=lease.id,
        job_id=None if job_id == "hand" else job_id,
        token=lease.token,
        failure=Failure(code.value, FAILURES[code].message),
    )

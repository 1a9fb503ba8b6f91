from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail, name_of_job
from control_api.services.errors import (
    Conflict,
    IdempotencyKeyReused,
    NotFound,
    ProjectNotFound,
)
from control_api.services.jobs.creating.job_request import JobRequest
from control_api.services.jobs.creating.job_writer import Draft, JobWriter, draft_from_request
from control_api.services.jobs.job_defaults import JobDefaults
from control_api.services.jobs.job_lists import JobsWanted, filter_from_wanted
from control_api.services.jobs.job_views import JobView, as_created, pending_targets
from control_api.services.jobs.run_cancel import RunCancel
from control_api.services.jobs.site_browsers import SiteBrowsers
from control_api.services.jobs.types.registry import REQUEST_FORMS, SERVED_OF_NAME
from control_api.services.warnings import RequestWarning
from storage.accounts.projects import Projects
from storage.base.away import StorageAway
from storage.base.records import (
    OPEN_TARGET,
    FailureCount,
    Job,
    JobStatus,
    NewTarget,
    Target,
    TargetStatus,
)
from storage.base.transactions import Session, Transactions
from storage.jobs.idempotency import IdempotencyKeys, KeyInUse, KeyUse
from storage.jobs.jobs import Jobs
from storage.jobs.results import Results
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from storage.queue.seed_queue import SeedQueue

log = logging.getLogger(__name__)

SHOWN_TARGETS = 1_000


@dataclass(frozen=True, slots=True)
class TargetsPage:
    job: Job
    targets: Sequence[Target]
    total: int


@dataclass(frozen=True, slots=True)
class JobTarget:
    job: Job
    target: Target


@dataclass(frozen=True, slots=True)
class Created:
    """`is_replay`: an earlier request with the same Idempotency-Key made the job."""

    view: JobView
    is_replay: bool = False
    # What of the request was not taken as it was sent; the same for a replay.
    warnings: Sequence[RequestWarning] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStores:
    """The repositories that a job lives in."""

    jobs: Jobs
    targets: Targets
    projects: Projects
    idempotency: IdempotencyKeys
    settlement: Settlement
    seeds: SeedQueue
    results: Results


class JobService:
    def __init__(
        self,
        stores: JobStores,
        writer: JobWriter,
        *,
        audit: AuditTrail,
        defaults: JobDefaults,
        browsers: SiteBrowsers,
        run_cancel: RunCancel,
        transactions: Transactions,
    ) -> None:
        self._defaults = defaults
        self._browsers = browsers
        self._run_cancel = run_cancel
        self._stores = stores
        self._writer = writer
        self._audit = audit
        self._transactions = transactions

    def create(
        self,
        actor: Actor,
        project_id: str,
        request: JobRequest,
        *,
        idempotency_key: str | None = None,
    ) -> Created:
        """Write a job, its targets, its reservation and its traces in one transaction."""
        self._require_project(actor, project_id)
        draft = draft_from_request(replace(request, defaults=self._defaults.get()), project_id)
        if refusal := self._browsers.find_refusal(request.config, draft.spider):
            raise refusal
        asked = [project_id, request.kind, list(request.targets), dict(request.config)]
        if request.skips_invalid:
            asked.append("skip")
        return self.submit(actor, draft, asked=asked, idempotency_key=idempotency_key)

    def submit(
        self,
        actor: Actor,
        draft: Draft,
        *,
        asked: Sequence[Any],
        idempotency_key: str | None = None,
    ) -> Created:
        """Write what was drafted. `asked` (plain JSON) is the request that the key stands for."""
        once = _once(idempotency_key, asked)
        created = self._write_once(actor, draft, "job.created", once=once)
        return replace(created, warnings=draft.warnings)

    def retry(
        self,
        actor: Actor,
        job_id: str,
        *,
        only_failed: bool = False,
        code: str | None = None,
        indexes: Sequence[int] | None = None,
        idempotency_key: str | None = None,
    ) -> Created:
        """A new queued job of the same type, config and targets.

        `only_failed`: of those targets alone that failed or were cancelled; what is still open goes
        on in the job that it belongs to. `code`, `indexes`: of them those that failed by this code, and
        those at these places among the job's targets.
        """
        job = self.get(actor, job_id)
        is_chosen = only_failed or code is not None or indexes is not None
        found = self._failed_targets(job) if is_chosen else self._targets_to_retry(job)
        if code is not None:
            found = [one for one in found if one.failure is not None and one.failure.code == code]
        if indexes is not None:
            found = [one for one in found if one.index in set(indexes)]
        if is_chosen and not found:
            raise Conflict("No such target of this job failed: there is nothing to retry")
        draft = Draft(
            project_id=job.project_id,
            kind=job.kind,
            spider=job.spider,
            config=job.config,
            targets=[_asked_again(target) for target in found],
            priority=job.priority,
            target_limit=_limit_of_retry(job, found),
            counts_growth=job.kind in REQUEST_FORMS,
            retry_of=job.id,
        )
        once = _once(idempotency_key, ["retry", job.id, only_failed, *_chosen_asked(code, indexes)])
        return self._write_once(actor, draft, "job.retried", once=once)

    def _targets_to_retry(self, job: Job) -> list[Target]:
        """Those that were asked for; what a page led to is found again."""
        if SERVED_OF_NAME[job.kind].retries_first_target_alone:
            return self._stores.targets.list_page(job.id, limit=1)
        return self._stores.targets.values(job.id)

    def _failed_targets(self, job: Job) -> list[Target]:
        ended = [TargetStatus.FAILED, TargetStatus.CANCELLED]
        if job.status is JobStatus.CANCELLED:
            # The job is the fence; its targets are marked a moment after it.
            ended += OPEN_TARGET
        return [target for target in self._stores.targets.values(job.id) if target.status in ended]

    def get(self, actor: Actor, job_id: str, session: Session | None = None) -> Job:
        job = self._stores.jobs.find(job_id, actor.organization_id, session=session)
        if job is None or not actor.sees(job.project_id):
            raise NotFound("Job not found")
        return job

    def get_view(self, actor: Actor, job_id: str) -> JobView:
        return self._view(self.get(actor, job_id))

    def open_among(self, job_ids: Sequence[str]) -> set[str]:
        """Which of the jobs have not ended, whoever they belong to."""
        return self._stores.jobs.open_among(job_ids)

    def list_page(
        self,
        actor: Actor,
        project_id: str,
        *,
        wanted: JobsWanted,
        limit: int,
        offset: int,
    ) -> tuple[list[JobView], int]:
        """Newest first, and how many there are in all."""
        self._require_project(actor, project_id)
        chosen = filter_from_wanted(actor, replace(wanted, project_id=project_id))
        jobs, total = self._stores.jobs.list_page(chosen, limit=limit, offset=offset)
        shown = self._stores.targets.first_of_jobs([job.id for job in jobs], SHOWN_TARGETS)
        return [JobView(job, shown[job.id]) for job in jobs], total

    def list_targets(
        self,
        actor: Actor,
        job_id: str,
        *,
        status: TargetStatus | None,
        limit: int,
        offset: int,
        code: str | None = None,
    ) -> TargetsPage:
        """`code`: those that failed by it alone."""
        job = self.get(actor, job_id)
        targets = self._stores.targets.list_page(
            job_id, status=status, code=code, limit=limit, offset=offset
        )
        if code is not None:
            by_code = {one.code: one.count for one in self._failures(job)}
            is_asked = status in (None, TargetStatus.FAILED)
            return TargetsPage(job, targets, by_code.get(code, 0) if is_asked else 0)
        total = job.counts.total if status is None else getattr(job.counts, status.value)
        return TargetsPage(job, targets, total)

    def list_failures(self, actor: Actor, job_id: str) -> Sequence[FailureCount]:
        """How many targets failed with each code."""
        return self._failures(self.get(actor, job_id))

    def get_target(self, actor: Actor, job_id: str, index: int) -> JobTarget:
        """`index`: its place among the job's targets, from 0."""
        job = self.get(actor, job_id)
        target = self._stores.targets.find(job_id, index)
        if target is None:
            raise NotFound("Target not found")
        return JobTarget(job, target)

    def cancel(self, actor: Actor, job_id: str) -> JobView:
        """End the job; when this returns, no row of it can be written any more. Idempotent."""
        job = self.get(actor, job_id)
        if job.status is JobStatus.CANCELLED:
            return self._view(job)
        if not SERVED_OF_NAME[job.kind].type.is_pooled:
            # It stays open, and fenced, until its process is gone.
            self._run_cancel.cancel(actor, job)
            return self.get_view(actor, job_id)
        cancelled = self._stores.settlement.cancel(job_id)
        if cancelled is None:
            return self._view(self._require_cancelled(actor, job_id))
        self._stores.settlement.close_targets(job_id)
        self._forget_seeds(job_id)
        self._audit.record(
            actor, "job.cancelled", entity_id=job_id, entity_name=name_of_job(cancelled)
        )
        return self._view(cancelled)

    def _require_cancelled(self, actor: Actor, job_id: str) -> Job:
        """The job that was not open any more: cancelled by another request, or else finished."""
        job = self.get(actor, job_id)
        if job.status is not JobStatus.CANCELLED:
            raise Conflict(f"Job is already {job.status.value}")
        return job

    def _view(self, job: Job, session: Session | None = None) -> JobView:
        shown = self._stores.targets.list_page(job.id, limit=SHOWN_TARGETS, session=session)
        remarks = SERVED_OF_NAME[job.kind].remarks(job, self._stores.results)
        return JobView(job, shown, self._failures(job, session), remarks)

    def _failures(self, job: Job, session: Session | None = None) -> Sequence[FailureCount]:
        return self._stores.targets.count_failures(job.id, session) if job.counts.failed else ()

    def _require_project(self, actor: Actor, project_id: str) -> None:
        project = self._stores.projects.find(project_id, actor.organization_id)
        if project is None or not actor.sees(project.id):
            raise ProjectNotFound

    def _write_once(
        self, actor: Actor, draft: Draft, action: str, *, once: _Once | None
    ) -> Created:
        try:
            return self._write(actor, draft, action, once=once)
        except KeyInUse:
            # Committed between our look and our write; now the look finds it.
            return self._write(actor, draft, action, once=once)

    def _write(
        self, actor: Actor, draft: Draft, action: str, *, once: _Once | None = None
    ) -> Created:
        created = self._transactions.run(
            lambda session: self._write_in(session, actor, draft, action=action, once=once)
        )
        if not created.is_replay:
            self._wake_feeder()
        return created

    def _write_in(
        self, session: Session, actor: Actor, draft: Draft, *, action: str, once: _Once | None
    ) -> Created:
        earlier = self._earlier(actor, once, session)
        if earlier is not None:
            return earlier
        job = self._writer.write(session, actor, draft, action=action)
        if once is not None:
            use = KeyUse(once.fingerprint, job.id)
            self._stores.idempotency.insert(actor.organization_id, once.key, use, session=session)
        shown = pending_targets(job.id, draft.targets[:SHOWN_TARGETS])
        return Created(JobView(job, shown, failures=[]))

    def _earlier(self, actor: Actor, once: _Once | None, session: Session) -> Created | None:
        """The answer that was given to the same Idempotency-Key before."""
        if once is None:
            return None
        use = self._stores.idempotency.find(actor.organization_id, once.key, session)
        if use is None:
            return None
        if use.fingerprint != once.fingerprint:
            raise IdempotencyKeyReused
        # In the session: a majority read beside it may not see what its snapshot sees.
        view = self._view(self.get(actor, use.job_id, session), session)
        return Created(as_created(view), is_replay=True)

    def _wake_feeder(self) -> None:
        try:
            self._stores.seeds.wake_feeder()
        except StorageAway as error:
            # The job is in MongoDB: the reconciler feeds it when Redis is back.
            log.warning("the feeder was not woken: %s", type(error).__name__)

    def _forget_seeds(self, job_id: str) -> None:
        try:
            self._stores.seeds.forget_jobs([job_id])
        except StorageAway as error:
            # The fence is in MongoDB; a crawler that still holds a seed writes nothing.
            log.warning("seeds of job %s were not forgotten: %s", job_id, type(error).__name__)


@dataclass(frozen=True, slots=True)
class _Once:
    """A client's Idempotency-Key with what it asked for."""

    key: str
    fingerprint: str


def _once(key: str | None, asked: Sequence[Any]) -> _Once | None:
    return None if key is None else _Once(key, _fingerprint(asked))


def _chosen_asked(code: str | None, indexes: Sequence[int] | None) -> list[Any]:
    """Nothing for who chooses nothing: a key of an earlier version stays the same."""
    return [] if code is None and indexes is None else [code, sorted(set(indexes or ()))]


def _fingerprint(asked: Sequence[Any]) -> str:
    text = json.dumps(asked, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _limit_of_retry(job: Job, found: Sequence[Target]) -> int | None:
    """Pages are followed from the targets that were asked for: what they led to is in the job already."""
    if job.target_limit is None:
        return None
    if job.kind not in REQUEST_FORMS:
        return job.target_limit if not found or found[0].index == 0 else None
    asked = sum(target.position is not None for target in found)
    limit = SERVED_OF_NAME[job.kind].grows_to(job.config, asked)
    return None if limit is None or not asked else max(limit, len(found))


def _asked_again(target: Target) -> NewTarget:
    return NewTarget(
        target.value,
        target.url,
        target.marketplace,
        target.params,
        target.key,
        sent=target.sent,
        position=target.position,
        merged=target.merged,
    )

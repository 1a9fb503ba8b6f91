"""A monitor made of a schedule: the products that it crawls become watches, its kept jobs become rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from control_api.services.accounts.actor import Actor
from control_api.services.errors import InvalidInput, ScheduleNotFound
from control_api.services.monitors.kinds.registry import MONITORED
from control_api.services.monitors.watch_reader import NotWatchable, WatchReader
from storage.base.records import Job
from storage.base.transactions import Session
from storage.events.schedules import CrawlConfig, Schedules
from storage.jobs.jobs import JobFilter, Jobs
from storage.monitors.monitors import Monitor, Monitors
from storage.monitors.receipts import Receipts
from storage.monitors.rounds import Round, Rounds
from storage.monitors.watches import NewWatch, Watches

# All of them are written in one transaction: 5,000 receipts of the largest jobs.
MAX_JOBS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStores:
    schedules: Schedules
    jobs: Jobs
    monitors: Monitors
    watches: Watches
    receipts: Receipts
    rounds: Rounds


class SchedulePast:
    def __init__(self, stores: PastStores) -> None:
        self._stores = stores

    def crawl(self, actor: Actor, project_id: str, schedule_id: str) -> CrawlConfig:
        """What the schedule crawls. Raises InvalidInput for what no monitor can follow."""
        schedule = self._stores.schedules.find(schedule_id, actor.organization_id)
        if schedule is None or schedule.project_id != project_id:
            raise ScheduleNotFound
        if schedule.monitor_id is not None:
            raise InvalidInput("fromScheduleId: this schedule belongs to a monitor already")
        if schedule.crawl.kind not in MONITORED:
            raise InvalidInput(
                f"fromScheduleId: a monitor follows {', '.join(MONITORED)}, and the schedule's jobs are "
                f"{schedule.crawl.kind} jobs"
            )
        return schedule.crawl

    def fill(self, monitor: Monitor, crawl: CrawlConfig, schedule_id: str, session: Session) -> int:
        """Write its watches, and receipts for its jobs, oldest first: the observer does the rest. How
        many watches there are. A job that is a round of another monitor is left out."""
        watches = self._watches(monitor, crawl)
        if watches:
            self._stores.watches.insert(
                watches,
                monitor_id=monitor.id,
                organization_id=monitor.organization_id,
                project_id=monitor.project_id,
                session=session,
            )
            self._stores.monitors.add_watches(monitor.id, len(watches), session)
        for job in self._jobs(monitor, schedule_id, session):
            self._stores.rounds.insert(_round(job, monitor.id), session)
            self._stores.receipts.insert_of_job(
                job.id,
                job.counts.total,
                project_id=monitor.project_id,
                monitor_id=monitor.id,
                session=session,
            )
        return len(watches)

    def _watches(self, monitor: Monitor, crawl: CrawlConfig) -> list[NewWatch]:
        """Raises InvalidInput where some are of another store: a monitor follows one, and the same product
        number in two stores is two products."""
        reader = WatchReader(monitor.kind, monitor.config)
        values: dict[str, None] = {}
        for text in crawl.targets:
            try:
                values[reader.value(text)] = None
            except NotWatchable as error:
                raise InvalidInput(f"fromScheduleId: {text[:200]} {error}") from error
        return [NewWatch(value=value) for value in values]

    def _jobs(self, monitor: Monitor, schedule_id: str, session: Session) -> Sequence[Job]:
        chosen = JobFilter(
            organization_id=monitor.organization_id,
            project_id=monitor.project_id,
            kinds=[monitor.kind],
            schedule_id=schedule_id,
        )
        found = self._stores.jobs.list_newest(chosen, limit=MAX_JOBS, offset=0)
        ended = [job for job in reversed(found) if not job.is_open]
        taken = self._stores.rounds.among([job.id for job in ended], session)
        return [job for job in ended if job.id not in taken]


def _round(job: Job, monitor_id: str) -> Round:
    return Round(
        id=job.id,
        monitor_id=monitor_id,
        organization_id=job.organization_id,
        project_id=job.project_id,
        watches=job.counts.total,
        started_at=job.created_at,
        status=job.status.value,
        outcome=job.outcome,
        ended_at=job.completed_at,
    )

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from control_api.services.accounts.actor import Actor
from control_api.services.jobs.types.registry import V1_NAMES
from storage.base.clock import utc_now
from storage.base.records import JobStatus
from storage.jobs.jobs import Jobs, JobSums


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStats:
    """`success_rate`: of the jobs that completed or failed, in percent; 0 while there is none."""

    counts: Mapping[JobStatus, int]
    rows: int
    last_day: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def success_rate(self) -> float:
        completed = self.counts[JobStatus.COMPLETED]
        ended = completed + self.counts[JobStatus.FAILED]
        return round(completed / ended * 100, 2) if ended else 0.0


class Monitoring:
    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def job_stats(self, actor: Actor) -> JobStats:
        """Of the actor's organization."""
        since = utc_now() - timedelta(days=1)
        sums = self._jobs.sums_by_status(actor.organization_id, V1_NAMES, since=since)
        none = JobSums()
        return JobStats(
            counts={status: sums.get(status, none).jobs for status in JobStatus},
            rows=sum(one.rows for one in sums.values()),
            last_day=sum(one.since for one in sums.values()),
        )

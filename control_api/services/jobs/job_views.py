"""A job as it is shown, with what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.base.records import (
    Counts,
    FailureCount,
    Job,
    JobStatus,
    NewTarget,
    Target,
    TargetStatus,
)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job with its first targets (at most SHOWN_TARGETS).

    `failures`: how many targets failed with each code; None in lists, where nobody counts.
    `warnings`: what the client should know of the results.
    """

    job: Job
    targets: Sequence[Target]
    failures: Sequence[FailureCount] | None = None
    warnings: Sequence[str] = ()


def pending_targets(job_id: str, targets: Sequence[NewTarget]) -> list[Target]:
    return [
        Target(
            id=f"{job_id}:{index:06d}",
            job_id=job_id,
            index=index,
            value=new.value,
            url=new.url,
            marketplace=new.marketplace,
            status=TargetStatus.PENDING,
            params=new.params,
            failure=None,
        )
        for index, new in enumerate(targets)
    ]


def as_created(view: JobView) -> JobView:
    """The job as its creation was answered: a replay says what was said, not what is."""
    job = view.job
    fresh = replace(
        job,
        status=JobStatus.QUEUED,
        counts=Counts(total=job.counts.total, pending=job.counts.total),
        result_count=0,
        outcome=None,
        updated_at=job.created_at,
        started_at=None,
        completed_at=None,
    )
    targets = [replace(t, status=TargetStatus.PENDING, failure=None) for t in view.targets]
    return JobView(fresh, targets, failures=[])

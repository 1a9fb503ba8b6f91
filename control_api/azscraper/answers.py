"""Records as the dialect shows them, where an answer is more than its record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from control_api.azscraper.schemas.jobs.jobs import (
    JobOut,
    JobsAnswer,
    ListedTargetOut,
    ResolvedOut,
    TargetOut,
)
from control_api.http.schemas import WarningOut
from control_api.services.jobs.job_views import JobView
from control_api.services.records import (
    OPEN_TARGET,
    Job,
    JobStatus,
    NewTarget,
    Target,
    TargetStatus,
)
from control_api.services.warnings import RequestWarning
from spiders.sites.marketplaces import MARKETPLACES
from spiders.sites.urls import canonical_product_url


def job_answer(view: JobView, *, rows: Sequence[Any] | None = None) -> JobOut:
    job = view.job
    given: dict[str, Any] = {
        "targets": [TargetOut.read(target, **_state(target, job)) for target in view.targets],
        # Rows are kept with their job: the job's id is the id of its one set of results.
        "resultSetId": job.id if job.result_count or not job.is_open else None,
        "bullJobId": job.id,
    }
    if view.failures is not None:
        given["failures"] = view.failures
    if view.warnings:
        given["warnings"] = list(view.warnings)
    if job.counts.total > len(view.targets):
        given["targetsTruncated"] = True
    if rows is not None:
        given["rows"] = rows
    return JobOut.read(job, **given)


def jobs_answer(views: Sequence[JobView], total: int) -> JobsAnswer:
    return JobsAnswer.of([job_answer(view) for view in views], total=total)


def listed_target_answer(target: Target, job: Job) -> ListedTargetOut:
    """A target with what joins it to the client's own list, and what its pages say of the search."""
    given = {
        **_state(target, job),
        "index": target.index if target.position is None else target.position,
        "sent": target.value if target.sent is None else target.sent,
        "resolved": resolved_answer(target),
        **target.facts,
    }
    if target.effort:
        given["work"] = target.effort
    if parent := target.params.get("parentTarget"):
        given["parentTarget"] = parent
    empty = {"ended_at": target.ended_at is None, "search_info": not target.search_info}
    return ListedTargetOut.read(
        target, without=[name for name, is_empty in empty.items() if is_empty], **given
    )


def resolved_answer(target: Target | NewTarget) -> ResolvedOut:
    store = MARKETPLACES.get(target.marketplace)
    asin = target.params.get("asin") if store else None
    return ResolvedOut(
        asin=asin,
        marketplace=target.marketplace if store else None,
        url=canonical_product_url(store, asin) if store and asin else target.url,
    )


def warnings_answer(warnings: Sequence[RequestWarning]) -> dict[str, Any]:
    """`warnings` beside `data`; nothing where there is nothing to say."""
    found = [WarningOut.read(warning) for warning in warnings]
    return {"warnings": found} if found else {}


def _state(target: Target, job: Job) -> dict[str, Any]:
    status = target.status
    if job.status is JobStatus.CANCELLED and status in OPEN_TARGET:
        # The job is the fence; its targets are marked a moment after it.
        status = TargetStatus.CANCELLED
    is_failed = status is TargetStatus.FAILED and target.failure is not None
    return {"status": status, **({"error": target.failure} if is_failed else {})}

"""Page jobs as this dialect answers them; the routes are in v1/jobs.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import no_content
from control_api.services.jobs.jobs import Created
from control_api.services.records import Job, JobStatus, Target
from control_api.v1.page_answers import result_answer
from control_api.v1.schemas.page_jobs import (
    FailedPage,
    PageJobBody,
    PageJobCreated,
    PageJobOut,
    PageJobRow,
)
from control_api.v1.statuses import SCRAPEMASTER


def create(body: PageJobBody, *, idempotency_key: str | None) -> Created:
    return services().page_jobs.create(
        current_actor(), body.to_request(), idempotency_key=idempotency_key
    )


def created(job: Job, *, has_rows: bool) -> PageJobCreated:
    return PageJobCreated.read(
        job, status=SCRAPEMASTER[job.status], **_rows(job, has_rows=has_rows)
    )


def show(job: Job, *, has_rows: bool) -> PageJobOut:
    view = services().page_jobs.view(current_actor(), job)
    return PageJobOut.read(
        job,
        status=SCRAPEMASTER[job.status],
        progress=progress(job),
        engine=view.engine,
        failures=[_failure(target) for target in view.failures],
        **_rows(job, has_rows=has_rows),
    )


def show_list(jobs: Sequence[Job]) -> list[PageJobRow]:
    return [
        PageJobRow.read(job, status=SCRAPEMASTER[job.status], progress=progress(job))
        for job in jobs
    ]


def cancel(job: Job) -> Response:
    services().jobs.cancel(current_actor(), job.id)
    return no_content()


def progress(job: Job) -> float:
    """Of the pages known so far, those that are done; a crawl that follows links learns of more."""
    counts = job.counts
    if job.status in (JobStatus.COMPLETED, JobStatus.FAILED):
        return 100
    done = counts.success + counts.failed
    return math.floor(1_000 * done / counts.total) / 10 if counts.total else 0


def _rows(job: Job, *, has_rows: bool) -> dict[str, Any]:
    if not has_rows:
        return {}
    rows = services().results.first_rows(current_actor(), job)
    return {"rows": [result_answer(job, row) for row in rows]}


def _failure(target: Target) -> FailedPage:
    failure = target.failure
    return FailedPage(
        url=target.url,
        code=failure.code if failure else "",
        message=failure.message if failure else "",
    )

"""Page jobs as this dialect answers them; the routes are in v1/jobs.py."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import no_content, text_from_time
from control_api.services.jobs.jobs import Created
from control_api.services.records import Job, JobStatus, Target
from control_api.v1.page_answers import result_answer
from control_api.v1.schemas.page_jobs import PageJobBody
from control_api.v1.statuses import SCRAPEMASTER


def create(body: PageJobBody, *, idempotency_key: str | None) -> Created:
    return services().page_jobs.create(
        current_actor(), body.to_request(), idempotency_key=idempotency_key
    )


def created(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "url": job.config["url"],
        "status": SCRAPEMASTER[job.status],
        "created_at": text_from_time(job.created_at),
    }


def first_rows(job: Job) -> list[Mapping[str, Any]]:
    return [result_answer(job, row) for row in services().results.first_rows(current_actor(), job)]


def show(job: Job) -> dict[str, Any]:
    view = services().page_jobs.view(current_actor(), job)
    return {
        **_row(job),
        "engine": view.engine,
        "priority": job.priority.value,
        "selectors": job.config["selectors"],
        "config": job.config["config"],
        "completed_at": text_from_time(job.completed_at) if job.completed_at else None,
        "failures": [_failure(target) for target in view.failures],
    }


def show_list(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    return [_row(job) for job in jobs]


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


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "url": job.config["url"],
        "status": SCRAPEMASTER[job.status],
        "progress": progress(job),
        "items_scraped": job.result_count,
        "items_failed": job.counts.failed,
        "created_at": text_from_time(job.created_at),
        "started_at": text_from_time(job.started_at) if job.started_at else None,
    }


def _failure(target: Target) -> dict[str, Any]:
    failure = target.failure
    return {
        "url": target.url,
        "code": failure.code if failure else "",
        "message": failure.message if failure else "",
    }

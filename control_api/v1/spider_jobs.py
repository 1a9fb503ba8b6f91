"""Spider jobs as this dialect answers them; the routes are in v1/jobs.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.services.jobs.jobs import Created
from control_api.services.records import Job
from control_api.v1.answers import job_answer, job_row
from control_api.v1.schemas.spider_jobs import (
    SpiderJobCancelled,
    SpiderJobCreated,
    SpiderJobOut,
    SpiderJobRow,
)
from control_api.v1.statuses import SCRAPETHIS


class AskedJob(Protocol):
    """The body of a POST."""

    spider_id: str | None
    spider_name: str | None
    arguments: dict[str, str | int | float | bool | None] | None


def create(body: AskedJob, *, idempotency_key: str | None) -> Created:
    return services().spider_jobs.create(
        current_actor(),
        spider_id=body.spider_id,
        spider_name=body.spider_name,
        arguments=body.arguments or {},
        idempotency_key=idempotency_key,
    )


def created(job: Job, *, has_rows: bool) -> SpiderJobCreated:
    return SpiderJobCreated.read(
        job, jobId=job.id, status=SCRAPETHIS[job.status], **_rows(job, has_rows=has_rows)
    )


def show(job: Job, *, has_rows: bool) -> SpiderJobOut:
    view = services().spider_jobs.view(current_actor(), job)
    return job_answer(view, **_rows(job, has_rows=has_rows))


def show_list(jobs: Sequence[Job]) -> list[SpiderJobRow]:
    return [job_row(view) for view in services().spider_jobs.views(current_actor(), jobs)]


def cancel(job: Job) -> Response:
    services().jobs.cancel(current_actor(), job.id)
    return json_answer(SpiderJobCancelled(ok=True, message="Job cancelled"))


def _rows(job: Job, *, has_rows: bool) -> dict[str, Any]:
    if not has_rows:
        return {}
    return {"rows": [row.data for row in services().results.first_rows(current_actor(), job)]}

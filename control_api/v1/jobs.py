"""`/api/v1/jobs` serves two dialects. The kind of a job decides its shape, never a header or a flag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.requests.request_headers import CreateHeaders, PreferHeader
from control_api.http.rows.row_queries import IncludeQuery
from control_api.http.schemas import Answer
from control_api.http.v1_errors import V1Error
from control_api.http.waiting import answer_when_ended
from control_api.services.records import Job
from control_api.v1 import page_jobs, spider_jobs
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.schemas.jobs import (
    MAX_JOBS,
    CreateV1JobBody,
    SpiderJobBody,
    V1Job,
    V1JobPath,
    V1JobRows,
    V1JobsQuery,
)
from control_api.v1.schemas.page_jobs import PageJobCreated
from control_api.v1.schemas.spider_jobs import SpiderJobCancelled, SpiderJobCreated
from control_api.v1.statuses import STATUS_OF_WORD
from spiders.types.page import PAGE
from spiders.types.spider import SPIDER

jobs = v1_blueprint("jobs", "Page jobs (ScrapeMaster) and spider jobs (ScrapeThis)")


class Show(Protocol):
    def __call__(self, job: Job, *, has_rows: bool) -> Answer: ...


class Dialect(Protocol):
    """How one kind of job is shown and cancelled: a module of the dialect."""

    def show(self, job: Job, *, has_rows: bool) -> Answer:
        """`has_rows`: with the first rows that the job has found."""
        ...

    def show_list(self, jobs: Sequence[Job]) -> Sequence[Answer]: ...

    def created(self, job: Job, *, has_rows: bool) -> Answer: ...

    def cancel(self, job: Job) -> Response: ...


_DIALECT_OF_KIND: Mapping[str, Dialect] = {PAGE.name: page_jobs, SPIDER.name: spider_jobs}


@jobs.post(
    "/jobs",
    summary="Create a job",
    description="With `url` a page job; with `spider_id` or `spider_name` a spider job.",
    responses={
        200: SpiderJobCreated,
        201: PageJobCreated,
        402: V1Error,
        409: V1Error,
        415: V1Error,
        422: V1Error,
    },
)
def create_job(body: CreateV1JobBody, header: CreateHeaders, query: IncludeQuery) -> Response:
    asked = body.root
    key = header.idempotency_key
    if isinstance(asked, SpiderJobBody):
        created, status = spider_jobs.create(asked, idempotency_key=key), 200
    else:
        created, status = page_jobs.create(asked, idempotency_key=key), 201
    job = created.view.job
    show = _DIALECT_OF_KIND[job.kind].created
    response = _shown_job(job, show, query=query, header=header, status=status)
    if created.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@jobs.get("/jobs", summary="List jobs, the newest first", responses={200: V1JobRows})
def list_jobs(query: V1JobsQuery) -> Response:
    found = services().v1_jobs.list_newest(
        current_actor(),
        kinds=tuple(_DIALECT_OF_KIND),
        status=STATUS_OF_WORD[query.status] if query.status else None,
        spider_id=query.spider_id,
        schedule_id=query.schedule_id,
        limit=min(query.limit, MAX_JOBS),
        offset=query.skip,
    )
    return json_answer(_in_order(found))


@jobs.get("/jobs/<id>", summary="Get a job", responses={200: V1Job})
def get_job(path: V1JobPath, header: PreferHeader, query: IncludeQuery) -> Response:
    job = _job(path.id)
    return _shown_job(job, _DIALECT_OF_KIND[job.kind].show, query=query, header=header)


@jobs.delete(
    "/jobs/<id>",
    summary="Cancel a job",
    description="204 for a page job, 200 for a spider job.",
    responses={200: SpiderJobCancelled, 204: None, 409: V1Error},
)
def cancel_job(path: V1JobPath) -> Response:
    job = _job(path.id)
    return _DIALECT_OF_KIND[job.kind].cancel(job)


def _shown_job(
    job: Job,
    show: Show,
    *,
    query: IncludeQuery,
    header: PreferHeader,
    status: int = 200,
) -> Response:
    def shown(now: Job) -> Answer:
        return show(now, has_rows=query.include == "rows")

    return answer_when_ended(
        job, shown(job), again=lambda: shown(_job(job.id)), prefer=header.prefer, status=status
    )


def _job(job_id: str) -> Job:
    return services().v1_jobs.get(current_actor(), job_id, kinds=tuple(_DIALECT_OF_KIND))


def _in_order(found: Sequence[Job]) -> list[Answer]:
    shown: dict[str, Answer] = {}
    for kind, dialect in _DIALECT_OF_KIND.items():
        own = [job for job in found if job.kind == kind]
        shown.update({job.id: row for job, row in zip(own, dialect.show_list(own), strict=True)})
    return [shown[job.id] for job in found]

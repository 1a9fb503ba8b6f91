from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Response

from control_api.azscraper.answers import (
    job_answer,
    jobs_answer,
    listed_target_answer,
    warnings_answer,
)
from control_api.azscraper.schemas.account.projects import ProjectPath
from control_api.azscraper.schemas.jobs.jobs import (
    MAX_JOBS,
    CreateJobBody,
    JobAnswer,
    JobPath,
    JobsAnswer,
    JobsFilter,
    JobsQuery,
    RetryBody,
    TargetsAnswer,
    TargetsQuery,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.requests.request_headers import CreateHeaders, PreferHeader
from control_api.http.rows.row_queries import IncludeQuery
from control_api.http.schemas import ErrorEnvelope
from control_api.http.waiting import answer_when_ended
from control_api.services.jobs.job_lists import JobsWanted
from control_api.services.jobs.job_views import JobView

jobs = dialect_blueprint("jobs", "Crawl jobs and their targets")


@jobs.post(
    "/projects/<projectId>/jobs",
    summary="Create a job",
    responses={
        201: JobAnswer,
        402: ErrorEnvelope,
        403: ErrorEnvelope,
        415: ErrorEnvelope,
        422: ErrorEnvelope,
    },
)
def create_job(
    path: ProjectPath, body: CreateJobBody, header: CreateHeaders, query: IncludeQuery
) -> Response:
    body.warn()
    created = services().jobs.create(
        current_actor(),
        path.projectId,
        body.to_request(),
        idempotency_key=header.idempotency_key,
    )
    response = _shown_job(
        created.view, query, header, status=201, also=warnings_answer(created.warnings)
    )
    if created.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@jobs.get("/projects/<projectId>/jobs", summary="List jobs", responses={200: JobsAnswer})
def list_jobs(path: ProjectPath, query: JobsQuery) -> Response:
    views, total = services().jobs.list_page(
        current_actor(),
        path.projectId,
        wanted=jobs_wanted(query, schedule_id=query.scheduleId),
        limit=min(query.limit, MAX_JOBS),
        offset=query.offset,
    )
    return json_answer(jobs_answer(views, total))


@jobs.get("/jobs/<id>", summary="Get a job", responses={200: JobAnswer})
def get_job(path: JobPath, header: PreferHeader, query: IncludeQuery) -> Response:
    return _shown_job(services().jobs.get_view(current_actor(), path.id), query, header)


@jobs.get("/jobs/<id>/targets", summary="List a job's targets", responses={200: TargetsAnswer})
def list_targets(path: JobPath, query: TargetsQuery) -> Response:
    found = services().jobs.list_targets(
        current_actor(),
        path.id,
        status=query.status,
        code=query.code,
        limit=query.limit,
        offset=query.offset,
    )
    data = [listed_target_answer(target, found.job) for target in found.targets]
    return json_answer(TargetsAnswer.of(data, total=found.total))


@jobs.post(
    "/jobs/<id>/retry",
    summary="Run a job again, as a new job",
    responses={
        201: JobAnswer,
        402: ErrorEnvelope,
        403: ErrorEnvelope,
        409: ErrorEnvelope,
        415: ErrorEnvelope,
        422: ErrorEnvelope,
    },
)
def retry_job(
    path: JobPath, body: RetryBody, header: CreateHeaders, query: IncludeQuery
) -> Response:
    created = services().jobs.retry(
        current_actor(),
        path.id,
        only_failed=body.only == "failed",
        code=body.code,
        indexes=body.targets,
        idempotency_key=header.idempotency_key,
    )
    response = _shown_job(created.view, query, header, status=201)
    if created.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@jobs.post(
    "/jobs/<id>/cancel",
    summary="Cancel a job",
    responses={200: JobAnswer, 409: ErrorEnvelope},
)
def cancel_job(path: JobPath) -> Response:
    view = services().jobs.cancel(current_actor(), path.id)
    return json_answer(JobAnswer.of(job_answer(view)))


def _shown_job(
    view: JobView,
    query: IncludeQuery,
    header: PreferHeader,
    *,
    status: int = 200,
    also: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """`also`: what stands beside `data`."""

    def shown(now: JobView) -> JobAnswer:
        rows = None
        if query.include == "rows":
            rows = [row.data for row in services().results.first_rows(current_actor(), now.job)]
        return JobAnswer.model_validate({"data": job_answer(now, rows=rows), **also})

    return answer_when_ended(
        view.job,
        shown(view),
        again=lambda: shown(services().jobs.get_view(current_actor(), view.job.id)),
        prefer=header.prefer,
        status=status,
    )


def jobs_wanted(query: JobsFilter, *, schedule_id: str | None) -> JobsWanted:
    return JobsWanted(
        statuses=[query.status] if query.status else None,
        schedule_id=schedule_id,
        since=query.since,
        until=query.until,
    )

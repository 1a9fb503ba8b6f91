from __future__ import annotations

from flask import Response

from control_api.azscraper.answers import (
    job_answer,
    jobs_answer,
    listed_target_answer,
    warnings_answer,
)
from control_api.azscraper.blueprint import dialect_blueprint
from control_api.azscraper.schemas.base import ErrorEnvelope
from control_api.azscraper.schemas.jobs import (
    MOST_JOBS,
    CreateJobBody,
    IdempotencyHeader,
    JobAnswer,
    JobPath,
    JobsAnswer,
    JobsFilter,
    JobsQuery,
    RetryBody,
    TargetsAnswer,
    TargetsQuery,
)
from control_api.azscraper.schemas.projects import ProjectPath
from control_api.context import current_actor, services
from control_api.json_text import json_answer
from control_api.services.jobs import JobsWanted

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
def create_job(path: ProjectPath, body: CreateJobBody, header: IdempotencyHeader) -> Response:
    body.warn()
    created = services().jobs.create(
        current_actor(),
        path.projectId,
        body.to_request(),
        idempotency_key=header.idempotency_key,
    )
    data = {"data": job_answer(created.view), **warnings_answer(created.warnings)}
    response = json_answer(data, 201)
    if created.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@jobs.get("/projects/<projectId>/jobs", summary="List jobs", responses={200: JobsAnswer})
def list_jobs(path: ProjectPath, query: JobsQuery) -> Response:
    views, total = services().jobs.list_page(
        current_actor(),
        path.projectId,
        wanted=jobs_wanted(query, schedule_id=query.scheduleId),
        limit=min(query.limit, MOST_JOBS),
        offset=query.offset,
    )
    return jobs_answer(views, total)


@jobs.get("/jobs/<id>", summary="Get a job", responses={200: JobAnswer})
def get_job(path: JobPath) -> Response:
    view = services().jobs.get_view(current_actor(), path.id)
    return json_answer({"data": job_answer(view)})


@jobs.get("/jobs/<id>/targets", summary="List a job's targets", responses={200: TargetsAnswer})
def list_targets(path: JobPath, query: TargetsQuery) -> Response:
    found = services().jobs.list_targets(
        current_actor(), path.id, status=query.status, limit=query.limit, offset=query.offset
    )
    data = [listed_target_answer(target, found.job) for target in found.targets]
    return json_answer({"data": data, "meta": {"total": found.total}})


@jobs.post(
    "/jobs/<id>/retry",
    summary="Run a job again, as a new job",
    responses={
        201: JobAnswer,
        402: ErrorEnvelope,
        403: ErrorEnvelope,
        409: ErrorEnvelope,
        415: ErrorEnvelope,
    },
)
def retry_job(path: JobPath, body: RetryBody) -> Response:
    created = services().jobs.retry(current_actor(), path.id, only_failed=body.only == "failed")
    return json_answer({"data": job_answer(created.view)}, 201)


@jobs.post(
    "/jobs/<id>/cancel",
    summary="Cancel a job",
    responses={200: JobAnswer, 409: ErrorEnvelope},
)
def cancel_job(path: JobPath) -> Response:
    view = services().jobs.cancel(current_actor(), path.id)
    return json_answer({"data": job_answer(view)})


def jobs_wanted(query: JobsFilter, *, schedule_id: str | None) -> JobsWanted:
    return JobsWanted(
        status=query.status, schedule_id=schedule_id, since=query.since, until=query.until
    )

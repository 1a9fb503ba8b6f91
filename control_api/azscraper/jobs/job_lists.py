from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.jobs.job_lists import (
    AllJobsAnswer,
    AllJobsQuery,
    ListedJobOut,
    MakerOut,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.services.jobs.job_lists import JobsPage, JobsWanted
from control_api.services.records import Job

job_lists = dialect_blueprint("all_jobs", "Jobs of all projects")


@job_lists.get(
    "/jobs",
    summary="List the jobs of all projects",
    description="Lists the organization's jobs of every kind, the newest first, without their targets. A key of a project "
    "sees the jobs of its project.",
    responses={200: AllJobsAnswer},
)
def list_all_jobs(query: AllJobsQuery) -> Response:
    wanted = JobsWanted(
        statuses=query.status or None,
        kind=query.type,
        project_id=query.projectId,
        schedule_id=query.scheduleId,
        since=query.since,
        until=query.until,
        text=query.q,
    )
    page = services().job_lists.list_page(
        current_actor(), wanted=wanted, limit=query.limit, cursor=query.cursor
    )
    return json_answer(AllJobsAnswer.of([_listed_job(job, page) for job in page.jobs], meta=page))


def _listed_job(job: Job, page: JobsPage) -> ListedJobOut:
    return ListedJobOut.read(job, createdBy=_maker(job, page))


def _maker(job: Job, page: JobsPage) -> MakerOut | None:
    if job.created_by is None:
        return None
    user = page.makers.get(job.created_by)
    email, name = (user.email, user.name) if user else (None, None)
    return MakerOut(id=job.created_by, email=email, name=name)

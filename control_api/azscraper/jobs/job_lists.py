from __future__ import annotations

from typing import Any

from flask import Response

from control_api.azscraper.schemas.jobs.job_lists import AllJobsAnswer, AllJobsQuery
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
    data = [_listed_job(job, page) for job in page.jobs]
    meta = {"total": page.total, "nextCursor": page.next_cursor}
    return json_answer(AllJobsAnswer.model_validate({"data": data, "meta": meta}))


def _listed_job(job: Job, page: JobsPage) -> dict[str, Any]:
    return {
        "id": job.id,
        "projectId": job.project_id,
        "organizationId": job.organization_id,
        "type": job.kind,
        "status": job.status,
        "outcome": job.outcome,
        "priority": job.priority.value,
        "firstTargets": list(job.head),
        "config": dict(job.config),
        "counts": job.counts,
        "resultCount": job.result_count,
        "creditsReserved": job.credits_reserved,
        "retryOf": job.retry_of,
        "scheduleId": job.schedule_id,
        "createdBy": _maker(job, page),
        "createdAt": job.created_at,
        "updatedAt": job.updated_at,
        "startedAt": job.started_at,
        "completedAt": job.completed_at,
    }


def _maker(job: Job, page: JobsPage) -> dict[str, Any] | None:
    if job.created_by is None:
        return None
    user = page.makers.get(job.created_by)
    return {
        "id": job.created_by,
        "email": user.email if user else None,
        "name": user.name if user else None,
    }

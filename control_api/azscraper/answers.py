"""Records as the dialect shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Response

from control_api.http.json_text import json_answer, optional_time, text_from_time
from control_api.services.jobs.job_views import JobView
from control_api.services.records import (
    OPEN_TARGET,
    Job,
    JobStatus,
    NewTarget,
    Organization,
    Target,
    TargetStatus,
    User,
)
from control_api.services.warnings import RequestWarning
from spiders.sites.marketplaces import MARKETPLACES
from spiders.sites.urls import canonical_product_url


def user_answer(user: User) -> dict[str, Any]:
    return {"id": user.id, "email": user.email, "name": user.name}


def organization_answer(organization: Organization) -> dict[str, Any]:
    return {"id": organization.id, "name": organization.name}


def job_answer(view: JobView) -> dict[str, Any]:
    job = view.job
    answer: dict[str, Any] = {
        "id": job.id,
        "projectId": job.project_id,
        "organizationId": job.organization_id,
        "type": job.kind,
        "status": job.status.value,
        "targets": [target_answer(target, job) for target in view.targets],
        "config": dict(job.config),
        "priority": job.priority.value,
        "counts": asdict(job.counts),
        "outcome": job.outcome,
        "creditsReserved": job.credits_reserved,
        "resultCount": job.result_count,
        # Rows are kept with their job: the job's id is the id of its one set of results.
        "resultSetId": job.id if job.result_count or not job.is_open else None,
        "bullJobId": job.id,
        "retryOf": job.retry_of,
        "scheduleId": job.schedule_id,
        "createdAt": text_from_time(job.created_at),
        "updatedAt": text_from_time(job.updated_at),
        "startedAt": optional_time(job.started_at),
        "completedAt": optional_time(job.completed_at),
    }
    if view.failures is not None:
        answer["failures"] = [asdict(failure) for failure in view.failures]
    if view.warnings:
        answer["warnings"] = list(view.warnings)
    if job.counts.total > len(view.targets):
        answer["targetsTruncated"] = True
    return answer


def jobs_answer(views: Sequence[JobView], total: int) -> Response:
    data = [job_answer(view) for view in views]
    return json_answer({"data": data, "meta": {"total": total}})


def target_answer(target: Target, job: Job) -> dict[str, Any]:
    status = target.status
    if job.status is JobStatus.CANCELLED and status in OPEN_TARGET:
        # The job is the fence; its targets are marked a moment after it.
        status = TargetStatus.CANCELLED
    answer: dict[str, Any] = {"value": target.value, "status": status.value}
    if status is TargetStatus.FAILED and target.failure is not None:
        answer["error"] = {"code": target.failure.code, "message": target.failure.message}
    return answer


def listed_target_answer(target: Target, job: Job) -> dict[str, Any]:
    """A target with what joins it to the client's own list, and what its pages say of the search."""
    answer = {
        **target_answer(target, job),
        "index": target.index if target.position is None else target.position,
        "sent": target.value if target.sent is None else target.sent,
        "resolved": resolved_answer(target),
        "resultCount": target.row_count,
        "duplicates": [{"index": one.index, "sent": one.sent} for one in target.merged],
        "leases": target.leases,
    }
    if effort := target.effort:
        answer["work"] = {
            "requests": effort.requests,
            "answers": effort.answers,
            "bytes": effort.body_bytes,
            "blocked": effort.blocked,
        }
    if target.ended_at:
        answer["endedAt"] = text_from_time(target.ended_at)
    if target.search_info:
        answer["searchInfo"] = [dict(page) for page in target.search_info]
    answer.update(target.facts)
    if parent := target.params.get("parentTarget"):
        answer["parentTarget"] = parent
    return answer


def resolved_answer(target: Target | NewTarget) -> dict[str, Any]:
    store = MARKETPLACES.get(target.marketplace)
    asin = target.params.get("asin") if store else None
    return {
        "asin": asin,
        "marketplace": target.marketplace if store else None,
        "url": canonical_product_url(store, asin) if store and asin else target.url,
    }


def warnings_answer(warnings: Sequence[RequestWarning]) -> dict[str, Any]:
    """`warnings` beside `data`; nothing where there is nothing to say."""
    found = [{"path": warning.path, "message": warning.message} for warning in warnings]
    return {"warnings": found} if found else {}

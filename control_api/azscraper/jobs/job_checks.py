"""What a job would be, before it is made."""

from __future__ import annotations

from typing import Any

from flask import Response

from control_api.azscraper.answers import resolved_answer, warnings_answer
from control_api.azscraper.schemas.account.projects import ProjectPath
from control_api.azscraper.schemas.jobs.job_checks import MAX_TARGETS_SHOWN, JobCheckAnswer
from control_api.azscraper.schemas.jobs.jobs import CreateJobBody
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.schemas import ErrorEnvelope
from control_api.services.jobs.creating.job_check import JobCheck

job_checks = dialect_blueprint("job_checks", "What a job would be, before it is made")


@job_checks.post(
    "/projects/<projectId>/jobs/check",
    summary="Check a job before it is created",
    description="Takes the body of `POST /projects/{projectId}/jobs` and answers what that would do: the targets as they "
    "are read, duplicates, what is wrong with which text, the credits, the pages and the time at the present pace. "
    "Nothing is written.",
    responses={200: JobCheckAnswer, 415: ErrorEnvelope},
)
def check_job(path: ProjectPath, body: CreateJobBody) -> Response:
    body.warn()
    found = services().job_checks.check(current_actor(), path.projectId, body.to_request())
    return json_answer({"data": _check_answer(found), **warnings_answer(found.warnings)})


def _check_answer(found: JobCheck) -> dict[str, Any]:
    refusal = found.refusal
    return {
        "type": found.kind,
        "wouldCreate": refusal is None,
        "refusal": {"code": refusal.code, "message": refusal.message} if refusal else None,
        "targetCount": len(found.targets),
        "targets": [
            {
                "index": target.position,
                "sent": target.sent,
                "value": target.value,
                "resolved": resolved_answer(target),
                "duplicates": [{"index": one.index, "sent": one.sent} for one in target.merged],
            }
            for target in found.targets[:MAX_TARGETS_SHOWN]
        ],
        "duplicateCount": found.duplicates,
        "errorCount": len(found.bad),
        "errors": [one.as_detail() for one in found.bad[:MAX_TARGETS_SHOWN]],
        "credits": {
            "perTarget": found.credits.per_target,
            "total": found.credits.total,
            "balance": found.credits.balance,
        },
        "pages": found.pages,
        "seconds": found.seconds,
        "paces": [
            {
                "marketplace": share.marketplace,
                "pages": share.pages,
                "perMinute": share.per_minute,
                "waitSeconds": share.wait_seconds,
                "seconds": share.seconds,
            }
            for share in found.paces
        ],
    }

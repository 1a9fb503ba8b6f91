"""What a job would be, before it is made."""

from __future__ import annotations

from flask import Response

from control_api.azscraper.answers import resolved_answer, warnings_answer
from control_api.azscraper.schemas.account.projects import ProjectPath
from control_api.azscraper.schemas.jobs.job_checks import (
    MAX_TARGETS_SHOWN,
    CheckedTargetOut,
    JobCheckAnswer,
    JobCheckOut,
)
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
    answer = {"data": _check_answer(found), **warnings_answer(found.warnings)}
    return json_answer(JobCheckAnswer.model_validate(answer))


def _check_answer(found: JobCheck) -> JobCheckOut:
    return JobCheckOut.read(
        found,
        wouldCreate=found.refusal is None,
        targetCount=len(found.targets),
        targets=[
            CheckedTargetOut.read(target, resolved=resolved_answer(target))
            for target in found.targets[:MAX_TARGETS_SHOWN]
        ],
        errorCount=len(found.bad),
        errors=[one.as_detail() for one in found.bad[:MAX_TARGETS_SHOWN]],
    )

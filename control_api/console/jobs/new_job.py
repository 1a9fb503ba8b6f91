from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

import orjson
from flask import Response, make_response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.console.crawl_form import CrawlAsked, crawl_choices
from control_api.console.forms import chosen_project, projects_of_person
from control_api.console.same_call import curl
from control_api.http.context import current_actor, services
from control_api.http.errors.errors import STATUS_OF_CODE
from control_api.services.errors import ServiceError
from control_api.services.jobs.creating.job_check import JobCheck
from control_api.services.jobs.creating.job_request import JobRequest


@dataclass(frozen=True, slots=True)
class Checked:
    """`call`: what makes the job by the API."""

    found: JobCheck
    call: str


@console.page("/jobs/new", api=("POST /projects/{projectId}/jobs", "GET /projects"))
def new_job_form() -> Response:
    return _form(CrawlAsked(), 200)


@console.action(
    "/jobs/new",
    api=("POST /projects/{projectId}/jobs", "POST /projects/{projectId}/jobs/check"),
)
def new_job() -> Response:
    """The form again with what was checked or is wrong, or else the new job's page."""
    asked = CrawlAsked()
    try:
        asked = CrawlAsked.of_form()
        wanted = asked.to_request()
        project_id = chosen_project(request.form.get("project"))
        if request.form.get("do") == "check":
            return _form(asked, 200, check=_check(project_id, wanted))
        created = services().jobs.create(
            current_actor(), project_id, wanted, idempotency_key=_key(project_id, wanted)
        )
    except ServiceError as error:
        return _form(asked, STATUS_OF_CODE[error.code], error)
    return see_other(f"/console/jobs/{created.view.job.id}")


def _check(project_id: str, wanted: JobRequest) -> Checked:
    found = services().job_checks.check(current_actor(), project_id, wanted)
    body = {"type": wanted.kind, "targets": list(wanted.targets), "config": dict(wanted.config)}
    if wanted.skips_invalid:
        body["onInvalid"] = "skip"
    return Checked(found, curl("POST", f"/projects/{project_id}/jobs", body))


def _form(
    asked: CrawlAsked,
    status: int,
    error: ServiceError | None = None,
    check: Checked | None = None,
) -> Response:
    page = render_template(
        "jobs/new_job.html",
        asked=asked,
        choices=crawl_choices(),
        projects=projects_of_person(),
        project_id=request.form.get("project") or request.args.get("project"),
        error=error,
        check=check,
        once=secrets.token_hex(8),
    )
    return make_response(page, status)


def _key(project_id: str, wanted: JobRequest) -> str:
    """A form that is sent twice makes one job; one that was changed before makes another."""
    said = orjson.dumps(
        [request.form.get("once", "")[:32], project_id, wanted.kind, wanted.targets, wanted.config],
        option=orjson.OPT_SORT_KEYS,
        default=str,
    )
    return f"console-{hashlib.sha256(said).hexdigest()[:40]}"

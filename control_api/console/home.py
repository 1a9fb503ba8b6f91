from __future__ import annotations

from flask import Response, current_app, redirect, render_template

from control_api.console.blueprint import console
from control_api.http.context import current_actor, services
from control_api.services.errors import Conflict
from control_api.services.jobs.job_lists import JobsPage, JobsWanted
from control_api.services.jobs.job_request import JobRequest
from control_api.services.jobs.types.search import SERVED_SEARCH
from control_api.services.records import OPEN_JOB

PRACTICE = "PRACTICE_STORE"

_LATEST = 8
_PRACTICE_TARGETS = ("wireless earbuds", "usb hub", "desk lamp")


@console.page("", api=("GET /usage", "GET /jobs"))
def home() -> str:
    return render_template(
        "home.html",
        usage=services().usage.get(current_actor()),
        latest=_latest(JobsWanted()),
        running=_latest(JobsWanted(statuses=OPEN_JOB)),
        has_practice=current_app.config[PRACTICE],
        practice_targets=_PRACTICE_TARGETS,
    )


@console.action("/practice", api=("POST /projects/{projectId}/jobs",))
def practice() -> Response:
    """A job on the practice store: nothing leaves the machine, and rows come within seconds."""
    if not current_app.config[PRACTICE]:
        raise Conflict("This service has no practice store: SANDBOX_URL is not set")
    actor = current_actor()
    project = services().projects.get_default(actor)
    request = JobRequest(
        kind=SERVED_SEARCH.name,
        targets=_PRACTICE_TARGETS,
        config={"marketplace": "sandbox", "maxPages": 2},
    )
    created = services().jobs.create(actor, project.id, request)
    return redirect(f"/console/jobs/{created.view.job.id}", 303)  # type: ignore[return-value]


def _latest(wanted: JobsWanted) -> JobsPage:
    return services().job_lists.list_page(
        current_actor(), wanted=wanted, limit=_LATEST, cursor=None
    )

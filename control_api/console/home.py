from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response, current_app, make_response, render_template

from control_api.console.blueprint import console, see_other
from control_api.console.crawl_form import PRACTICE
from control_api.console.monitors.changes import shown_change, with_titles
from control_api.console.polling import polled_page
from control_api.http.context import current_actor, services
from control_api.services.errors import Conflict, MonitorNotFound, StorageAway
from control_api.services.jobs.creating.job_request import JobRequest
from control_api.services.jobs.job_lists import JobsPage, JobsWanted
from control_api.services.jobs.types.search import SERVED_SEARCH
from control_api.services.operator.diagnosis import LIVING_SECONDS
from control_api.services.records import OPEN_JOB, Schedule

_LATEST = 8
_NEXT_RUNS = 5
_LATELY = timedelta(hours=24)
_PRACTICE_TARGETS = ("wireless earbuds", "usb hub", "desk lamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesNow:
    """`living`: crawlers that beat lately."""

    total: int
    draining: int
    living: int


@console.page(
    "",
    api=(
        "GET /usage",
        "GET /jobs",
        "GET /projects",
        "GET /projects/{projectId}/changes",
        "GET /projects/{projectId}/schedules",
        "GET /monitors/{id}",
        "GET /watches/{id}",
    ),
)
def home() -> Response:
    latest = _latest(JobsWanted())
    has_practice = current_app.config[PRACTICE]
    if not latest.jobs:
        page = render_template(
            "home.html",
            latest=latest,
            has_practice=has_practice,
            practice_targets=_PRACTICE_TARGETS,
        )
        return make_response(page)
    actor, since = current_actor(), datetime.now(UTC) - _LATELY
    next_runs = services().schedules.list_next(actor, limit=_NEXT_RUNS)
    return polled_page(
        "home.html",
        "home_now.html",
        usage=services().usage.get(actor),
        latest=latest,
        running=_latest(JobsWanted(statuses=OPEN_JOB)),
        ended=services().job_lists.count_ended(actor, since=since),
        next_runs=next_runs,
        monitor_names=_names_of_monitors(next_runs),
        changes=with_titles(
            [
                shown_change(one)
                for one in services().change_feed.latest(actor, since=since, limit=_LATEST)
            ]
        ),
        nodes=_nodes_now() if actor.is_admin else None,
        has_practice=has_practice,
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
    return see_other(f"/console/jobs/{created.view.job.id}")


def _nodes_now() -> NodesNow | None:
    """For admins alone: `GET /admin/nodes`. None while Redis is away, which the operator's page tells."""
    try:
        beats = [beat for node in services().operations.list_nodes() for beat in node.beats]
    except StorageAway:
        return None
    nodes = services().nodes.list_all()
    return NodesNow(
        total=len(nodes),
        draining=sum(node.is_draining for node in nodes),
        living=sum(beat.age_seconds <= LIVING_SECONDS for beat in beats),
    )


def _names_of_monitors(runs: Sequence[Schedule]) -> dict[str, str]:
    """Of those whose rounds are among the runs."""
    ids = {one.monitor_id for one in runs if one.monitor_id is not None}
    found = {}
    for id_ in ids:
        with suppress(MonitorNotFound):
            found[id_] = services().monitors.get_view(current_actor(), id_).monitor.name
    return found


def _latest(wanted: JobsWanted) -> JobsPage:
    return services().job_lists.list_page(
        current_actor(), wanted=wanted, limit=_LATEST, cursor=None
    )

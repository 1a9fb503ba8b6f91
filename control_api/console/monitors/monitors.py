from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask import Response, make_response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.console.bulk import done_to_each
from control_api.console.crawl_form import crawl_choices, job_with_targets
from control_api.console.forms import Form, chosen_project, projects_of_person
from control_api.console.monitors.changes import ShownChange, shown_changes
from control_api.console.monitors.watch_words import ShownWatch
from control_api.console.polling import polled_page
from control_api.console.project_lists import project_list
from control_api.http.context import current_actor, services
from control_api.http.errors.errors import STATUS_OF_CODE
from control_api.http.requests.inputs import Cron, Name, Timezone
from control_api.services.errors import InvalidInput, ServiceError
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.monitor_events import round_data
from control_api.services.monitors.monitors import MonitorView, MonitorWanted
from control_api.services.monitors.rounds.round_drafts import Only
from control_api.services.monitors.watches.watch_table import MAX_TAG, MAX_TAGS
from control_api.services.monitors.watches.watches import (
    MAX_WATCHES,
    AddedWatches,
    AskedWatch,
    WatchesWanted,
)
from control_api.services.records import NewWatch, Watch
from spiders.types.registry import FALLBACK

_WATCHES = 100
_ROUNDS = 10
_CHANGES = 20


class MonitorForm(Form):
    """`values` are read line by line, by who knows the type."""

    name: Name
    cron: Cron | None = None
    timezone: Timezone = "UTC"
    marketplace: str | None = None
    type: str = FALLBACK.name


@console.page("/monitors", api=("GET /projects", "GET /projects/{projectId}/monitors"))
def monitors() -> Response:
    page = project_list(
        lambda actor, ids, limit, before: services().monitors.newest_of(
            actor, ids, limit=limit, before=before
        ),
        place_of=lambda one: (one.monitor.id, one.monitor.project_id),
    )
    return polled_page(
        "monitors/monitors.html", "monitors/monitor_list.html", is_polled=page.is_first, page=page
    )


@console.page("/monitors/new", api=("POST /projects/{projectId}/monitors", "GET /jobs/{id}"))
def new_monitor_form() -> Response:
    """With `job` the form is filled with the targets of that job."""
    job_id = request.args.get("job")
    if job_id is None:
        return _form(200, {})
    job, targets = job_with_targets(job_id)
    filled = {
        "values": "\n".join(target.value for target in targets),
        "marketplace": str(job.config.get("marketplace") or ""),
        "project": job.project_id,
        "type": job.kind,
    }
    return _form(200, filled)


@console.action(
    "/monitors/new",
    api=("POST /projects/{projectId}/monitors", "POST /monitors/{id}/watches"),
)
def new_monitor() -> Response:
    try:
        form = MonitorForm.read()
        given: dict[str, Any] = {
            "name": form.name,
            "type": form.type,
            "config": {"marketplace": form.marketplace} if form.marketplace else {},
            "cron": form.cron,
            "timezone": form.timezone,
        }
        asins = request.form.get("asins", "").split()
        if asins:
            given["asins"] = [one.upper() for one in asins]
        asked = _asked_watches()
        project_id = chosen_project(request.form.get("project"))
        view = services().monitors.create(current_actor(), project_id, MonitorWanted(given=given))
    except ServiceError as error:
        return _form(STATUS_OF_CODE[error.code], request.form.to_dict(), error)
    return _add(view.monitor.id, asked)


@console.page(
    "/monitors/<id>",
    api=(
        "GET /monitors/{id}",
        "GET /monitors/{id}/watches",
        "GET /monitors/{id}/rounds",
        "GET /projects/{projectId}/changes",
    ),
)
def monitor(id: str) -> str:  # noqa: A002 (the address' word)
    return _monitor_page(id)


@console.action("/monitors/<id>/watches", api=("POST /monitors/{id}/watches",))
def add_watches(id: str) -> Response:  # noqa: A002
    return _add(id, _asked_watches())


@console.action(
    "/monitors/<id>/watches/chosen", api=("PATCH /watches/{id}", "DELETE /watches/{id}")
)
def chosen_watches(id: str) -> Response:  # noqa: A002
    """What is done to each watch that was chosen on the monitor's page."""
    watches, actor = services().watches, current_actor()

    def change(given: Callable[[Watch], dict[str, Any]]) -> Callable[[str], object]:
        return lambda key: watches.update(
            actor, key, given(watches.get(actor, key)), relearns=False
        )

    tag = request.form.get("tag", "").strip()
    deeds: Mapping[str, Callable[[str], object]] = {
        "pause": change(lambda _: {"enabled": False}),
        "resume": change(lambda _: {"enabled": True}),
        "tag": change(lambda one: {"tags": _tags([*one.tags, tag])}),
        "untag": change(lambda one: {"tags": [had for had in one.tags if had != tag]}),
        "remove": lambda key: watches.delete(actor, key),
    }
    do = request.form.get("do", "")
    if do not in deeds:
        raise InvalidInput("There is no such deed")
    if do in ("tag", "untag") and not tag:
        raise InvalidInput("Write the tag. Nothing was done")
    return done_to_each(
        request.form.getlist("watch"),
        deeds[do],
        things="/console/watches",
        back=f"/console/monitors/{id}",
    )


@console.action("/monitors/<id>/round", api=("POST /monitors/{id}/rounds",))
def start_round(id: str) -> Response:  # noqa: A002
    created = services().rounds.start(current_actor(), id, Only.ALL, idempotency_key=None)
    return see_other(f"/console/jobs/{created.view.job.id}")


@console.action("/monitors/<id>/enabled", api=("PATCH /monitors/{id}",))
def switch_monitor(id: str) -> Response:  # noqa: A002
    wanted = MonitorWanted(given={"enabled": request.form.get("enabled") == "1"})
    services().monitors.update(current_actor(), id, wanted)
    return _back(id)


@console.action("/monitors/<id>/delete", api=("DELETE /monitors/{id}",))
def delete_monitor(id: str) -> Response:  # noqa: A002
    services().monitors.delete(current_actor(), id)
    return see_other("/console/monitors")


def _tags(tags: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(tags))
    if len(found) > MAX_TAGS or any(len(one) > MAX_TAG for one in found):
        raise InvalidInput(f"At most {MAX_TAGS} tags, each of at most {MAX_TAG} characters")
    return found


def _asked_watches() -> list[AskedWatch]:
    """Raises InvalidInput for more lines than a monitor can have."""
    lines = request.form.get("values", "").splitlines()
    asked = [
        AskedWatch(index, line.strip(), NewWatch(value=line.strip()))
        for index, line in enumerate(lines)
        if line.strip()
    ]
    if len(asked) > MAX_WATCHES:
        raise InvalidInput(
            f"A monitor has {MAX_WATCHES:,} watches at most, these are {len(asked):,}"
        )
    return asked


def _add(monitor_id: str, asked: Sequence[AskedWatch]) -> Response:
    """Back to the monitor, or its page with the lines that it refused."""
    if not asked:
        return _back(monitor_id)
    added = services().watches.add(current_actor(), monitor_id, asked, strict=False)
    if added.refused:
        return make_response(_monitor_page(monitor_id, added), 200)
    return _back(monitor_id)


def _monitor_page(monitor_id: str, added: AddedWatches | None = None) -> str:
    actor = current_actor()
    view = services().monitors.get_view(actor, monitor_id)
    page = services().watches.list_page(
        actor, monitor_id, WatchesWanted(), limit=_WATCHES, cursor=request.args.get("cursor")
    )
    rounds, _ = services().monitors.list_rounds(actor, monitor_id, limit=_ROUNDS, offset=0)
    return render_template(
        "monitors/monitor.html",
        monitor=view.monitor,
        kind=KINDS[view.monitor.kind],
        schedule=view.schedule,
        watches=[ShownWatch.of(one) for one in page.watches],
        total=page.total,
        next_cursor=page.next_cursor,
        rounds=[round_data(one) for one in rounds],
        changes=list(_latest_changes(view)),
        added=added,
    )


def _latest_changes(view: MonitorView) -> Iterator[ShownChange]:
    """Those of the last round that brought some."""
    found = round_data(view.last_round) if view.last_round else {}
    if found.get("fromCursor"):
        yield from shown_changes(
            view.monitor.project_id,
            since=found["fromCursor"],
            limit=_CHANGES,
            monitor_id=view.monitor.id,
        ).changes


def _form(status: int, form: dict[str, str], error: ServiceError | None = None) -> Response:
    page = render_template(
        "monitors/new_monitor.html",
        form=form,
        choices=crawl_choices(),
        kinds=KINDS.values(),
        fallback=FALLBACK.name,
        projects=projects_of_person(),
        project_id=form.get("project"),
        error=error,
    )
    return make_response(page, status)


def _back(monitor_id: str) -> Response:
    return see_other(f"/console/monitors/{monitor_id}")

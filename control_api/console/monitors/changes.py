"""The change feed of a project: before and after, in the order in which they were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask import render_template, request

from control_api.console.blueprint import console
from control_api.console.forms import projects_of_person
from control_api.console.monitors.watch_words import ShownWatch, field_text
from control_api.http.context import current_actor, services
from control_api.services.monitors.change_feed import ChangesWanted
from control_api.services.monitors.rules.stored_values import value_from_stored
from control_api.services.monitors.shown_values import percent_moved
from control_api.services.records import StoredChange, Watch

_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class ShownChange:
    change: StoredChange
    before: str
    after: str
    percent: Decimal | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class ShownChanges:
    changes: Sequence[ShownChange]
    next_cursor: str
    has_more: bool


@console.page(
    "/changes",
    api=("GET /projects", "GET /projects/{projectId}/changes", "GET /watches/{id}"),
)
def changes() -> str:
    projects = projects_of_person()
    project_id = request.args.get("project") or (projects[-1].id if projects else "")
    page = (
        shown_changes(project_id, since=request.args.get("since") or "start", limit=_PER_PAGE)
        if project_id
        else None
    )
    return render_template(
        "monitors/changes.html", projects=projects, project_id=project_id, page=page
    )


def shown_changes(
    project_id: str, *, since: str, limit: int, monitor_id: str | None = None
) -> ShownChanges:
    page = services().change_feed.page(
        current_actor(),
        project_id,
        ChangesWanted(monitor_id=monitor_id),
        since=since,
        limit=limit,
    )
    return ShownChanges(
        with_titles([shown_change(one) for one in page.changes]), page.next_cursor, page.has_more
    )


def with_titles(changes: Sequence[ShownChange]) -> Sequence[ShownChange]:
    """Each with what people know its watch by: its label, or the title of the product."""
    keys = {one.change.watch_id for one in changes}
    watches = services().watches.among(current_actor(), keys) if keys else {}
    titles = {key: title_of(watch) for key, watch in watches.items()}
    return [replace(one, title=titles.get(one.change.watch_id, "")) for one in changes]


def title_of(watch: Watch) -> str:
    return watch.label or ShownWatch.of(watch).now.get("title", "")


def shown_change(change: StoredChange) -> ShownChange:
    if change.field is None:
        return ShownChange(change, "", "", None)
    if change.item is not None:
        return ShownChange(change, _place_text(change.before), _place_text(change.after), None)
    before = value_from_stored(change.field, change.before)
    after = value_from_stored(change.field, change.after)
    return ShownChange(
        change,
        field_text(change.field, before, change.currency),
        field_text(change.field, after, change.currency),
        percent_moved(before, after),
    )


def _place_text(place: int | None) -> str:
    return "not there" if place is None else str(place)

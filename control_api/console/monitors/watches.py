"""A watch: what it is now, and what it was, in steps with gaps. A list has a page of its own."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.console.monitors.list_view import list_view_of
from control_api.console.monitors.product_view import days_asked, view_of
from control_api.console.monitors.watch_words import ShownWatch
from control_api.console.pictures import picture_path
from control_api.http.context import current_actor, services
from control_api.services.monitors.histories.histories import HistoryWanted
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.pictures.addresses import PAGE_SIZE
from control_api.services.records import Monitor, Watch

_CHECKS = 60


@console.page(
    "/watches/<id>",
    api=(
        "GET /watches/{id}",
        "GET /watches/{id}/history",
        "GET /watches/{id}/checks",
        "GET /watches/{id}/placements",
    ),
)
def watch(id: str) -> str:  # noqa: A002 (the address' word)
    actor = current_actor()
    found = services().watches.get(actor, id)
    monitor = services().watches.monitor_of(found)
    if KINDS[monitor.kind].table.has_members:
        return _list_page(found, monitor)
    days = days_asked()
    whole = services().histories.steps(actor, id, HistoryWanted())
    history = whole
    if days is not None:
        since = max(whole.since, whole.until - timedelta(days=days))
        history = services().histories.steps(actor, id, HistoryWanted(since=since))
    checks, _ = services().histories.checks(actor, id, limit=_CHECKS, skip=0)
    shown = ShownWatch.of(found)
    view = services().monitors.get_view(actor, found.monitor_id)
    return render_template(
        "monitors/watch.html",
        shown=shown,
        picture=picture_path(
            shown.now.get("mainImage"), view.monitor.config.get("marketplace"), PAGE_SIZE
        ),
        history=history,
        view=view_of(history, whole, days),
        lowest=services().histories.lowest(found),
        checks=checks,
    )


def _list_page(found: Watch, monitor: Monitor) -> str:
    checks, _ = services().histories.checks(current_actor(), found.id, limit=_CHECKS, skip=0)
    return render_template(
        "monitors/list_watch.html",
        shown=ShownWatch.of(found),
        view=list_view_of(found, monitor, request.args.get("item")),
        checks=checks,
    )


@console.action("/watches/<id>/delete", api=("DELETE /watches/{id}",))
def delete_watch(id: str) -> Response:  # noqa: A002
    found = services().watches.get(current_actor(), id)
    services().watches.delete(current_actor(), id)
    return see_other(f"/console/monitors/{found.monitor_id}")

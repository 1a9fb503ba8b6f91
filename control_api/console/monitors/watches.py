"""A watched product: what it is now, and what it was, in steps with gaps."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, render_template

from control_api.console.blueprint import console, see_other
from control_api.console.monitors.product_view import days_asked, view_of
from control_api.console.monitors.watch_words import ShownWatch
from control_api.console.pictures import picture_path
from control_api.http.context import current_actor, services
from control_api.services.monitors.histories.histories import HistoryWanted
from control_api.services.pictures.addresses import PAGE_SIZE

_CHECKS = 60


@console.page(
    "/watches/<id>",
    api=("GET /watches/{id}", "GET /watches/{id}/history", "GET /watches/{id}/checks"),
)
def watch(id: str) -> str:  # noqa: A002 (the address' word)
    actor = current_actor()
    found = services().watches.get(actor, id)
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


@console.action("/watches/<id>/delete", api=("DELETE /watches/{id}",))
def delete_watch(id: str) -> Response:  # noqa: A002
    found = services().watches.get(current_actor(), id)
    services().watches.delete(current_actor(), id)
    return see_other(f"/console/monitors/{found.monitor_id}")

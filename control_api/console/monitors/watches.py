"""A watched product: what it is now, and what it was, in steps with gaps."""

from __future__ import annotations

from flask import Response, render_template

from control_api.console.blueprint import console, see_other
from control_api.console.monitors.price_chart import chart_of
from control_api.console.monitors.watch_words import ShownWatch, field_text
from control_api.http.context import current_actor, services
from control_api.services.monitors.histories.histories import HistoryWanted

_CHECKS = 60
_STEPS = 200


@console.page(
    "/watches/<id>",
    api=("GET /watches/{id}", "GET /watches/{id}/history", "GET /watches/{id}/checks"),
)
def watch(id: str) -> str:  # noqa: A002 (the address' word)
    actor = current_actor()
    found = services().watches.get(actor, id)
    history = services().histories.steps(actor, id, HistoryWanted())
    checks, _ = services().histories.checks(actor, id, limit=_CHECKS, skip=0)
    steps = sorted(
        (
            (step.at, name, field_text(name, step.value, history.currency))
            for name, one in history.fields.items()
            for step in one.steps
        ),
        reverse=True,
    )
    return render_template(
        "monitors/watch.html",
        shown=ShownWatch.of(found),
        history=history,
        chart=chart_of(history),
        lowest=services().histories.lowest(found),
        steps=steps[:_STEPS],
        step_count=len(steps),
        checks=checks,
    )


@console.action("/watches/<id>/delete", api=("DELETE /watches/{id}",))
def delete_watch(id: str) -> Response:  # noqa: A002
    found = services().watches.get(current_actor(), id)
    services().watches.delete(current_actor(), id)
    return see_other(f"/console/monitors/{found.monitor_id}")

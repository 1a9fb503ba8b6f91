"""The alerts of a monitor: the conditions that people ask for most, and any other as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any

import orjson
from flask import Response, render_template, request
from pydantic import Field

from control_api.console.blueprint import console, see_other
from control_api.console.forms import Form
from control_api.console.monitors.condition_words import condition_text, seen_text
from control_api.console.polling import polled_page
from control_api.console.project_lists import project_list
from control_api.http.context import current_actor, services
from control_api.http.requests.inputs import Name
from control_api.services.errors import InvalidInput
from control_api.services.monitors.alerts.alerts import AlertView
from control_api.services.records import Alert, Firing

_FIRINGS = 20
_Makes = Callable[[float | None], dict[str, Any]]

_OWN = "own"
# What a person chooses, and the condition that it is; a number where one is asked for.
_PRESETS: Mapping[str, tuple[str, _Makes]] = MappingProxyType(
    {
        "at_most": (
            "the price is at most …",
            lambda number: {"field": "price", "is": "at_most", "value": number},
        ),
        "dropped": (
            "the price dropped by … percent",
            lambda number: {"field": "price", "is": "dropped", "percent": number},
        ),
        "out": (
            "it is out of stock",
            lambda _: {"field": "availability", "is": "became", "value": "out_of_stock"},
        ),
        "back": (
            "it is in stock again",
            lambda _: {"field": "availability", "is": "became", "value": "in_stock"},
        ),
        "seller": ("another seller has it", lambda _: {"field": "seller", "is": "changed"}),
        "gone": ("the store has it no more", lambda _: {"is": "gone"}),
    }
)
_WITH_NUMBER = frozenset({"at_most", "dropped"})


class AlertForm(Form):
    name: Name
    preset: str
    number: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    when: str = ""


@dataclass(frozen=True, slots=True)
class ShownFiring:
    """`told`: what webhooks were sent."""

    firing: Firing
    seen: str
    told: str


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """`condition`: its JSON; `text`: the same in words."""

    alert: Alert
    condition: str
    text: str
    firings: Sequence[ShownFiring]


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """`text`: its condition; `seen`: what was seen when it fired last."""

    view: AlertView
    text: str
    seen: str


@console.page(
    "/alerts",
    api=(
        "GET /projects",
        "GET /projects/{projectId}/monitors",
        "GET /monitors/{id}/alerts",
        "GET /alerts/{id}/firings",
    ),
)
def all_alerts() -> Response:
    page = project_list(
        lambda actor, ids, limit, before: services().alerts.newest_of(
            actor, ids, limit=limit, before=before
        ),
        place_of=lambda one: (one.alert.id, one.alert.project_id),
    )
    return polled_page(
        "monitors/all_alerts.html",
        "monitors/alert_list.html",
        is_polled=page.is_first,
        page=page,
        listed=[(project, _listed(view)) for project, view in page.listed],
    )


@console.page(
    "/monitors/<id>/alerts",
    api=("GET /monitors/{id}", "GET /monitors/{id}/alerts", "GET /alerts/{id}/firings"),
)
def alerts(id: str) -> str:  # noqa: A002 (the address' word)
    actor = current_actor()
    view = services().monitors.get_view(actor, id)
    return render_template(
        "monitors/alerts.html",
        monitor=view.monitor,
        alerts=[_shown(one) for one in services().alerts.list_all(actor, id)],
        presets={**{name: text for name, (text, _) in _PRESETS.items()}, _OWN: "as JSON"},
    )


@console.action("/monitors/<id>/alerts", api=("POST /monitors/{id}/alerts",))
def new_alert(id: str) -> Response:  # noqa: A002
    form = AlertForm.read()
    services().alerts.create(current_actor(), id, {"name": form.name, "when": _condition(form)})
    return _back(id)


@console.action("/monitors/<id>/alerts/enabled", api=("PATCH /alerts/{id}",))
def switch_alert(id: str) -> Response:  # noqa: A002
    given = {"enabled": request.form.get("enabled") == "1"}
    services().alerts.update(current_actor(), request.form.get("alert", ""), given)
    return _back(id)


@console.action("/monitors/<id>/alerts/delete", api=("DELETE /alerts/{id}",))
def delete_alert(id: str) -> Response:  # noqa: A002
    services().alerts.delete(current_actor(), request.form.get("alert", ""))
    return _back(id)


def _condition(form: AlertForm) -> dict[str, Any]:
    """Its meaning is judged by the service."""
    if form.preset == _OWN:
        try:
            found = orjson.loads(form.when)
        except orjson.JSONDecodeError as error:
            raise InvalidInput(f"The condition is not JSON: {error}") from error
        if not isinstance(found, dict):
            raise InvalidInput("The condition must be a JSON object")
        return found
    if form.preset not in _PRESETS:
        raise InvalidInput("There is no such condition")
    if form.preset in _WITH_NUMBER and form.number is None:
        raise InvalidInput("number should not be empty")
    return _PRESETS[form.preset][1](form.number)


def _shown(alert: Alert) -> ShownAlert:
    page = services().alerts.list_firings(current_actor(), alert.id, limit=_FIRINGS, cursor=None)
    return ShownAlert(
        alert,
        _json(alert.when),
        condition_text(alert.when),
        [ShownFiring(one, seen_text(one.data), _json(one.data)) for one in page.firings],
    )


def _listed(view: AlertView) -> ListedAlert:
    firing = view.last_firing
    return ListedAlert(
        view, condition_text(view.alert.when), seen_text(firing.data) if firing else ""
    )


def _json(value: Any) -> str:
    return orjson.dumps(dict(value), default=str).decode()


def _back(monitor_id: str) -> Response:
    return see_other(f"/console/monitors/{monitor_id}/alerts")

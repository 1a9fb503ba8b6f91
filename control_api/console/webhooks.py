from __future__ import annotations

from typing import Annotated

from flask import Response, make_response, render_template, request
from pydantic import Field

from control_api.console.blueprint import console, see_other
from control_api.console.forms import Form, chosen_project, offset_asked
from control_api.console.project_lists import project_list
from control_api.http.context import current_actor, services
from control_api.http.requests.inputs import ALL_EVENTS, WEBHOOK_EVENTS, Url, WebhookEvents
from control_api.services.errors import InvalidInput
from control_api.services.records import DeliveryStatus

_DELIVERIES = 50


class WebhookForm(Form):
    url: Url
    events: Annotated[WebhookEvents, Field(default_factory=lambda: list(ALL_EVENTS))]

    @classmethod
    def list_fields(cls) -> frozenset[str]:
        return frozenset({"events"})


@console.page("/webhooks", api=("GET /projects", "GET /projects/{projectId}/webhooks"))
def webhooks() -> str:
    page = project_list(
        lambda actor, ids, limit, before: services().webhooks.newest_of(
            actor, ids, limit=limit, before=before
        ),
        place_of=lambda one: (one.id, one.project_id),
    )
    return render_template(
        "webhooks.html",
        page=page,
        events=WEBHOOK_EVENTS,
        usual=ALL_EVENTS,
    )


@console.action("/webhooks", api=("POST /projects/{projectId}/webhooks",))
def new_webhook() -> Response:
    """The page that shows the secret, this once."""
    form = WebhookForm.read()
    made = services().webhooks.create(
        current_actor(),
        chosen_project(request.form.get("project")),
        url=form.url,
        events=form.events,
        enabled=True,
    )
    page = render_template(
        "account/shown_once.html",
        what="Secret of the new webhook",
        secret=made.secret,
        help="Your endpoint checks the signature of each delivery with it.",
        back=f"/console/webhooks/{made.webhook.id}",
    )
    return make_response(page, 201)


@console.page(
    "/webhooks/<id>", api=("GET /projects/{projectId}/webhooks", "GET /webhooks/{id}/deliveries")
)
def webhook(id: str) -> str:  # noqa: A002 (the address' word)
    status = _status(request.args.get("status"))
    offset = offset_asked()
    deliveries, total = services().webhooks.list_deliveries(
        current_actor(), id, status=status, limit=_DELIVERIES, offset=offset
    )
    return render_template(
        "webhook.html",
        webhook=services().webhooks.get(current_actor(), id),
        deliveries=deliveries,
        total=total,
        offset=offset,
        status=status,
        statuses=list(DeliveryStatus),
    )


@console.action("/webhooks/<id>/test", api=("POST /webhooks/{id}/test",))
def test_webhook(id: str) -> Response:  # noqa: A002
    services().webhooks.send_test(current_actor(), id)
    return _back(id)


@console.action("/webhooks/<id>/enabled", api=("PATCH /webhooks/{id}",))
def switch_webhook(id: str) -> Response:  # noqa: A002
    services().webhooks.update(current_actor(), id, enabled=request.form.get("enabled") == "1")
    return _back(id)


@console.action(
    "/webhooks/<id>/redeliver", api=("POST /webhooks/{id}/deliveries/{deliveryId}/redeliver",)
)
def redeliver(id: str) -> Response:  # noqa: A002
    services().webhooks.redeliver(current_actor(), id, request.form.get("delivery", ""))
    return _back(id)


@console.action("/webhooks/<id>/delete", api=("DELETE /webhooks/{id}",))
def delete_webhook(id: str) -> Response:  # noqa: A002
    services().webhooks.delete(current_actor(), id)
    return see_other("/console/webhooks")


def _back(webhook_id: str) -> Response:
    return see_other(f"/console/webhooks/{webhook_id}")


def _status(text: str | None) -> DeliveryStatus | None:
    try:
        return DeliveryStatus(text) if text else None
    except ValueError as error:
        raise InvalidInput("There is no such state of deliveries") from error

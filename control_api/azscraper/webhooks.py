from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.account.projects import ProjectPath
from control_api.azscraper.schemas.webhooks import (
    CreateWebhookBody,
    DeliveriesAnswer,
    DeliveriesQuery,
    DeliveryAnswer,
    DeliveryPath,
    UpdateWebhookBody,
    WebhookAnswer,
    WebhookIdPath,
    WebhooksAnswer,
    WebhooksQuery,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.services.webhooks.webhooks import WebhookWithSecret

webhooks = dialect_blueprint("webhooks", "Signed notices of jobs that ended")


@webhooks.post(
    "/projects/<projectId>/webhooks",
    summary="Create a webhook",
    description="The answer shows the signing secret, once.",
    responses={201: WebhookAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def create_webhook(path: ProjectPath, body: CreateWebhookBody) -> Response:
    created = services().webhooks.create(
        current_actor(),
        path.projectId,
        url=body.url,
        events=body.events,
        monitor_ids=body.monitorIds,
        enabled=body.enabled,
    )
    return json_answer(webhook_with_secret(created), 201)


@webhooks.get(
    "/projects/<projectId>/webhooks", summary="List webhooks", responses={200: WebhooksAnswer}
)
def list_webhooks(path: ProjectPath, query: WebhooksQuery) -> Response:
    found, total = services().webhooks.list_page(
        current_actor(), path.projectId, limit=query.limit, offset=query.offset
    )
    return json_answer(WebhooksAnswer.of(found, total=total))


@webhooks.patch(
    "/webhooks/<id>",
    summary="Change a webhook or its secret",
    description="With `rotateSecret` the answer shows the new secret, once; the old one signs too "
    "for 24 hours.",
    responses={200: WebhookAnswer, 415: ErrorEnvelope},
)
def update_webhook(path: WebhookIdPath, body: UpdateWebhookBody) -> Response:
    changed = services().webhooks.update(
        current_actor(),
        path.id,
        url=body.url,
        events=body.events,
        monitor_ids=body.monitorIds,
        enabled=body.enabled,
        rotate_secret=bool(body.rotateSecret),
    )
    return json_answer(webhook_with_secret(changed))


@webhooks.delete("/webhooks/<id>", summary="Delete a webhook", responses={200: OkAnswer})
def delete_webhook(path: WebhookIdPath) -> Response:
    services().webhooks.delete(current_actor(), path.id)
    return done()


@webhooks.post(
    "/webhooks/<id>/test",
    summary="Send a test event",
    responses={201: DeliveryAnswer, 409: ErrorEnvelope},
)
def test_webhook(path: WebhookIdPath) -> Response:
    delivery = services().webhooks.send_test(current_actor(), path.id)
    return json_answer(DeliveryAnswer.of(delivery), 201)


@webhooks.get(
    "/webhooks/<id>/deliveries",
    summary="List deliveries with their tries",
    responses={200: DeliveriesAnswer},
)
def list_deliveries(path: WebhookIdPath, query: DeliveriesQuery) -> Response:
    found, total = services().webhooks.list_deliveries(
        current_actor(), path.id, status=query.status, limit=query.limit, offset=query.offset
    )
    return json_answer(DeliveriesAnswer.of(found, total=total))


@webhooks.post(
    "/webhooks/<id>/deliveries/<deliveryId>/redeliver",
    summary="Send an event again",
    responses={200: DeliveryAnswer, 409: ErrorEnvelope},
)
def redeliver(path: DeliveryPath) -> Response:
    delivery = services().webhooks.redeliver(current_actor(), path.id, path.deliveryId)
    return json_answer(DeliveryAnswer.of(delivery))


def webhook_with_secret(made: WebhookWithSecret) -> WebhookAnswer:
    answer = WebhookAnswer.of(made.webhook)
    if made.secret:
        answer.data.secret = made.secret
    return answer

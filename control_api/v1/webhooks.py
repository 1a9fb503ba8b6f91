"""The webhooks of the project `Default`, where the jobs of /api/v1 are."""

from __future__ import annotations

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer, no_content
from control_api.http.v1_errors import V1Error
from control_api.services.errors import WebhookNotFound
from control_api.services.records import Webhook
from control_api.services.webhooks.webhooks import MAX_WEBHOOKS
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.schemas.webhooks import (
    V1Webhook,
    V1WebhookBody,
    V1WebhookCreated,
    V1WebhookPath,
    V1Webhooks,
)

webhooks = v1_blueprint("webhooks", "Signed notices of jobs that ended")


@webhooks.post(
    "/webhooks",
    summary="Register a webhook",
    description="The answer shows the signing secret, once.",
    responses={201: V1WebhookCreated, 409: V1Error, 415: V1Error},
)
def create_webhook(body: V1WebhookBody) -> Response:
    actor = current_actor()
    project = services().projects.get_default(actor)
    created = services().webhooks.create(
        actor, project.id, url=body.webhook_url, events=body.events, enabled=True
    )
    return json_answer(V1WebhookCreated.read(created.webhook, secret=created.secret), 201)


@webhooks.get("/webhooks", summary="List webhooks", responses={200: V1Webhooks})
def list_webhooks() -> Response:
    return json_answer([V1Webhook.model_validate(webhook) for webhook in _own_webhooks()])


@webhooks.delete("/webhooks/<id>", summary="Delete a webhook", responses={204: None})
def delete_webhook(path: V1WebhookPath) -> Response:
    if path.id not in {webhook.id for webhook in _own_webhooks()}:
        raise WebhookNotFound
    services().webhooks.delete(current_actor(), path.id)
    return no_content()


def _own_webhooks() -> list[Webhook]:
    project = services().projects.find_default(current_actor())
    if project is None:
        return []
    found, _ = services().webhooks.list_page(
        current_actor(), project.id, limit=MAX_WEBHOOKS, offset=0
    )
    return found

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, Field, RootModel

from control_api.http.requests.inputs import Events, JobEvent, Url
from control_api.http.schemas import Answer, Body


class V1WebhookPath(BaseModel):
    id: str


class V1WebhookBody(Body):
    webhook_url: Url
    events: Events


class V1Webhook(Answer):
    id: str
    webhook_url: Annotated[str, Field(validation_alias=AliasChoices("webhook_url", "url"))]
    events: list[JobEvent]


class V1WebhookCreated(V1Webhook):
    """`secret` signs the events; it is shown in this answer and never again."""

    secret: str


class V1Webhooks(RootModel[list[V1Webhook]]):
    pass

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, Field

from control_api.http.requests.inputs import ALL_EVENTS, Url, WebhookEvent, WebhookEvents
from control_api.http.schemas import (
    Answer,
    Body,
    ChangeBody,
    Envelope,
    ListMeta,
    Moment,
    Offset,
    Query,
)
from control_api.services.records import DeliveryStatus

MonitorIds = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)]


class WebhookIdPath(BaseModel):
    id: str


class DeliveryPath(BaseModel):
    id: str
    deliveryId: str


class CreateWebhookBody(Body):
    url: Url
    events: Annotated[WebhookEvents, Field(default_factory=lambda: list(ALL_EVENTS))]
    monitorIds: MonitorIds = Field(default_factory=list)
    enabled: bool = True


class UpdateWebhookBody(ChangeBody):
    url: Url | None = None
    events: WebhookEvents | None = None
    monitorIds: MonitorIds | None = None
    enabled: bool | None = None
    rotateSecret: bool | None = None


class WebhooksQuery(Query):
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    offset: Offset = 0


class DeliveriesQuery(Query):
    status: DeliveryStatus | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Offset = 0


class WebhookOut(Answer):
    """`secret` is there once: in the answer to the create or to the rotation."""

    id: str
    projectId: str
    organizationId: str
    url: str
    events: list[WebhookEvent]
    monitorIds: list[str]
    enabled: bool
    disabledReason: str | None
    createdAt: Moment
    updatedAt: Moment
    secret: str | None = None


class WebhookAnswer(Envelope):
    data: WebhookOut


class WebhooksAnswer(Envelope):
    data: list[WebhookOut]
    meta: ListMeta


class AttemptOut(Answer):
    at: Moment
    durationMs: int
    status: int | None
    error: str | None


class DeliveryOut(Answer):
    id: str
    webhookId: str
    messageId: str
    type: Annotated[str, Field(validation_alias=AliasChoices("type", "event_type"))]
    jobId: str | None
    status: DeliveryStatus
    attempts: list[AttemptOut]
    nextAttemptAt: Moment | None
    createdAt: Moment
    completedAt: Moment | None


class DeliveryAnswer(Envelope):
    data: DeliveryOut


class DeliveriesAnswer(Envelope):
    data: list[DeliveryOut]
    meta: ListMeta

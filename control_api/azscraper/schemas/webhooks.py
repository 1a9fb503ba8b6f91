from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from control_api.http.schemas import Answer, Body, ChangeBody, Envelope, ListMeta, Offset, Query
from storage.events.deliveries import DeliveryStatus

JobEvent = Literal["job.completed", "job.failed", "job.cancelled"]
ALL_EVENTS: tuple[JobEvent, ...] = ("job.completed", "job.failed", "job.cancelled")

Url = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


def _each_once(events: list[JobEvent]) -> list[JobEvent]:
    return list(dict.fromkeys(events))


Events = Annotated[list[JobEvent], Field(min_length=1, max_length=10), AfterValidator(_each_once)]


class WebhookIdPath(BaseModel):
    id: str


class DeliveryPath(BaseModel):
    id: str
    deliveryId: str


class CreateWebhookBody(Body):
    url: Url
    events: Annotated[Events, Field(default_factory=lambda: list(ALL_EVENTS))]
    enabled: bool = True


class UpdateWebhookBody(ChangeBody):
    url: Url | None = None
    events: Events | None = None
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
    events: list[JobEvent]
    enabled: bool
    disabledReason: str | None
    secret: str | None = None
    createdAt: str
    updatedAt: str


class WebhookAnswer(Envelope):
    data: WebhookOut


class WebhooksAnswer(Envelope):
    data: list[WebhookOut]
    meta: ListMeta


class AttemptOut(Answer):
    at: str
    durationMs: int
    status: int | None
    error: str | None


class DeliveryOut(Answer):
    id: str
    webhookId: str
    messageId: str
    type: str
    jobId: str | None
    status: DeliveryStatus
    attempts: list[AttemptOut]
    nextAttemptAt: str | None
    createdAt: str
    completedAt: str | None


class DeliveryAnswer(Envelope):
    data: DeliveryOut


class DeliveriesAnswer(Envelope):
    data: list[DeliveryOut]
    meta: ListMeta

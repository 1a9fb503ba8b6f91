from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from control_api.azscraper.schemas.monitors.watches import CursorMeta, Tags
from control_api.http.requests.inputs import Name
from control_api.http.schemas import (
    Answer,
    Body,
    ChangeBody,
    Envelope,
    ListMeta,
    Moment,
    Number,
    Query,
)
from control_api.services.monitors.alerts.alert_previews import MAX_DAYS

Percent = Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)]
Again = Annotated[float, Field(gt=0, le=1_000, allow_inf_nan=False)]
Cooldown = Annotated[int, Field(ge=0, le=31_536_000)]
# The grammar is checked by who reads it: each fault names its place.
When = dict[str, Any]

_RECORD_NAMES = {
    "name": "name",
    "when": "when",
    "rearmPercent": "rearm_percent",
    "againPercent": "again_percent",
    "cooldownSeconds": "cooldown_seconds",
    "fireOnFirst": "fire_on_first",
    "tags": "tags",
    "enabled": "enabled",
}


class AlertIdPath(BaseModel):
    id: str


class CreateAlertBody(Body):
    name: Name
    when: When
    rearmPercent: Percent = 0
    againPercent: Again | None = None
    cooldownSeconds: Cooldown = 0
    fireOnFirst: bool = True
    tags: Tags = Field(default_factory=list)
    enabled: bool = True

    def to_given(self) -> dict[str, Any]:
        return {_RECORD_NAMES[name]: value for name, value in self.model_dump().items()}


class UpdateAlertBody(ChangeBody):
    nullable = frozenset({"againPercent"})

    name: Name | None = None
    when: When | None = None
    rearmPercent: Percent | None = None
    againPercent: Again | None = None
    cooldownSeconds: Cooldown | None = None
    fireOnFirst: bool | None = None
    tags: Tags | None = None
    enabled: bool | None = None

    def to_given(self) -> dict[str, Any]:
        sent = self.model_dump(exclude_unset=True)
        return {_RECORD_NAMES[name]: value for name, value in sent.items()}


class PreviewAlertBody(Body):
    when: When
    days: Annotated[int, Field(ge=1, le=MAX_DAYS)] = 30
    rearmPercent: Percent = 0
    againPercent: Again | None = None
    cooldownSeconds: Cooldown = 0
    fireOnFirst: bool = True
    tags: Tags = Field(default_factory=list)

    def to_given(self) -> dict[str, Any]:
        sent = self.model_dump(exclude={"days"})
        return {_RECORD_NAMES[name]: value for name, value in sent.items()}


class FiringsQuery(Query):
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    cursor: Annotated[str | None, Field(max_length=500)] = None


class AlertOut(Answer):
    id: str
    monitorId: str
    projectId: str
    name: str
    when: When
    rearmPercent: Number
    againPercent: Number | None
    cooldownSeconds: int
    fireOnFirst: bool
    tags: list[str]
    enabled: bool
    createdAt: Moment
    updatedAt: Moment


class AlertAnswer(Envelope):
    data: AlertOut


class AlertsAnswer(Envelope):
    data: list[AlertOut]
    meta: ListMeta


class WouldFireOut(Answer):
    watchId: str
    value: str
    label: str | None
    cause: Literal["level", "edge", "again"]
    field: str | None
    before: Any
    after: Any
    deltaPercent: Number | None
    at: Moment


class AlertPreviewOut(Answer):
    firings: int
    watches: int
    replayed: int
    looks: int
    first: list[WouldFireOut]


class AlertPreviewAnswer(Envelope):
    data: AlertPreviewOut


class FiringOut(Answer):
    watchId: str
    value: str
    label: str | None
    cause: Literal["level", "edge", "again"]
    field: str | None
    before: Any
    after: Any
    deltaPercent: Number | None
    price: Any
    availability: str | None
    seller: str | None
    kinds: list[str]
    # Who of a list it fired for.
    items: list[str]
    at: Moment
    observedDays: int
    jobId: str
    seq: int


class FiringsAnswer(Envelope):
    data: list[FiringOut]
    meta: CursorMeta

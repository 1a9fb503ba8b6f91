from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from control_api.http.schemas import Answer, Envelope, Moment, Number, Query
from control_api.services.monitors.change_feed import NOW, ChangesWanted

Kind = Literal[
    "started",
    "changed",
    "gone",
    "returned",
    "redirected",
    "context_changed",
    "entered",
    "left",
    "moved",
    "ad_started",
    "ad_stopped",
]


class ChangesQuery(Query):
    since: Annotated[str, Field(min_length=1, max_length=300)] = NOW
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    monitorId: Annotated[str | None, Field(max_length=100)] = None
    kind: Kind | None = None
    field: Annotated[str | None, Field(max_length=50)] = None
    item: Annotated[str | None, Field(max_length=200)] = None

    @property
    def wanted(self) -> ChangesWanted:
        return ChangesWanted(
            monitor_id=self.monitorId, kind=self.kind, field=self.field, item=self.item
        )


class ChangeOut(Answer):
    seq: int
    kind: Kind
    field: str | None
    item: str | None
    label: str | None
    before: Any
    after: Any
    delta: Number | None
    deltaPercent: Number | None
    at: Moment
    beforeAt: Moment | None
    unknownSince: Moment | None
    confirmed: Annotated[bool, Field(validation_alias=AliasChoices("confirmed", "is_confirmed"))]
    flags: list[str]
    watchId: str
    value: str
    monitorId: str
    jobId: str
    target: str


class ChangesMeta(Answer):
    nextCursor: str
    hasMore: bool


class ChangesAnswer(Envelope):
    data: list[ChangeOut]
    meta: ChangesMeta

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field

from control_api.http.requests.moments import Since, Until, first_moment
from control_api.http.schemas import Answer, Envelope, Moment, Number, Query
from control_api.services.monitors.histories.standings import ShareWanted


class PlacementsQuery(Query):
    at: Annotated[datetime | None, BeforeValidator(first_moment)] = None


class ShareQuery(Query):
    top: Annotated[int | None, Field(ge=1, le=1_000)] = None
    by: Literal["asins", "brand"] = "asins"
    since: Since = None
    until: Until = None
    bucket: Literal["1h", "1d", "1w"] | None = None
    tz: Annotated[str, Field(max_length=100)] = "UTC"
    weighted: bool = False

    @property
    def wanted(self) -> ShareWanted:
        return ShareWanted(
            top=self.top,
            by=self.by,
            since=self.since,
            until=self.until,
            bucket=self.bucket,
            timezone=self.tz,
            is_weighted=self.weighted,
        )


class PlacementOut(Answer):
    item: Annotated[str, Field(validation_alias=AliasChoices("item", "key"))]
    label: str | None
    place: int | None
    position: int
    sponsored: Annotated[bool, Field(validation_alias=AliasChoices("sponsored", "is_ad"))]


class PlacementsMeta(Answer):
    at: Moment | None
    depth: int
    isWhole: bool
    isPartial: bool


class PlacementsAnswer(Envelope):
    data: list[PlacementOut]
    meta: PlacementsMeta


class ShareSpanOut(Answer):
    at: Moment
    organic: Number | None
    sponsored: Number | None
    all: Number | None
    observed: Number


class GroupShareOut(Answer):
    group: str
    spans: list[ShareSpanOut]


class ShareMeta(Answer):
    since: Annotated[
        Moment,
        Field(validation_alias=AliasChoices("from", "since"), serialization_alias="from"),
    ]
    to: Annotated[Moment, Field(validation_alias=AliasChoices("to", "until"))]
    top: int
    checks: int


class ShareAnswer(Envelope):
    data: list[GroupShareOut]
    meta: ShareMeta

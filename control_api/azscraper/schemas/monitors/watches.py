from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from flask_openapi3.models import RawModel
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
)

from control_api.http.requests.moments import Since, Until, first_moment
from control_api.http.schemas import (
    Answer,
    Body,
    ChangeBody,
    Envelope,
    Moment,
    Number,
    Query,
    moment_text,
)
from control_api.services.monitors.histories.histories import HistoryWanted
from control_api.services.monitors.watches.watch_table import MAX_LABEL, MAX_NOTE, MAX_TAG, MAX_TAGS
from control_api.services.monitors.watches.watches import AskedWatch, WatchesWanted
from control_api.services.records import NewWatch

MAX_ADDED = 1_000
_COLUMNS = ("label", "tags", "note", "target")

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LABEL)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NOTE)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TAG)]
Tags = Annotated[
    list[Tag], Field(max_length=MAX_TAGS), AfterValidator(lambda tags: list(dict.fromkeys(tags)))
]
Target = Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)]


def _exact(target: float | None) -> Decimal | None:
    """As it was written: 19.99 of JSON is 19.99."""
    return None if target is None else Decimal(str(target))


class WatchIdPath(BaseModel):
    id: str


class NewWatchBody(Body):
    value: Annotated[str, Field(max_length=2_000)]
    label: Label | None = None
    tags: Tags = Field(default_factory=list)
    note: Note | None = None
    target: Target | None = None

    def to_asked(self, index: int) -> AskedWatch:
        watch = NewWatch(
            value=self.value,
            label=self.label,
            tags=self.tags,
            note=self.note,
            target=_exact(self.target),
        )
        return AskedWatch(index, self.value, watch)


class AddWatchesBody(Body):
    watches: Annotated[list[NewWatchBody], Field(min_length=1, max_length=MAX_ADDED)]
    strict: bool = False

    def to_asked(self) -> list[AskedWatch]:
        return [one.to_asked(index) for index, one in enumerate(self.watches)]


class UpdateWatchBody(ChangeBody):
    nullable = frozenset({"label", "note", "target"})

    label: Label | None = None
    tags: Tags | None = None
    note: Note | None = None
    target: Target | None = None
    enabled: bool | None = None
    relearnContext: bool = False

    def to_given(self) -> dict[str, Any]:
        given = self.model_dump(exclude_unset=True, exclude={"relearnContext"})
        if "target" in given:
            given["target"] = _exact(self.target)
        return given


class WatchesFile(RawModel):
    """The bytes of a CSV file."""

    mimetypes = ["text/csv"]  # noqa: RUF012 (flask-openapi3 reads it from the class)


class ImportQuery(Query):
    mode: Literal["add", "replace"] = "add"


class WatchChoice(Query):
    tag: Annotated[str | None, Field(max_length=MAX_TAG)] = None
    staleHours: Annotated[int | None, Field(ge=1, le=100_000)] = None
    isGone: bool | None = None
    changedSince: Annotated[datetime | None, BeforeValidator(first_moment)] = None

    @property
    def wanted(self) -> WatchesWanted:
        return WatchesWanted(
            tag=self.tag,
            stale_hours=self.staleHours,
            is_gone=self.isGone,
            changed_since=self.changedSince,
        )


class WatchesQuery(WatchChoice):
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    cursor: Annotated[str | None, Field(max_length=300)] = None


class ChecksQuery(Query):
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    cursor: Annotated[str | None, Field(max_length=100, pattern=r"^[0-9]{1,9}$")] = None


class HistoryChoice(Query):
    fields: Annotated[str | None, Field(max_length=1_000)] = None
    since: Since = None
    until: Until = None

    @property
    def wanted(self) -> HistoryWanted:
        names = self.fields.split(",") if self.fields is not None else None
        return HistoryWanted(
            fields=[name.strip() for name in names if name.strip()] if names is not None else None,
            since=self.since,
            until=self.until,
        )


class HistoryQuery(HistoryChoice):
    form: Literal["steps", "buckets", "compact"] = "steps"
    points: Annotated[int, Field(ge=1, le=2_000)] = 500
    bucket: Literal["1h", "1d", "1w"] | None = None
    tz: Annotated[str, Field(max_length=100)] = "UTC"


class RefusedOut(Answer):
    index: int
    value: str
    message: str


class AddedOut(Answer):
    added: int
    known: int
    refused: list[RefusedOut]
    # Of an import that replaces.
    disabled: int | None = None


class AddedAnswer(Envelope):
    data: AddedOut


class LowestOut(Answer):
    amount: Number
    at: Moment
    days: int


class StandingOut(Answer):
    item: str
    place: int
    label: str | None


class PendingOut(Answer):
    """What was seen and is not believed yet."""

    value: Any
    at: Moment
    reason: str


class WatchOut(Answer):
    id: str
    monitorId: str
    value: str
    label: str | None
    tags: list[str]
    note: str | None
    target: Number | None
    enabled: bool
    context: dict[str, str | None]
    now: dict[str, Any]
    since: dict[str, Moment]
    pending: dict[str, PendingOut]
    lastCheckAt: Moment | None
    lastOkAt: Moment | None
    lastOutcome: str | None
    missed: int
    isGone: bool
    isStale: bool
    # Of one list alone, not of those in a list.
    top: list[StandingOut] | None = None
    # Of one watch alone, not of those in a list.
    lowest: LowestOut | None = None


class WatchAnswer(Envelope):
    data: WatchOut


class WatchesMeta(Answer):
    total: int
    nextCursor: str | None
    feedCursor: str


class WatchesAnswer(Envelope):
    data: list[WatchOut]
    meta: WatchesMeta


class CheckOut(Answer):
    at: Moment
    outcome: str
    reason: str | None
    jobId: str | None
    target: Annotated[str | None, Field(validation_alias=AliasChoices("target", "target_id"))]


class CursorMeta(Answer):
    nextCursor: str | None


class ChecksAnswer(Envelope):
    data: list[CheckOut]
    meta: CursorMeta


class HistoryCellOut(Answer):
    at: Annotated[Moment, Field(validation_alias=AliasChoices("at", "start"))]
    open: Number | None
    min: Number | None
    max: Number | None
    close: Number | None
    mean: Number | None
    observed: Number


Step = Annotated[list[Any], BeforeValidator(lambda step: [moment_text(step[0]), *step[1:]])]


class FieldHistoryOut(Answer):
    interpolation: Literal["previous"]
    unit: dict[str, str | None] | None
    unknown: list[list[Moment]]
    # With `form=steps`: a time and the value from then on.
    steps: list[Step] | None = None
    # With `form=buckets`.
    buckets: list[HistoryCellOut] | None = None


class WatchHistoryMeta(Answer):
    since: Annotated[
        Moment,
        Field(validation_alias=AliasChoices("from", "since"), serialization_alias="from"),
    ]
    to: Annotated[Moment, Field(validation_alias=AliasChoices("to", "until"))]
    checks: int
    ok: int
    observedDays: int


class CompactHistoryOut(Answer):
    """A time plus `epochMinutes` is minutes since 1970; a value is multiplied by its `scale`, -1 is absent."""

    epochMinutes: int
    currency: str | None
    scale: dict[str, int]
    # A time and a value by turns.
    series: dict[str, list[int]]
    # A beginning and an end by turns.
    unknown: list[int]


class WatchHistoryAnswer(Envelope):
    # With `form=compact`, or a field an entry.
    data: CompactHistoryOut | dict[str, FieldHistoryOut]
    meta: WatchHistoryMeta

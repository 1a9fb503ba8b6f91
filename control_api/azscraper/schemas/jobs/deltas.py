from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from control_api.azscraper.schemas.files import FileFormat, FileQuery
from control_api.azscraper.schemas.jobs.results import MAX_PAGE
from control_api.http.schemas import Answer, Envelope, Number, Query
from control_api.services.monitors.deltas.deltas import PREVIOUS, DeltaWanted
from control_api.services.monitors.rules.differences import Status

_STATUSES = tuple(one.value for one in Status)


def _names(value: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))


def _some(value: str | None) -> str | None:
    if value is not None and not _names(value):
        raise ValueError("should name at least one field")
    return value


def _statuses(value: str | None) -> str | None:
    names = _names(value) if value is not None else list(_STATUSES)
    if not names or not set(names) <= set(_STATUSES):
        raise ValueError(f"should name some of {', '.join(_STATUSES)}, separated by commas")
    return value


class DeltaChoice(Query):
    against: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="The job to compare with, by its id. `previous` is the latest earlier job of the same schedule "
            "that has completed.",
        ),
    ] = PREVIOUS
    only: Annotated[
        str | None,
        Field(
            max_length=200,
            description=f"Only targets with these statuses, separated by commas: {', '.join(f'`{one}`' for one in _STATUSES)}. "
            "Left out: all but `unchanged`.",
        ),
        AfterValidator(_statuses),
    ] = None
    fields: Annotated[
        str | None,
        Field(
            max_length=1_000,
            description="Of details jobs: the fields to compare, separated by commas, such as `price,availability,rank`. "
            "Left out: those that docs/monitoring.md calls loud.",
        ),
        AfterValidator(_some),
    ] = None

    @property
    def wanted(self) -> DeltaWanted:
        fields = _names(self.fields) if self.fields is not None else None
        if self.only is None:
            return DeltaWanted(fields=fields)
        return DeltaWanted([Status(name) for name in _names(self.only)], fields)


class DeltaQuery(DeltaChoice):
    limit: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_PAGE,
            description="At most so many targets are answered. A page may hold fewer although more follow: `meta.nextCursor` tells.",
        ),
    ] = 100
    cursor: Annotated[
        str | None,
        Field(
            max_length=200,
            description="`meta.nextCursor` of the answer before, to go on behind its last target.",
        ),
    ] = None


class DeltaExportQuery(DeltaChoice, FileQuery):
    format: Annotated[
        FileFormat,
        Field(
            description="The file's format: `json` is one array, `jsonl` a target a line, `csv` a change a line; "
            "`ndjson` is `jsonl`."
        ),
    ] = "json"


class FieldChangeOut(Answer):
    field: str
    before: Any
    after: Any


class PlaceOut(Answer):
    asin: str | None = None
    # Of the offers of a product.
    seller: str | None = None
    place: int


class MoveOut(Answer):
    asin: str
    before: int
    after: int


class ShareOut(Answer):
    before: Number | None
    after: Number | None


class TargetDeltaOut(Answer):
    value: str
    marketplace: str
    status: Status
    beforeAt: str | None
    at: str | None
    reason: str | None = None
    # Of details jobs.
    fields: list[FieldChangeOut] | None = None
    # Of search jobs.
    depth: int | None = None
    entered: list[PlaceOut] | None = None
    left: list[PlaceOut] | None = None
    moved: list[MoveOut] | None = None
    sponsoredShare: ShareOut | None = None


class DeltaMeta(Answer):
    jobId: str
    againstJobId: str
    type: str
    nextCursor: str | None


class DeltaAnswer(Envelope):
    data: list[TargetDeltaOut]
    meta: DeltaMeta

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, RootModel, model_validator

from control_api.azscraper.schemas.files import FileFormat, FileQuery
from control_api.http.rows.row_queries import Complete, Fields, Provenance
from control_api.http.schemas import Answer, Envelope, Offset, Query

MAX_PAGE = 1_000
DEFAULT_PAGE_SIZE = 50


class ResultsQuery(Query):
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 100
    offset: Offset = 0
    cursor: Annotated[str, Field(max_length=200)] | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    pageSize: Annotated[int, Field(ge=1, le=MAX_PAGE)] | None = None
    before: Annotated[
        str | None,
        Field(
            max_length=200,
            description="`meta.previousCursor` of an answer, for the rows before its first one. Not beside `cursor`.",
        ),
    ] = None
    q: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description="Only rows of which a value contains this text, in any case of letters. An answer reads at most "
            "20,000 rows (`meta.scanned`); `meta.nextCursor` goes on behind them, also where none of them held the text.",
        ),
    ] = None
    target: Annotated[
        int | None,
        Field(
            ge=0,
            lt=1_000_000,
            description="Only the rows of the target at this place of `GET /jobs/{id}/targets`, from 0; "
            "`meta.total` counts them.",
        ),
    ] = None
    fields: Fields = None
    provenance: Provenance = False

    @model_validator(mode="after")
    def _check_places(self) -> Self:
        """A page begins at one place."""
        goes_by_cursor = self.before is not None or self.q is not None
        if goes_by_cursor and (self.is_paged or self.offset):
            raise ValueError("q and before go with cursor, not with offset, page or pageSize")
        if self.before is not None and self.cursor is not None:
            raise ValueError("give cursor or before, not both")
        return self

    @property
    def is_paged(self) -> bool:
        return self.page is not None or self.pageSize is not None


class ExportQuery(FileQuery):
    format: Annotated[
        FileFormat,
        Field(
            description="The file's format: `json` is one array, `csv` a table, `jsonl` an object a line; "
            "`ndjson` is `jsonl`."
        ),
    ] = "json"
    fields: Fields = None
    provenance: Provenance = False
    complete: Complete = False


class ResultsMeta(Answer):
    total: int
    nextCursor: str | None
    previousCursor: Annotated[
        str | None,
        Field(description="To be sent as `before` for the rows before these; `null` at the start."),
    ]
    scanned: Annotated[
        int | None, Field(description="Rows that the search has read. With `q` alone.")
    ] = None


class ResultRows(Envelope):
    data: list[dict[str, Any]]
    meta: ResultsMeta


class Pagination(Answer):
    page: int
    pageSize: int
    total: int


class ResultItems(Answer):
    items: list[dict[str, Any]]
    pagination: Pagination


class ResultPage(Envelope):
    data: ResultItems


class ResultsAnswer(RootModel[ResultRows | ResultPage]):
    """The first shape, or with `page` or `pageSize` the second."""

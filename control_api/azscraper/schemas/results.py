from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, RootModel

from control_api.azscraper.schemas.files import FileFormat, FileQuery
from control_api.http.row_queries import Complete, Fields, Provenance
from control_api.http.schemas import Answer, Envelope, Offset, Query

MAX_PAGE = 1_000
DEFAULT_PAGE_SIZE = 50


class ResultsQuery(Query):
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 100
    offset: Offset = 0
    cursor: Annotated[str, Field(max_length=200)] | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    pageSize: Annotated[int, Field(ge=1, le=MAX_PAGE)] | None = None
    fields: Fields = None
    provenance: Provenance = False

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

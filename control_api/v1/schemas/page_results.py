from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from control_api.http.rows.row_queries import Complete, CsvQuery
from control_api.http.schemas import Answer, Moment, Offset, Query

MAX_PAGE = 1_000


class PageResultsPath(BaseModel):
    job_id: str


class PageResultsQuery(Query):
    skip: Offset = 0
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 100


class PageExportQuery(CsvQuery):
    format: Literal["json", "csv"] = "json"
    complete: Complete = False


class PageResult(Answer):
    """`data` holds the selectors' names: no match is null, several matches are a list."""

    job_id: str
    url: str
    data: dict[str, str | list[str] | None]
    scraped_at: Moment | None


class PageResults(Answer):
    job_id: str
    total: int
    skip: int
    limit: int
    results: list[PageResult]

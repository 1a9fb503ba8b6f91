from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, RootModel

from control_api.http.rows.row_queries import Fields, Provenance
from control_api.http.schemas import Answer, Offset, Query


class ItemsQuery(Query):
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Offset = 0
    fields: Fields = None
    provenance: Provenance = False


class LogsQuery(Query):
    limit: Annotated[int, Field(ge=1, le=5_000)] = 1_000
    offset: Offset = 0


class ItemsOut(RootModel[list[dict[str, Any]]]):
    pass


class LogsOut(Answer):
    """`first`: the number of the first line shown. Lines below it that were asked for are gone."""

    lines: list[str]
    first: int
    total: int

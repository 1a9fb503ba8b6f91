from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, RootModel, StringConstraints

from control_api.http.schemas import Answer, Body, ChangeBody, Moment, Query

MAX_SPIDERS = 200

SpiderName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Settings = Annotated[dict[str, bool | int | float], Field(max_length=50)]


class SpiderPath(BaseModel):
    id: str


class SpidersQuery(Query):
    """`name`: a part of it. `limit`: more than 200 is 200."""

    name: Annotated[str, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1)] = 50


class CreateSpiderBody(Body):
    name: SpiderName
    repo_path: Annotated[str, Field(max_length=300)]
    description: Annotated[str, Field(max_length=2_000)] | None = None
    settings: Settings = Field(default_factory=dict)
    repo_id: Annotated[str, Field(max_length=100)] | None = None


class UpdateSpiderBody(ChangeBody):
    nullable = frozenset({"description", "repo_id"})

    name: SpiderName | None = None
    repo_path: Annotated[str, Field(max_length=300)] | None = None
    description: Annotated[str, Field(max_length=2_000)] | None = None
    settings: Settings | None = None
    repo_id: Annotated[str, Field(max_length=100)] | None = None


class SpiderOut(Answer):
    id: str
    name: str
    repo_path: str
    description: str | None
    settings: dict[str, bool | int | float]
    arguments: list[str]
    repo_id: str | None
    is_deployed: bool
    version: str | None
    created_at: Moment
    updated_at: Moment


class SpidersOut(RootModel[list[SpiderOut]]):
    pass


class DoneOut(Answer):
    ok: bool

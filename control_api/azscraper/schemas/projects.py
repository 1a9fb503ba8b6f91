from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, model_validator

from control_api.azscraper.schemas.base import Answer, Body, ListMeta, Offset, Query

MOST_PROJECTS = 1_000

ProjectName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ProjectPath(BaseModel):
    projectId: str


class ProjectIdPath(BaseModel):
    id: str


class CreateProjectBody(Body):
    name: ProjectName


class UpdateProjectBody(Body):
    name: ProjectName | None = None
    archived: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _refuse_null(cls, body: Any) -> Any:
        if isinstance(body, dict) and any(
            body.get(key, "") is None for key in ("name", "archived")
        ):
            raise ValueError("name and archived must not be null")
        return body


class ProjectsQuery(Query):
    archived: bool | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_PROJECTS)] = MOST_PROJECTS
    offset: Offset = 0


class ProjectOut(Answer):
    id: str
    name: str
    organizationId: str
    archived: bool
    createdAt: str
    updatedAt: str


class ProjectAnswer(Answer):
    data: ProjectOut


class ProjectsAnswer(Answer):
    data: list[ProjectOut]
    meta: ListMeta

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from control_api.http.requests.inputs import Name
from control_api.http.schemas import (
    Answer,
    Body,
    ChangeBody,
    Envelope,
    ListMeta,
    Moment,
    Offset,
    Query,
)
from control_api.services.records import ProjectChange

MAX_PROJECTS = 1_000


class ProjectPath(BaseModel):
    projectId: str


class ProjectIdPath(BaseModel):
    id: str


class CreateProjectBody(Body):
    name: Name


class UpdateProjectBody(ChangeBody):
    name: Name | None = None
    archived: bool | None = None

    def to_change(self) -> ProjectChange:
        return ProjectChange(**self.model_dump())


class ProjectsQuery(Query):
    archived: bool | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_PROJECTS)] = MAX_PROJECTS
    offset: Offset = 0


class ProjectOut(Answer):
    id: str
    name: str
    organizationId: str
    archived: bool
    createdAt: Moment
    updatedAt: Moment


class ProjectAnswer(Envelope):
    data: ProjectOut


class ProjectsAnswer(Envelope):
    data: list[ProjectOut]
    meta: ListMeta

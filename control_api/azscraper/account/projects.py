from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.account.projects import (
    CreateProjectBody,
    ProjectAnswer,
    ProjectIdPath,
    ProjectsAnswer,
    ProjectsQuery,
    UpdateProjectBody,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer, succeeded
from control_api.http.schemas import ErrorEnvelope, SuccessAnswer

projects = dialect_blueprint("projects", "Groups of crawl jobs")


@projects.get("/projects", summary="List projects", responses={200: ProjectsAnswer})
def list_projects(query: ProjectsQuery) -> Response:
    found, total = services().projects.list_page(
        current_actor(), archived=query.archived, limit=query.limit, offset=query.offset
    )
    return json_answer(ProjectsAnswer.of(found, total=total))


@projects.post(
    "/projects", summary="Create a project", responses={201: ProjectAnswer, 415: ErrorEnvelope}
)
def create_project(body: CreateProjectBody) -> Response:
    project = services().projects.create(current_actor(), body.name)
    return json_answer(ProjectAnswer.of(project), 201)


@projects.patch(
    "/projects/<id>", summary="Change a project", responses={200: ProjectAnswer, 415: ErrorEnvelope}
)
def update_project(path: ProjectIdPath, body: UpdateProjectBody) -> Response:
    project = services().projects.update(current_actor(), path.id, body.to_change())
    return json_answer(ProjectAnswer.of(project))


@projects.delete(
    "/projects/<id>",
    summary="Delete a project with its jobs and rows",
    description="Owners only. Open jobs are cancelled first.",
    responses={200: SuccessAnswer},
)
def delete_project(path: ProjectIdPath) -> Response:
    services().project_removal.remove(current_actor(), path.id)
    return succeeded()

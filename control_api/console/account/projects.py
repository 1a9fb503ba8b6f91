from __future__ import annotations

from flask import Response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.console.forms import Form
from control_api.http.context import current_actor, services
from control_api.http.requests.inputs import Name
from control_api.services.records import ProjectChange

_MAX_PROJECTS = 1_000


class ProjectForm(Form):
    name: Name


@console.page("/projects", api=("GET /projects",))
def projects() -> str:
    found, total = services().projects.list_page(
        current_actor(), archived=None, limit=_MAX_PROJECTS, offset=0
    )
    return render_template("account/projects.html", projects=found, total=total)


@console.action("/projects", api=("POST /projects",))
def new_project() -> Response:
    services().projects.create(current_actor(), ProjectForm.read().name)
    return _back()


@console.action("/projects/<id>/rename", api=("PATCH /projects/{id}",))
def rename_project(id: str) -> Response:  # noqa: A002 (the address' word)
    change = ProjectChange(name=ProjectForm.read().name)
    services().projects.update(current_actor(), id, change)
    return _back()


@console.action("/projects/<id>/archived", api=("PATCH /projects/{id}",))
def archive_project(id: str) -> Response:  # noqa: A002
    change = ProjectChange(archived=request.form.get("archived") == "1")
    services().projects.update(current_actor(), id, change)
    return _back()


def _back() -> Response:
    return see_other("/console/projects")

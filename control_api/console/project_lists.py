"""What the projects of a person have of one kind, a page at a time: one question, however many projects there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

from control_api.console.forms import projects_of_person
from control_api.http.context import current_actor
from control_api.services.accounts.actor import Actor
from control_api.services.records import Project

PER_PAGE = 100
_MAX_CURSOR_LENGTH = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProjectList(Generic[T]):
    """Newest first. `projects`: all of the person's. `next_path` leads to older ones."""

    projects: Sequence[Project]
    listed: Sequence[tuple[Project, T]]
    next_path: str | None
    is_first: bool


def project_list(
    newest_of: Callable[[Actor, Sequence[str], int, str | None], Sequence[T]],
    *,
    place_of: Callable[[T], tuple[str, str | None]],
) -> ProjectList[T]:
    """`newest_of`: asks for so many of these projects, older than an id. `place_of`: the id of a thing and of
    its project."""
    projects = {project.id: project for project in projects_of_person()}
    before = request.args.get("before", "")[:_MAX_CURSOR_LENGTH] or None
    # One more tells whether there are older ones.
    found = newest_of(current_actor(), list(projects), PER_PAGE + 1, before)
    shown = found[:PER_PAGE]
    last = place_of(shown[-1])[0] if len(found) > PER_PAGE else None
    return ProjectList(
        projects=list(projects.values()),
        listed=[(projects[place_of(one)[1] or ""], one) for one in shown],
        next_path=f"{request.path}?before={last}" if last else None,
        is_first=before is None,
    )

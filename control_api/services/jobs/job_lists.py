"""Lists of jobs without their targets: of one project, or of all that the caller sees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from control_api.services.accounts.actor import Actor
from control_api.services.errors import InvalidInput, ProjectNotFound
from storage.accounts.projects import Projects
from storage.accounts.users import User, Users
from storage.base.records import Job, JobStatus
from storage.jobs.jobs import JobFilter, Jobs

_JOB_ID = re.compile(r"^[0-9a-f]{24}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsWanted:
    """Jobs that were created from `since` up to and with `until`; None asks for all.

    `text`: a job's id, or a part of the text of one of its first targets.
    """

    statuses: Sequence[JobStatus] | None = None
    kind: str | None = None
    project_id: str | None = None
    schedule_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class JobsPage:
    """`makers`: who made the jobs, by id; accounts that are gone are not in it. `next_cursor` is None
    where no older job follows."""

    jobs: Sequence[Job]
    makers: Mapping[str, User]
    total: int
    next_cursor: str | None


class JobLists:
    def __init__(self, jobs: Jobs, projects: Projects, users: Users) -> None:
        self._jobs = jobs
        self._projects = projects
        self._users = users

    def list_page(
        self, actor: Actor, *, wanted: JobsWanted, limit: int, cursor: str | None
    ) -> JobsPage:
        """Jobs of all projects that the actor sees, newest first. Raises ProjectNotFound."""
        if cursor is not None and not _JOB_ID.match(cursor):
            raise InvalidInput("cursor must be one that an earlier page gave")
        if wanted.project_id is not None:
            self._require_project(actor, wanted.project_id)
        elif actor.project_id is not None:
            wanted = replace(wanted, project_id=actor.project_id)
        # One more than asked for tells whether there is a next page.
        found, total = self._jobs.list_before(
            filter_from_wanted(actor, wanted), limit=limit + 1, before=cursor
        )
        shown = found[:limit]
        makers = self._users.find_all({job.created_by for job in shown if job.created_by})
        return JobsPage(shown, makers, total, shown[-1].id if len(found) > limit else None)

    def count_ended(self, actor: Actor, *, since: datetime) -> Mapping[str, int]:
        """How many of the jobs that the actor sees have ended since then, by outcome."""
        return self._jobs.count_ended(actor.organization_id, actor.project_id, since=since)

    def _require_project(self, actor: Actor, project_id: str) -> None:
        project = self._projects.find(project_id, actor.organization_id)
        if project is None or not actor.sees(project.id):
            raise ProjectNotFound


def filter_from_wanted(actor: Actor, wanted: JobsWanted) -> JobFilter:
    return JobFilter(
        organization_id=actor.organization_id,
        project_id=wanted.project_id,
        statuses=wanted.statuses,
        kinds=[wanted.kind] if wanted.kind is not None else None,
        schedule_id=wanted.schedule_id,
        since=wanted.since,
        until=wanted.until,
        text=wanted.text,
    )

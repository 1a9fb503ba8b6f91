"""The list of all jobs: filters that stand in the address, and runs of one schedule as one row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import Response, request

from control_api.console.blueprint import console
from control_api.console.bulk import done_to_each
from control_api.console.jobs.job_words import STATUS_TEXTS
from control_api.console.polling import polled_page
from control_api.console.same_call import curl
from control_api.http.context import current_actor, services
from control_api.http.requests.moments import first_moment, last_moment
from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_lists import JobsPage, JobsWanted
from control_api.services.jobs.types.registry import SERVED_OF_NAME
from control_api.services.records import Job, JobStatus, User

_PER_PAGE = 50
# So many are looked through for a page whose runs are folded.
_MAX_FOLDED = 200
_MAX_TEXT_LENGTH = 200
_MAX_PROJECTS = 1_000
_EACH = "each"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedJobs:
    """`jobs`: of each schedule the newest run alone; `earlier`: how many more of its runs were `read`, by the id
    of that job."""

    jobs: Sequence[Job]
    earlier: Mapping[str, int]
    read: int
    makers: Mapping[str, User]
    total: int
    next_cursor: str | None


@console.page("/jobs", api=("GET /jobs", "GET /projects"))
def job_list() -> Response:
    projects, _ = services().projects.list_page(
        current_actor(), archived=None, limit=_MAX_PROJECTS, offset=0
    )
    asked = request.args
    wanted = _wanted()
    # The runs of one schedule would be a single row.
    is_folded = asked.get("runs") != _EACH and wanted.schedule_id is None
    found = services().job_lists.list_page(
        current_actor(),
        wanted=wanted,
        limit=_MAX_FOLDED if is_folded else _PER_PAGE,
        cursor=asked.get("cursor"),
    )
    page = folded(found, _PER_PAGE) if is_folded else each_job(found)
    return polled_page(
        "jobs/jobs.html",
        "jobs/job_list.html",
        is_polled="cursor" not in asked,
        projects=projects,
        project_names={project.id: project.name for project in projects},
        wanted=wanted,
        asked=asked,
        statuses=STATUS_TEXTS,
        kinds=list(SERVED_OF_NAME),
        page=page,
        is_each=asked.get("runs") == _EACH,
        next_path=_next_path(page.next_cursor),
        without_schedule=_path_of([one for one in _kept_filters() if one[0] != "schedule"]),
        is_first="cursor" not in asked,
        call=curl("GET", f"/jobs{_api_query(wanted)}"),
    )


@console.action("/jobs/chosen", api=("POST /jobs/{id}/cancel", "POST /jobs/{id}/retry"))
def chosen_jobs() -> Response:
    """What is done to each job that was chosen in the list."""
    jobs, actor = services().jobs, current_actor()
    deeds: Mapping[str, Callable[[str], object]] = {
        "cancel": lambda id_: jobs.cancel(actor, id_),
        "retry": lambda id_: jobs.retry(actor, id_),
        "retry-failed": lambda id_: jobs.retry(actor, id_, only_failed=True),
    }
    deed = deeds.get(request.form.get("do", ""))
    if deed is None:
        raise InvalidInput("There is no such deed")
    return done_to_each(
        request.form.getlist("job"), deed, things="/console/jobs", back="/console/jobs"
    )


def folded(page: JobsPage, limit: int) -> FoldedJobs:
    newest: dict[str, str] = {}
    earlier: Counter[str] = Counter()
    shown: list[Job] = []
    read = 0
    for job in page.jobs:
        if job.schedule_id in newest:
            earlier[newest[job.schedule_id]] += 1
        elif len(shown) == limit:
            break
        else:
            shown.append(job)
            if job.schedule_id is not None:
                newest[job.schedule_id] = job.id
        read += 1
    has_more = read < len(page.jobs)
    return FoldedJobs(
        jobs=shown,
        earlier=earlier,
        read=read,
        makers=page.makers,
        total=page.total,
        next_cursor=page.jobs[read - 1].id if has_more else page.next_cursor,
    )


def each_job(page: JobsPage) -> FoldedJobs:
    return FoldedJobs(
        jobs=page.jobs,
        earlier={},
        read=len(page.jobs),
        makers=page.makers,
        total=page.total,
        next_cursor=page.next_cursor,
    )


def _wanted() -> JobsWanted:
    asked = request.args
    return JobsWanted(
        statuses=[_status(text) for text in asked.getlist("status") if text] or None,
        kind=_kind(asked.get("type")),
        project_id=asked.get("project") or None,
        schedule_id=asked.get("schedule") or None,
        since=_moment("from"),
        until=_moment("to"),
        text=(asked.get("q") or "").strip()[:_MAX_TEXT_LENGTH] or None,
    )


def _kept_filters() -> list[tuple[str, str]]:
    return [
        (name, text)
        for name, text in request.args.items(multi=True)
        if name not in ("cursor", "seen")
    ]


def _next_path(cursor: str | None) -> str | None:
    """The same filters, further back."""
    return None if cursor is None else _path_of([*_kept_filters(), ("cursor", cursor)])


def _path_of(asked: Sequence[tuple[str, str]]) -> str:
    return f"/console/jobs?{urlencode(asked)}" if asked else "/console/jobs"


def _api_query(wanted: JobsWanted) -> str:
    named = [
        *(("status", status.value) for status in wanted.statuses or ()),
        ("type", wanted.kind),
        ("projectId", wanted.project_id),
        ("scheduleId", wanted.schedule_id),
        ("from", request.args.get("from") if wanted.since else None),
        ("to", request.args.get("to") if wanted.until else None),
        ("q", wanted.text),
    ]
    query = urlencode([(name, value) for name, value in named if value])
    return f"?{query}" if query else ""


def _status(text: str) -> JobStatus:
    try:
        return JobStatus(text)
    except ValueError as error:
        raise InvalidInput("There is no such state of jobs") from error


def _kind(text: str | None) -> str | None:
    if text and text not in SERVED_OF_NAME:
        raise InvalidInput("There is no such type of jobs")
    return text or None


def _moment(name: str) -> datetime | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return first_moment(text) if name == "from" else last_moment(text)
    except ValueError as error:
        raise InvalidInput(f"{name} {error}") from error

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.console.crawl_form import job_with_targets
from control_api.console.jobs.job_frame import job_page, parts_of_job
from control_api.console.jobs.live import LiveJob
from control_api.console.jobs.rows import rows_page
from control_api.console.jobs.targets import targets_page
from control_api.console.polling import polled_page
from control_api.console.same_call import curl
from control_api.http.context import current_actor, services
from control_api.http.rows.export_progress import file_name
from control_api.http.rows.exports import CONTENT_TYPES, columns_of_paths, export_chunks
from control_api.http.rows.row_fields import known_columns
from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_lists import JobsWanted
from control_api.services.jobs.types.registry import SERVED_OF_NAME
from control_api.services.records import JobStatus

_PER_PAGE = 50
_MAX_TEXT_LENGTH = 200
_MAX_PROJECTS = 1_000


@console.page("/jobs", api=("GET /jobs", "GET /projects"))
def job_list() -> Response:
    projects, _ = services().projects.list_page(
        current_actor(), archived=None, limit=_MAX_PROJECTS, offset=0
    )
    asked = request.args
    wanted = JobsWanted(
        statuses=[_status(text) for text in asked.getlist("status") if text] or None,
        kind=_kind(asked.get("type")),
        project_id=asked.get("project") or None,
        schedule_id=asked.get("schedule") or None,
        text=(asked.get("q") or "").strip()[:_MAX_TEXT_LENGTH] or None,
    )
    page = services().job_lists.list_page(
        current_actor(), wanted=wanted, limit=_PER_PAGE, cursor=asked.get("cursor")
    )
    return polled_page(
        "jobs/jobs.html",
        "jobs/job_list.html",
        is_polled="cursor" not in asked,
        projects=projects,
        project_names={project.id: project.name for project in projects},
        wanted=wanted,
        statuses=list(JobStatus),
        kinds=list(SERVED_OF_NAME),
        page=page,
        next_path=_next_path(page.next_cursor),
        is_first="cursor" not in asked,
        call=curl("GET", f"/jobs{_api_query(wanted)}"),
    )


def _next_path(cursor: str | None) -> str | None:
    """The same filters, further back."""
    if cursor is None:
        return None
    asked = [
        (name, text)
        for name, text in request.args.items(multi=True)
        if name not in ("cursor", "seen")
    ]
    return f"/console/jobs?{urlencode([*asked, ('cursor', cursor)])}"


def _api_query(wanted: JobsWanted) -> str:
    named = [
        *(("status", status.value) for status in wanted.statuses or ()),
        ("type", wanted.kind),
        ("projectId", wanted.project_id),
        ("scheduleId", wanted.schedule_id),
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


@console.page("/jobs/<id>", api=("GET /jobs/{id}", "GET /jobs/{id}/results"))
def job(id: str) -> str:  # noqa: A002 (the address' word)
    found = services().results.get_job(current_actor(), id)
    return job_page(found, "results", rows=rows_page(found))


@console.page("/jobs/<id>/targets", api=("GET /jobs/{id}", "GET /jobs/{id}/targets"))
def job_targets(id: str) -> str:  # noqa: A002
    found = services().results.get_job(current_actor(), id)
    return job_page(found, "targets", page=targets_page(found))


@console.page("/jobs/<id>/call", api=("GET /jobs/{id}",))
def job_call(id: str) -> str:  # noqa: A002
    found, targets = job_with_targets(id)
    body = {
        "type": found.kind,
        "targets": [target.sent or target.value for target in targets],
        "config": dict(found.config),
    }
    calls = {
        "This job": curl("GET", f"/jobs/{id}"),
        "Its rows": curl("GET", f"/jobs/{id}/results?limit=100"),
        "Its rows as a file": curl("GET", f"/jobs/{id}/export?format=csv"),
        "The same job again": curl("POST", f"/projects/{found.project_id}/jobs", body),
    }
    return job_page(found, "call", calls=calls)


@console.page("/jobs/<id>/live", api=("GET /jobs/{id}",))
def job_live(id: str) -> Response:  # noqa: A002
    """The polled section; 204 when what the page shows is what there is."""
    found = services().results.get_job(current_actor(), id)
    live = LiveJob.of(found)
    if request.args.get("seen") == live.version:
        return Response(status=204)
    shows_rows = request.args.get("rows") == "1"
    page = render_template(
        "jobs/job_live.html",
        **parts_of_job(found, live),
        shows_rows=shows_rows,
        rows=rows_page(found) if shows_rows else None,
    )
    return make_response(page)


@console.action("/jobs/<id>/cancel", api=("POST /jobs/{id}/cancel",))
def cancel_job(id: str) -> Response:  # noqa: A002
    services().jobs.cancel(current_actor(), id)
    return see_other(f"/console/jobs/{id}")


@console.action("/jobs/<id>/retry", api=("POST /jobs/{id}/retry",))
def retry_job(id: str) -> Response:  # noqa: A002
    created = services().jobs.retry(
        current_actor(), id, only_failed=request.form.get("only") == "failed"
    )
    return see_other(f"/console/jobs/{created.view.job.id}")


@console.action("/jobs/<id>/export", api=("GET /jobs/{id}/export",))
def export_job(id: str) -> Response:  # noqa: A002
    """By POST: an export counts against the plan, and is written into the audit trail."""
    file_format = request.form.get("format", "csv")
    if file_format not in CONTENT_TYPES:
        raise InvalidInput("A file is csv, json or jsonl")
    export = services().results.export(current_actor(), id, file_format)
    columns = columns_of_paths(known_columns(export.job))
    name = f"{file_name(export.job)}.{file_format}"
    return Response(
        export_chunks(export, file_format, columns),
        content_type=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

from __future__ import annotations

from flask import Response, make_response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.console.crawl_form import job_with_targets
from control_api.console.jobs.job_frame import job_page, parts_of_job
from control_api.console.jobs.live import LiveJob
from control_api.console.jobs.rows import rows_page
from control_api.console.jobs.targets import targets_page
from control_api.console.same_call import curl
from control_api.http.context import current_actor, services
from control_api.http.rows.export_progress import file_name
from control_api.http.rows.exports import CONTENT_TYPES, columns_of_paths, export_chunks
from control_api.http.rows.row_fields import known_columns
from control_api.services.errors import InvalidInput

_MAX_DIGITS = 8


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
    places = request.form.getlist("target")
    created = services().jobs.retry(
        current_actor(),
        id,
        only_failed=request.form.get("only") == "failed",
        code=request.form.get("code") or None,
        indexes=[_place(text) for text in places] if places else None,
    )
    return see_other(f"/console/jobs/{created.view.job.id}")


def _place(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > _MAX_DIGITS:
        raise InvalidInput("A target is chosen by its place among those of the job")
    return int(text)


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

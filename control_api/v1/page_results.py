from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, request

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.rows.export_progress import file_name, progress_headers, require_ended
from control_api.http.rows.exports import CONTENT_TYPES, Column, export_chunks
from control_api.services.jobs.results import Export
from control_api.services.records import Job, Row
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.page_answers import result_answer
from control_api.v1.schemas.page_results import (
    PageExportQuery,
    PageResults,
    PageResultsPath,
    PageResultsQuery,
)
from control_api.v1.statuses import SCRAPEMASTER
from spiders.types.page import PAGE

results = v1_blueprint("results", "What page jobs found")

_FILE: dict[Any, Any] = {
    "description": "The rows; CSV as an attachment",
    "content": {
        CONTENT_TYPES["json"]: {"schema": {"type": "array", "items": {"type": "object"}}},
        CONTENT_TYPES["csv"]: {"schema": {"type": "string", "format": "binary"}},
    },
}


@results.get("/results/<job_id>", summary="Get results", responses={200: PageResults})
def get_results(path: PageResultsPath, query: PageResultsQuery) -> Response:
    job = _page_job(path.job_id)
    page = services().results.get_page(
        current_actor(), job.id, limit=query.limit, offset=query.skip
    )
    return json_answer(
        PageResults(
            job_id=job.id,
            total=page.total,
            skip=query.skip,
            limit=query.limit,
            results=[result_answer(job, row) for row in page.rows],
        )
    )


@results.get("/results/<job_id>/export", summary="Download all results", responses={200: _FILE})
def export_results(path: PageResultsPath, query: PageExportQuery) -> Response:
    query.require_csv(query.format)
    job = _page_job(path.job_id)
    if query.complete:
        require_ended(job)
    if request.method == "HEAD":
        return _file(job, query, [])
    export = services().results.export(current_actor(), job.id, query.format)
    shown = Export(job, _shown_rows(export))
    return _file(job, query, export_chunks(shown, query.format, _columns(job), query.style))


def _page_job(job_id: str) -> Job:
    return services().v1_jobs.get(current_actor(), job_id, kinds=(PAGE.name,))


def _shown_rows(export: Export) -> Iterator[Row]:
    for row in export.rows:
        yield Row(row.key, result_answer(export.job, row).to_plain())


def _columns(job: Job) -> list[Column]:
    """The job's own selectors, between where and when."""
    return [
        Column("url", ("url",)),
        *(Column(name, ("data", name)) for name in job.config["selectors"]),
        Column("scraped_at", ("scraped_at",)),
    ]


def _file(job: Job, query: PageExportQuery, chunks: Iterable[bytes]) -> Response:
    response = Response(chunks, content_type=CONTENT_TYPES[query.format])
    response.headers.update(progress_headers(job, SCRAPEMASTER[job.status]))
    if query.format == "csv":
        name = f"{file_name(job)}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

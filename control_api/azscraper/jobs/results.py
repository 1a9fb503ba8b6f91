from __future__ import annotations

from collections.abc import Iterable

from flask import Response, request

from control_api.azscraper.files import FILE, file_answer
from control_api.azscraper.schemas.jobs.jobs import JobPath
from control_api.azscraper.schemas.jobs.results import (
    DEFAULT_PAGE_SIZE,
    ExportQuery,
    ResultPage,
    ResultRows,
    ResultsAnswer,
    ResultsMeta,
    ResultsQuery,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.rows.export_progress import file_name, progress_headers, require_ended
from control_api.http.rows.exports import columns_of_paths, export_chunks
from control_api.http.rows.row_fields import Shape, shape_of
from control_api.http.schemas import ErrorEnvelope
from control_api.services.jobs.results import Export, ResultsPage
from control_api.services.records import Job

results = dialect_blueprint("results", "Result rows and their export")


@results.get(
    "/jobs/<id>/results",
    summary="Get result rows",
    description="With `page` or `pageSize` the answer is `{data: {items, pagination}}`.",
    responses={200: ResultsAnswer},
)
def get_results(path: JobPath, query: ResultsQuery) -> Response:
    job = services().results.get_job(current_actor(), path.id)
    shape = _shape(job, query.fields, has_provenance=query.provenance)
    if query.is_paged:
        return _numbered_page(shape, query)
    page = _page(path.id, query)
    meta = ResultsMeta.read(page, without=["scanned"] if page.scanned is None else [])
    return json_answer(ResultRows.of([shape.of(row.data) for row in page.rows], meta=meta))


@results.get(
    "/jobs/<id>/export",
    summary="Download the rows as a file",
    description="`X-Job-Status` is that of the job; `X-Rows-So-Far` is there while more may come.",
    responses={200: dict(FILE), 403: ErrorEnvelope, 409: ErrorEnvelope},
)
def export_results(path: JobPath, query: ExportQuery) -> Response:
    query.require_csv(query.format)
    job = services().results.get_job(current_actor(), path.id)
    if query.complete:
        require_ended(job)
    shape = _shape(job, query.fields, has_provenance=query.provenance)
    if request.method == "HEAD":
        return _file(job, query, [])
    export = services().results.export(current_actor(), path.id, query.format)
    chunks = export_chunks(
        Export(export.job, shape.rows(export.rows)),
        query.written_format,
        columns_of_paths(shape.columns),
        query.style,
    )
    return _file(export.job, query, chunks)


def _page(job_id: str, query: ResultsQuery) -> ResultsPage:
    results, actor = services().results, current_actor()
    limit, cursor, target = query.limit, query.cursor, query.target
    if query.q is not None:
        return results.search(
            actor, job_id, query.q, limit=limit, cursor=cursor, before=query.before, target=target
        )
    if query.before is not None:
        return results.get_page_before(
            actor, job_id, limit=limit, before=query.before, target=target
        )
    return results.get_page(
        actor, job_id, limit=limit, offset=query.offset, cursor=cursor, target=target
    )


def _shape(job: Job, fields: str | None, *, has_provenance: bool) -> Shape:
    return shape_of(
        job, services().results.rows_of(job), fields=fields, has_provenance=has_provenance
    )


def _file(job: Job, query: ExportQuery, chunks: Iterable[bytes]) -> Response:
    return file_answer(file_name(job), query, chunks, progress_headers(job, job.status.value))


def _numbered_page(shape: Shape, query: ResultsQuery) -> Response:
    number, size = query.page or 1, query.pageSize or DEFAULT_PAGE_SIZE
    page = services().results.get_page(
        current_actor(),
        shape.job.id,
        limit=size,
        offset=(number - 1) * size,
        target=query.target,
    )
    pagination = {"page": number, "pageSize": size, "total": page.total}
    items = [shape.of(row.data) for row in page.rows]
    return json_answer(ResultPage.of({"items": items, "pagination": pagination}))

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, request

from control_api.azscraper.blueprint import dialect_blueprint
from control_api.azscraper.schemas.base import ErrorEnvelope
from control_api.azscraper.schemas.jobs import JobPath
from control_api.azscraper.schemas.results import (
    DEFAULT_PAGE_SIZE,
    ExportQuery,
    ResultsAnswer,
    ResultsQuery,
)
from control_api.context import current_actor, services
from control_api.exports import CONTENT_TYPES, GZIP_TYPE, export_chunks, gzip_chunks
from control_api.json_text import json_answer

results = dialect_blueprint("results", "Result rows and their export")

_EXPORT_FILE: dict[Any, Any] = {
    "description": "The file, as an attachment",
    "content": {
        **{
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in (*CONTENT_TYPES.values(), GZIP_TYPE)
        },
        CONTENT_TYPES["json"]: {"schema": {"type": "array", "items": {"type": "object"}}},
    },
}


@results.get(
    "/jobs/<id>/results",
    summary="Get result rows",
    description="With `page` or `pageSize` the answer is `{data: {items, pagination}}`.",
    responses={200: ResultsAnswer},
)
def get_results(path: JobPath, query: ResultsQuery) -> Response:
    if query.is_paged:
        return _numbered_page(path.id, query.page or 1, query.pageSize or DEFAULT_PAGE_SIZE)
    page = services().results.get_page(
        current_actor(), path.id, limit=query.limit, offset=query.offset, cursor=query.cursor
    )
    meta = {"total": page.total, "nextCursor": page.next_cursor}
    return json_answer({"data": [row.data for row in page.rows], "meta": meta})


@results.get(
    "/jobs/<id>/export",
    summary="Download the rows as a file",
    responses={200: _EXPORT_FILE, 403: ErrorEnvelope},
)
def export_results(path: JobPath, query: ExportQuery) -> Response:
    if request.method == "HEAD":
        job_id = services().results.get_job(current_actor(), path.id).id
        return _export_answer(job_id, query, [])
    export = services().results.export(current_actor(), path.id, query.format)
    return _export_answer(export.job.id, query, export_chunks(export, query.format))


def _export_answer(job_id: str, query: ExportQuery, chunks: Iterable[bytes]) -> Response:
    name, kind = f"job-{job_id}.{query.format}", CONTENT_TYPES[query.format]
    if query.gzip:
        chunks, name, kind = gzip_chunks(chunks), f"{name}.gz", GZIP_TYPE
    return Response(
        chunks,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _numbered_page(job_id: str, number: int, size: int) -> Response:
    page = services().results.get_page(
        current_actor(), job_id, limit=size, offset=(number - 1) * size
    )
    pagination = {"page": number, "pageSize": size, "total": page.total}
    items = [row.data for row in page.rows]
    return json_answer({"data": {"items": items, "pagination": pagination}})

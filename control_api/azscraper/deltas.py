from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, request

from control_api.azscraper.delta_answers import (
    LINE_COLUMNS,
    delta_answer,
    delta_lines,
    delta_rows,
)
from control_api.azscraper.schemas.deltas import DeltaAnswer, DeltaExportQuery, DeltaQuery
from control_api.azscraper.schemas.jobs import JobPath
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.exports import (
    CONTENT_TYPES,
    GZIP_TYPE,
    Column,
    export_chunks,
    gzip_chunks,
)
from control_api.http.json_text import json_answer
from control_api.http.schemas import ErrorEnvelope
from control_api.services.jobs.results import Export
from control_api.services.monitors.deltas import DeltaFile, Pair

deltas = dialect_blueprint("deltas", "What changed between two jobs")

_FILE: dict[Any, Any] = {
    "description": "The file, as an attachment",
    "content": {
        **{
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in (*CONTENT_TYPES.values(), GZIP_TYPE)
        },
        CONTENT_TYPES["json"]: {"schema": {"type": "array", "items": {"type": "object"}}},
    },
}
_COLUMNS = [Column(name, (name,)) for name in LINE_COLUMNS]


@deltas.get(
    "/jobs/<id>/delta",
    summary="Compare two jobs",
    responses={200: DeltaAnswer},
)
def get_delta(path: JobPath, query: DeltaQuery) -> Response:
    service = services().deltas
    pair = service.pair(current_actor(), path.id, query.against)
    page = service.page(pair, query.wanted, limit=query.limit, cursor=query.cursor)
    meta = {
        "jobId": pair.newer.id,
        "againstJobId": pair.older.id,
        "type": pair.newer.kind,
        "nextCursor": page.next_cursor,
    }
    return json_answer({"data": [delta_answer(delta) for delta in page.deltas], "meta": meta})


@deltas.get(
    "/jobs/<id>/delta/export",
    summary="Download what changed as a file",
    responses={200: _FILE, 403: ErrorEnvelope},
)
def export_delta(path: JobPath, query: DeltaExportQuery) -> Response:
    query.require_csv(query.format)
    service = services().deltas
    pair = service.pair(current_actor(), path.id, query.against)
    if request.method == "HEAD":
        return _file_answer(pair, query, [])
    found = service.export(current_actor(), pair, query.wanted, file_format=query.format)
    return _file_answer(pair, query, _chunks(found, query))


def _chunks(found: DeltaFile, query: DeltaExportQuery) -> Iterable[bytes]:
    rows = delta_lines(found.deltas) if query.format == "csv" else delta_rows(found.deltas)
    return export_chunks(
        Export(found.pair.newer, rows), query.written_format, _COLUMNS, query.style
    )


def _file_answer(pair: Pair, query: DeltaExportQuery, chunks: Iterable[bytes]) -> Response:
    name = f"delta-{pair.older.id}-{pair.newer.id}.{query.format}"
    kind = CONTENT_TYPES[query.written_format]
    if query.gzip:
        chunks, name, kind = gzip_chunks(chunks), f"{name}.gz", GZIP_TYPE
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(chunks, content_type=kind, headers=headers)

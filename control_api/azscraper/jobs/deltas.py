from __future__ import annotations

from collections.abc import Iterable

from flask import Response, request

from control_api.azscraper.files import FILE, file_answer
from control_api.azscraper.jobs.delta_answers import (
    LINE_COLUMNS,
    delta_answer,
    delta_lines,
    delta_rows,
)
from control_api.azscraper.schemas.jobs.deltas import DeltaAnswer, DeltaExportQuery, DeltaQuery
from control_api.azscraper.schemas.jobs.jobs import JobPath
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.rows.exports import Column, export_chunks
from control_api.http.schemas import ErrorEnvelope
from control_api.services.jobs.results import Export
from control_api.services.monitors.deltas.deltas import DeltaFile, Pair

deltas = dialect_blueprint("deltas", "What changed between two jobs")

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
    return json_answer(DeltaAnswer.of([delta_answer(delta) for delta in page.deltas], meta=meta))


@deltas.get(
    "/jobs/<id>/delta/export",
    summary="Download what changed as a file",
    responses={200: dict(FILE), 403: ErrorEnvelope},
)
def export_delta(path: JobPath, query: DeltaExportQuery) -> Response:
    query.require_csv(query.format)
    service = services().deltas
    pair = service.pair(current_actor(), path.id, query.against)
    if request.method == "HEAD":
        return _file(pair, query, [])
    found = service.export(current_actor(), pair, query.wanted, file_format=query.format)
    return _file(pair, query, _chunks(found, query))


def _chunks(found: DeltaFile, query: DeltaExportQuery) -> Iterable[bytes]:
    rows = delta_lines(found.deltas) if query.format == "csv" else delta_rows(found.deltas)
    return export_chunks(
        Export(found.pair.newer, rows), query.written_format, _COLUMNS, query.style
    )


def _file(pair: Pair, query: DeltaExportQuery, chunks: Iterable[bytes]) -> Response:
    return file_answer(f"delta-{pair.older.id}-{pair.newer.id}", query, chunks)

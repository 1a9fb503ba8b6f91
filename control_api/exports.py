"""Rows as files, a chunk at a time: memory stays flat however many rows there are."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any, NamedTuple

from control_api.services.results import Export
from spiders.items.cells import cell, cell_text, csv_lines, escaped
from spiders.items.columns import COLUMNS, KIND_OF_SPIDER, page_columns
from spiders.items.free_columns import FreeColumns
from spiders.items.json_text import json_bytes
from storage.records import PAGE_JOB, SPIDER_JOB, Job, Row

log = logging.getLogger(__name__)

CONTENT_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}
GZIP_TYPE = "application/gzip"

_CHUNK_ROWS = 200
# Valid in no JSON array, a line of its own in the others.
INTERRUPTED = b'\n{"error": "INTERRUPTED", "message": "This file is not complete"}\n'


class Column(NamedTuple):
    """A column of a CSV file, and where in a row its value stands."""

    name: str
    path: Sequence[str]


def export_chunks(
    export: Export, file_format: str, columns: Sequence[Column] | None = None
) -> Iterator[bytes]:
    """The file; `columns` are those of CSV, by default those of the job's type.

    Where its rows cannot be read to the end, its last line says so: the server would end the answer
    as if it were whole.
    """
    try:
        yield from _chunks(export, file_format, columns)
    except Exception:
        log.exception("the export of job %s broke off", export.job.id)
        yield INTERRUPTED


def columns_of_job(job: Job) -> list[Column] | None:
    """Fixed by the job's type; of a page job, its own selectors are among them.

    None: a spider of any kind, whose items have columns of their own.
    """
    if job.kind == PAGE_JOB:
        return [Column(".".join(path), path) for path in page_columns(job.config["selectors"])]
    kind = KIND_OF_SPIDER.get(job.spider) if job.kind == SPIDER_JOB else job.kind
    return [Column(name, name.split(".")) for name in COLUMNS[kind]] if kind else None


def _chunks(export: Export, file_format: str, columns: Sequence[Column] | None) -> Iterator[bytes]:
    if file_format == "csv":
        known = columns or columns_of_job(export.job)
        return csv_chunks(export.rows, known) if known else free_csv_chunks(export.rows)
    writers: Mapping[str, Callable[[Iterable[Row]], Iterator[bytes]]] = {
        "json": json_chunks,
        "jsonl": jsonl_chunks,
    }
    return writers[file_format](export.rows)


def json_chunks(rows: Iterable[Row]) -> Iterator[bytes]:
    """One array, a row a line."""
    mark = b"[\n"
    for batch in _batches(rows):
        yield mark + b",\n".join(json_bytes(row.data) for row in batch)
        mark = b",\n"
    yield b"[]\n" if mark == b"[\n" else b"\n]\n"


def jsonl_chunks(rows: Iterable[Row]) -> Iterator[bytes]:
    for batch in _batches(rows):
        yield b"".join(json_bytes(row.data) + b"\n" for row in batch)


def csv_chunks(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[bytes]:
    """RFC 4180: a header, CRLF, quotes where needed. The columns do not depend on the rows."""
    yield csv_lines([[escaped(column.name) for column in columns]])
    paths = [column.path for column in columns]
    for batch in _batches(rows):
        yield csv_lines([[cell(row.data, path) for path in paths] for row in batch])


def free_csv_chunks(rows: Iterable[Row]) -> Iterator[bytes]:
    """Reads `rows` twice: for the columns, and for the file. No row at all: an empty file.

    What a running job writes after the first reading is in the next export.
    """
    last_key = ""

    def noted() -> Iterator[Mapping[str, Any]]:
        nonlocal last_key
        for row in rows:
            last_key = row.key
            yield row.data

    columns = FreeColumns(noted())
    if not columns.paths:
        return
    yield csv_lines([columns.header])
    known = takewhile(lambda row: row.key <= last_key, rows)
    for batch in _batches(known):
        yield csv_lines([[cell_text(value) for value in columns.values(row.data)] for row in batch])


def gzip_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    for chunk in chunks:
        packed = packer.compress(chunk)
        if packed:
            yield packed
    yield packer.flush()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, _CHUNK_ROWS)):
        yield batch

"""Rows as files, a chunk at a time: memory stays flat however many rows there are."""

from __future__ import annotations

import csv
import io
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, takewhile
from typing import Any, NamedTuple

from control_api.free_columns import FreeColumns
from control_api.json_text import json_bytes, number_from_decimal
from control_api.services.results import Export
from spiders.items.columns import COLUMNS
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
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA_STARTS = frozenset("=+-@\t\r")
_LIST_MARK = " | "
# A spider job of these has the columns of the same job.
_KIND_OF_SPIDER = {"amazon_search": "search", "amazon_detail": "details"}


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
        own = [Column(f"data.{name}", ("data", name)) for name in job.config["selectors"]]
        return [*_page_columns("url"), *own, *_page_columns("depth", "engine", "scrapedAt")]
    kind = _KIND_OF_SPIDER.get(job.spider) if job.kind == SPIDER_JOB else job.kind
    return [Column(name, name.split(".")) for name in COLUMNS[kind]] if kind else None


def _page_columns(*names: str) -> list[Column]:
    return [Column(name, (name,)) for name in names]


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
    yield _csv_lines([[_escaped(column.name) for column in columns]])
    paths = [column.path for column in columns]
    for batch in _batches(rows):
        yield _csv_lines([[cell(row.data, path) for path in paths] for row in batch])


def free_csv_chunks(rows: Iterable[Row]) -> Iterator[bytes]:
    """Reads `rows` twice: for the columns, and for the file. No row at all: an empty file.

    What a running job writes after the first reading is in the next export.
    """
    columns = FreeColumns(rows)
    if not columns.paths:
        return
    yield _csv_lines([[_escaped(".".join(path) or "item") for path in columns.paths]])
    known = takewhile(lambda row: row.key <= columns.last_key, rows)
    for batch in _batches(known):
        yield _csv_lines(
            [[_cell_text(value) for value in columns.values(row.data)] for row in batch]
        )


def gzip_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    for chunk in chunks:
        packed = packer.compress(chunk)
        if packed:
            yield packed
    yield packer.flush()


def cell(row: Mapping[str, Any], path: Sequence[str]) -> str:
    """The value at `path` as one cell; empty where it is null or a record on the way is."""
    value: Any = row
    for name in path:
        # Exact types throughout: millions of cells pass here, and rows hold nothing but JSON's.
        value = value.get(name) if type(value) is dict else None
    return _cell_text(value)


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    kind = type(value)
    # A negative number is no formula.
    if kind is int or kind is float:
        return str(value)
    if kind is Decimal:
        return _text(value)
    return _escaped(value if kind is str else _text(value))


def _escaped(text: str) -> str:
    return f"'{text}" if text[:1] in _FORMULA_STARTS else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return _text(number_from_decimal(value))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return _LIST_MARK.join(f"{name}: {_text(entry)}" for name, entry in value.items())
    return _LIST_MARK.join(_entry_text(entry) for entry in value)


def _entry_text(entry: Any) -> str:
    """A record within a list has no columns of its own: it stays JSON."""
    return json_bytes(entry).decode() if isinstance(entry, Mapping | list) else _text(entry)


def _csv_lines(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, _CHUNK_ROWS)):
        yield batch

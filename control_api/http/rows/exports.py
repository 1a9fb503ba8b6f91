"""Rows as files, a chunk at a time: memory stays flat however many rows there are."""

from __future__ import annotations

import codecs
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any, NamedTuple

from control_api.services.jobs.results import Export
from control_api.services.records import Row
from spiders.items.formats.cells import PLAIN, CellStyle, cell, cell_text, csv_lines, escaped
from spiders.items.formats.free_columns import FreeColumns
from spiders.items.formats.json_text import json_bytes

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


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """`has_bom`: Excel on Windows reads UTF-8 only in a file that begins with one."""

    delimiter: str = ","
    has_bom: bool = False
    cells: CellStyle = PLAIN


_PLAIN_CSV = CsvStyle()


class Column(NamedTuple):
    """A column of a CSV file, and where in a row its value stands."""

    name: str
    path: Sequence[str]


def export_chunks(
    export: Export,
    file_format: str,
    columns: Sequence[Column] | None = None,
    style: CsvStyle = _PLAIN_CSV,
) -> Iterator[bytes]:
    """The file; `columns` are those of CSV. None: the rows have columns of their own.

    Where its rows cannot be read to the end, its last line says so: the server would end the answer
    as if it were whole.
    """
    yield from file_chunks(export.rows, file_format, columns, style, subject=f"job {export.job.id}")


def file_chunks(
    rows: Iterable[Row],
    file_format: str,
    columns: Sequence[Column] | None,
    style: CsvStyle = _PLAIN_CSV,
    *,
    subject: str,
) -> Iterator[bytes]:
    """As `export_chunks`, of rows that are no job's; `subject`: whose they are, for the log."""
    try:
        yield from _chunks(rows, file_format, columns, style=style)
    except Exception:
        log.exception("the export of %s broke off", subject)
        yield INTERRUPTED


def columns_of_paths(paths: Sequence[Sequence[str]] | None) -> list[Column] | None:
    return None if paths is None else [Column(".".join(path), path) for path in paths]


def _chunks(
    rows: Iterable[Row], file_format: str, columns: Sequence[Column] | None, *, style: CsvStyle
) -> Iterator[bytes]:
    if file_format == "csv":
        if style.has_bom:
            yield codecs.BOM_UTF8
        if columns is None:
            yield from free_csv_chunks(rows, style)
        else:
            yield from csv_chunks(rows, columns, style)
        return
    writers: Mapping[str, Callable[[Iterable[Row]], Iterator[bytes]]] = {
        "json": json_chunks,
        "jsonl": jsonl_chunks,
    }
    yield from writers[file_format](rows)


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


def csv_chunks(
    rows: Iterable[Row], columns: Sequence[Column], style: CsvStyle = _PLAIN_CSV
) -> Iterator[bytes]:
    """RFC 4180: a header, CRLF, quotes where needed. The columns do not depend on the rows."""
    cells, delimiter = style.cells, style.delimiter
    yield csv_lines([[escaped(column.name, cells) for column in columns]], delimiter=delimiter)
    paths = [column.path for column in columns]
    for batch in _batches(rows):
        lines = [[cell(row.data, path, cells) for path in paths] for row in batch]
        yield csv_lines(lines, delimiter=delimiter)


def free_csv_chunks(rows: Iterable[Row], style: CsvStyle = _PLAIN_CSV) -> Iterator[bytes]:
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
    cells, delimiter = style.cells, style.delimiter
    header = [escaped(".".join(path) or "item", cells) for path in columns.paths]
    yield csv_lines([header], delimiter=delimiter)
    known = takewhile(lambda row: row.key <= last_key, rows)
    for batch in _batches(known):
        lines = [[cell_text(value, cells) for value in columns.values(row.data)] for row in batch]
        yield csv_lines(lines, delimiter=delimiter)


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

"""Rows as a Parquet file, a row group at a time: memory stays flat however many rows there are.

pyarrow is an optional requirement (requirements/parquet.txt). It is large, so it is imported by the first
such file.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from control_api.services.errors import InvalidInput
from control_api.services.records import Row

if TYPE_CHECKING:
    import pyarrow

log = logging.getLogger(__name__)

PARQUET_TYPE = "application/vnd.apache.parquet"
ROWS_A_GROUP = 50_000
# Turned into columns at a time: rows take many times the memory of columns.
_BATCH = 1_000
# Amounts are 64-bit integers of ten-thousandths, which have up to 19 digits.
_DIGITS, _PLACES = 19, 4


class CellKind(StrEnum):
    """What the values of a column are. NUMBER is exact, to four places."""

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    WHOLE = "whole"
    REAL = "real"
    MOMENT = "moment"
    TRUTH = "truth"


class ParquetColumn(NamedTuple):
    name: str
    path: Sequence[str]
    kind: CellKind = CellKind.TEXT


def require_parquet() -> None:
    """Raises InvalidInput where such files cannot be written."""
    try:
        import pyarrow.parquet  # noqa: F401 (asks whether the package is there)
    except ImportError as error:
        raise InvalidInput(
            "format: parquet is not installed here; it needs pyarrow (requirements/parquet.txt)"
        ) from error


def parquet_chunks(
    rows: Iterable[Row], columns: Sequence[ParquetColumn], *, subject: str
) -> Iterator[bytes]:
    """A file whose rows cannot be read to the end has no footer: every reader refuses it.

    `subject`: whose rows they are, for the log.
    """
    try:
        yield from _chunks(rows, columns)
    except Exception:
        log.exception("the export of %s broke off", subject)


def _chunks(rows: Iterable[Row], columns: Sequence[ParquetColumn]) -> Iterator[bytes]:
    import pyarrow  # the package is optional
    from pyarrow import parquet

    schema = pyarrow.schema([(one.name, _type_of(one.kind, pyarrow)) for one in columns])
    sink = _Sink()
    writer = parquet.ParquetWriter(sink, schema)
    batches = (_batch_of(part, columns, schema) for part in _parts(rows))
    while group := list(islice(batches, ROWS_A_GROUP // _BATCH)):
        writer.write_table(pyarrow.Table.from_batches(group), row_group_size=ROWS_A_GROUP)
        yield sink.take()
    writer.close()
    yield sink.take()


def _parts(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    source = iter(rows)
    while part := list(islice(source, _BATCH)):
        yield part


def _type_of(kind: CellKind, arrow: Any) -> Any:
    types: Mapping[CellKind, Callable[[], Any]] = {
        CellKind.TEXT: arrow.string,
        CellKind.TEXTS: lambda: arrow.list_(arrow.string()),
        CellKind.NUMBER: lambda: arrow.decimal128(_DIGITS, _PLACES),
        CellKind.WHOLE: arrow.int64,
        CellKind.REAL: arrow.float64,
        CellKind.MOMENT: lambda: arrow.timestamp("ms", "UTC"),
        CellKind.TRUTH: arrow.bool_,
    }
    return types[kind]()


def _batch_of(
    rows: Sequence[Row], columns: Sequence[ParquetColumn], schema: pyarrow.Schema
) -> pyarrow.RecordBatch:
    import pyarrow  # the package is optional

    arrays = [
        pyarrow.array([_value(row.data, column) for row in rows], type=field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


_READ: Mapping[CellKind, Callable[[Any], Any]] = {
    CellKind.TEXT: str,
    CellKind.TEXTS: lambda value: [str(one) for one in value],
    CellKind.NUMBER: Decimal,
    CellKind.WHOLE: int,
    CellKind.REAL: float,
    CellKind.MOMENT: datetime.fromisoformat,
    CellKind.TRUTH: bool,
}


def _value(data: Any, column: ParquetColumn) -> Any:
    for name in column.path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return None if data is None else _READ[column.kind](data)


class _Sink(io.RawIOBase):
    """What the writer has written since it was asked last."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def tell(self) -> int:
        return self._position

    def take(self) -> bytes:
        found = b"".join(self._parts)
        self._parts.clear()
        return found

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Response, request

from control_api.azscraper.files import FILE_OR_PARQUET, file_answer
from control_api.azscraper.monitors.watch_answers import watch_answer
from control_api.azscraper.schemas.files import ColumnFileQuery
from control_api.azscraper.schemas.monitors.monitor_files import (
    HistoryExportQuery,
    WatchesExportQuery,
)
from control_api.azscraper.schemas.monitors.monitors import MonitorIdPath
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import text_from_time
from control_api.http.rows.exports import Column, file_chunks
from control_api.http.rows.parquet import (
    CellKind,
    ParquetColumn,
    parquet_chunks,
    require_parquet,
)
from control_api.http.schemas import ErrorEnvelope
from control_api.services.monitors.histories.monitor_files import WatchStep
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.rules.conditions import number_of
from control_api.services.monitors.rules.field_tables import (
    KNOWN_FIELDS,
    FieldTable,
    is_money,
    is_numeric,
)
from control_api.services.monitors.rules.fields import (
    RankValue,
    SellerValue,
    TrackedField,
)
from control_api.services.records import Row, Watch

monitor_files = dialect_blueprint("monitor-files", "What a monitor knows, as files")


def _column(field: TrackedField) -> Column:
    path = ["now", field.name]
    if field.is_money:
        path.append("amount")
    return Column(field.name, path)


_FIRST = ("value", "label", "tags", "note", "target", "enabled")
_LAST = ("lastCheckAt", "lastOkAt", "lastOutcome", "missed", "isGone", "isStale", "id")


def watch_columns(table: FieldTable) -> list[Column]:
    """The first ones are those of an import. A seller is a record of two texts."""
    seller = [
        Column("sellerId", ("now", "seller", "id")),
        Column("sellerName", ("now", "seller", "name")),
    ]
    return [
        *(Column(name, (name,)) for name in _FIRST),
        Column("currency", ("context", "currency")),
        Column("place", ("context", "place")),
        *(_column(one) for one in table.fields if one.name != "seller"),
        *(seller if table.has("seller") else ()),
        *(Column(name, (name,)) for name in _LAST),
    ]


STEP_COLUMNS = tuple(
    Column(name, (name,))
    for name in ("watchId", "value", "field", "at", "number", "text", "currency", "isAbsent")
)
# Of the columns that are no text. The target is a number as JSON has it, the others are exact.
_KINDS: Mapping[str, CellKind] = {
    **dict.fromkeys(filter(is_numeric, KNOWN_FIELDS), CellKind.WHOLE),
    **dict.fromkeys(filter(is_money, KNOWN_FIELDS), CellKind.NUMBER),
    **dict.fromkeys(("rating", "number"), CellKind.NUMBER),
    **dict.fromkeys(("tags", "badges"), CellKind.TEXTS),
    **dict.fromkeys(("enabled", "isPrime", "isGone", "isStale", "isAbsent"), CellKind.TRUTH),
    **dict.fromkeys(("at", "lastCheckAt", "lastOkAt"), CellKind.MOMENT),
    "target": CellKind.REAL,
    "missed": CellKind.WHOLE,
}


@monitor_files.get(
    "/monitors/<id>/watches/export",
    summary="Download what is known of the watches",
    responses={200: dict(FILE_OR_PARQUET), 403: ErrorEnvelope},
)
def export_watches(path: MonitorIdPath, query: WatchesExportQuery) -> Response:
    _require(query)
    rows: Iterable[Row] = ()
    if _counts(path.id):
        found = services().monitor_files.watches(
            current_actor(), path.id, query.wanted, file_format=query.format
        )
        rows = (watch_row(one) for one in found)
    monitor = services().monitors.get(current_actor(), path.id)
    columns = watch_columns(KINDS[monitor.kind].table)
    return _file("watches", path.id, query, rows, columns=columns)


@monitor_files.get(
    "/monitors/<id>/history/export",
    summary="Download the history of the watches",
    responses={200: dict(FILE_OR_PARQUET), 403: ErrorEnvelope},
)
def export_history(path: MonitorIdPath, query: HistoryExportQuery) -> Response:
    _require(query)
    rows: Iterable[Row] = ()
    if _counts(path.id):
        found = services().monitor_files.history(
            current_actor(), path.id, query.wanted, file_format=query.format
        )
        rows = step_rows(found)
    return _file("history", path.id, query, rows, columns=STEP_COLUMNS)


def _require(query: ColumnFileQuery) -> None:
    """Before it is counted."""
    query.require_csv(query.format)
    if query.format == "parquet":
        require_parquet()


def _file(
    name: str,
    monitor_id: str,
    query: ColumnFileQuery,
    rows: Iterable[Row],
    *,
    columns: Sequence[Column],
) -> Response:
    subject = f"monitor {monitor_id}"
    if query.format == "parquet":
        typed = [ParquetColumn(*one, _KINDS.get(one.name, CellKind.TEXT)) for one in columns]
        chunks = parquet_chunks(rows, typed, subject=subject)
    else:
        chunks = file_chunks(rows, query.written_format, columns, query.style, subject=subject)
    return file_answer(f"{name}-{monitor_id}", query, chunks)


def watch_row(watch: Watch) -> Row:
    return Row(watch.id, watch_answer(watch).to_plain())


def step_rows(found: Iterable[WatchStep]) -> Iterator[Row]:
    for one in found:
        step = one.step
        money = is_money(step.field) and step.value is not None
        number = number_of(step.value)
        yield Row(
            one.watch.id,
            {
                "watchId": one.watch.id,
                "value": one.watch.value,
                "field": step.field,
                "at": text_from_time(step.at),
                "number": number,
                "text": _text(step.value, number),
                "currency": one.currency if money else None,
                "isAbsent": step.value is None,
            },
        )


def _text(value: Any, number: Decimal | None) -> str | None:
    """What is no number; of a rank its category."""
    if isinstance(value, RankValue):
        return value.category
    if value is None or number is not None:
        return None
    if isinstance(value, SellerValue):
        return value.id or value.name
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else " | ".join(map(str, value))


def _counts(monitor_id: str) -> bool:
    """A HEAD is no export: it asks whether the monitor is there."""
    if request.method != "HEAD":
        return True
    services().monitors.get(current_actor(), monitor_id)
    return False

"""A row's values as cells of a CSV file: the API's exports and `scrapy crawl -O rows.csv` alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from spiders.items.formats.json_text import json_bytes, number_from_decimal

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA_STARTS = frozenset("=+-@\t\r")
_LIST_MARK = " | "


# Of a record within a list, the value that names it.
_NAMING = ("name", "label", "title", "text", "raw", "asin", "url")


@dataclass(frozen=True, slots=True)
class CellStyle:
    """`escapes_formulas`: a cell that a spreadsheet would run begins with an apostrophe instead.

    `reads_records`: a record within a list is written for people, `Audio (nodeId: 172282)`; else it
    stays JSON.
    """

    escapes_formulas: bool = True
    reads_records: bool = False


PLAIN = CellStyle()


def cell(row: Mapping[str, Any], path: Sequence[str], style: CellStyle = PLAIN) -> str:
    """The value at `path` as one cell; empty where it is null or a record on the way is."""
    value: Any = row
    for name in path:
        # Exact types throughout: millions of cells pass here, and rows hold nothing but JSON's.
        value = value.get(name) if type(value) is dict else None
    return cell_text(value, style)


def cell_text(value: Any, style: CellStyle = PLAIN) -> str:
    if value is None:
        return ""
    kind = type(value)
    # A negative number is no formula.
    if kind is int or kind is float:
        return str(value)
    if kind is Decimal:
        return _text(value)
    return escaped(value if kind is str else _text(value, style), style)


def escaped(text: str, style: CellStyle = PLAIN) -> str:
    if not style.escapes_formulas:
        return text
    return f"'{text}" if text[:1] in _FORMULA_STARTS else text


def _text(value: Any, style: CellStyle = PLAIN) -> str:
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
        return _LIST_MARK.join(f"{name}: {_text(entry, style)}" for name, entry in value.items())
    return _LIST_MARK.join(_entry_text(entry, style) for entry in value)


def _entry_text(entry: Any, style: CellStyle) -> str:
    """A record within a list has no columns of its own."""
    if style.reads_records:
        return _read_text(entry)
    return json_bytes(entry).decode() if isinstance(entry, Mapping | list) else _text(entry)


def _read_text(value: Any) -> str:
    """Values that are null are left out."""
    if isinstance(value, list):
        return ", ".join(_read_text(entry) for entry in value)
    if not isinstance(value, Mapping):
        return _text(value)
    filled = {name: entry for name, entry in value.items() if entry not in (None, [], {})}
    naming = next((name for name in _NAMING if name in filled), None)
    others = ", ".join(
        f"{name}: {_read_text(entry)}" for name, entry in filled.items() if name != naming
    )
    if naming is None:
        return others
    own = _read_text(filled[naming])
    return f"{own} ({others})" if others else own


def csv_lines(lines: Iterable[Sequence[str]], **options: Any) -> bytes:
    """RFC 4180; `options` are those of `csv.writer`."""
    text = io.StringIO(newline="")
    csv.writer(text, **options).writerows(lines)
    return text.getvalue().encode()

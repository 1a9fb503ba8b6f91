"""Watches as a CSV file has them: a header, or one column of values; `,` or `;`; with or without a BOM."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from control_api.services.errors import InvalidInput
from storage.monitors.watches import NewWatch

COLUMNS = ("value", "label", "tags", "note", "target", "enabled")
MAX_LINES = 10_000
MAX_TAGS = 20
MAX_LABEL = 200
MAX_NOTE = 2_000
MAX_TAG = 50
_TAG_MARK = "|"
_YES = frozenset({"true", "yes", "1", "on"})
_NO = frozenset({"false", "no", "0", "off"})


class _BadCell(ValueError):
    """The message names the column."""


@dataclass(frozen=True, slots=True)
class TableLine:
    """`number`: the line of the file, from 1. `fault`: why it is no watch."""

    number: int
    text: str
    watch: NewWatch
    given: frozenset[str] = frozenset()
    fault: str | None = None


def lines_of_table(data: bytes) -> list[TableLine]:
    """Raises InvalidInput for a file that cannot be read at all."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("the file must be encoded as UTF-8") from error
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        lines = list(
            _lines(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        )
    except csv.Error as error:
        raise InvalidInput(f"the file is no CSV: {error}") from error
    if not lines:
        raise InvalidInput("the file has no lines")
    return lines


def _lines(reader: Iterator[list[str]]) -> Iterator[TableLine]:
    columns: Sequence[str] = ("value",)
    is_first = True
    count = 0
    for cells in reader:
        number: int = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if is_first:
            is_first = False
            names = [cell.strip().lower() for cell in cells]
            if "value" in names:
                columns = _checked_header(names)
                continue
        count += 1
        if count > MAX_LINES:
            raise InvalidInput(f"the file has more than {MAX_LINES} lines")
        yield _line(number, dict(zip(columns, cells, strict=False)), len(cells) - len(columns))


def _checked_header(names: Sequence[str]) -> Sequence[str]:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise InvalidInput(f"the header names {unknown[0][:100]!r}; there are {', '.join(COLUMNS)}")
    if len(set(names)) < len(names):
        raise InvalidInput("the header names a column twice")
    return names


def _line(number: int, cells: Mapping[str, str], surplus: int) -> TableLine:
    text = cells["value"].strip()
    empty = NewWatch(value="")
    if surplus > 0:
        return TableLine(number, text, empty, fault="has more cells than the header")
    try:
        watch = NewWatch(
            value=text,
            label=_text(cells, "label", MAX_LABEL),
            tags=_tags(cells),
            note=_text(cells, "note", MAX_NOTE),
            target=_target(cells),
            enabled=_enabled(cells),
        )
    except _BadCell as fault:
        return TableLine(number, text, empty, fault=str(fault))
    return TableLine(number, text, watch, frozenset(cells) - {"value"})


def _text(cells: Mapping[str, str], name: str, longest: int) -> str | None:
    text = cells.get(name, "").strip()
    if len(text) > longest:
        raise _BadCell(f"{name}: must not be longer than {longest} characters")
    return text or None


def _tags(cells: Mapping[str, str]) -> list[str]:
    tags = [tag.strip() for tag in cells.get("tags", "").split(_TAG_MARK)]
    found = list(dict.fromkeys(tag for tag in tags if tag))
    if len(found) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in found):
        raise _BadCell(f"tags: at most {MAX_TAGS}, each of {MAX_TAG} characters at most")
    return found


def _target(cells: Mapping[str, str]) -> Decimal | None:
    text = cells.get("target", "").strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _BadCell(f"target: {text[:50]!r} is no number such as 19.99") from error
    if not number.is_finite() or not 0 <= number <= 10**9:
        raise _BadCell("target: must be a number from 0 to 1000000000")
    return number


def _enabled(cells: Mapping[str, str]) -> bool:
    text = cells.get("enabled", "").strip().lower()
    if text in _NO:
        return False
    if text and text not in _YES:
        raise _BadCell("enabled: must be true or false")
    return True

"""Lists of targets as people keep them: a text a line, or a table with a column of them. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# A first row that holds any of these is a header.
HEADERS = frozenset({"asin", "url", "target", "keyword"})
_LINE_END = re.compile(r"\r\n|\r|\n")
_DELIMITERS = ",;\t"
# What a comma within `rh` of an address stands before.
_REFINEMENT = re.compile(r"(?:n|k|i|p_[a-z0-9_-]+):", re.IGNORECASE)
# Excel's own first line, which names the delimiter.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnreadableList(ValueError):
    """The list cannot be read as text, or as a table; the message names the line."""


@dataclass(frozen=True, slots=True)
class ListedText:
    """`line` counts from 1. `fault` says why its row of the table cannot be read."""

    line: int
    text: str
    fault: str = ""


def texts_from_argument(value: str) -> list[ListedText]:
    """Between commas or line ends. They have no line. Refinements of one address stay together."""
    texts: list[str] = []
    for line in _LINE_END.split(value):
        pieces: list[str] = []
        for piece in line.split(","):
            if pieces and "://" in pieces[-1] and _REFINEMENT.match(piece.strip()):
                pieces[-1] += f",{piece}"
            else:
                pieces.append(piece)
        texts += pieces
    return [ListedText(0, one) for one in texts]


def texts_from_lines(data: bytes) -> list[ListedText]:
    """One text a line, as it stands. Raises UnreadableList."""
    lines = enumerate(_LINE_END.split(_decoded(data)), start=1)
    return [ListedText(number, line) for number, line in lines]


def texts_from_table(data: bytes, columns: Sequence[str]) -> list[ListedText]:
    """The text of each row of a CSV file. Raises UnreadableList.

    With a header (`HEADERS`) a row's text is its first filled cell of `columns`, in their order. Where
    there is no header, or none of `columns` in it, it is the row's first cell. Empty rows are left
    out. The delimiter is the comma, semicolon or tab, as the first row has it.
    """
    rows = _rows(_decoded(data))
    first = next(rows, None)
    if first is None:
        return []
    names = _names(first[1])
    places = [names.index(column) for column in columns if column in names] or [0]
    body = list(rows) if HEADERS.intersection(names) else [first, *rows]
    return [_listed(line, row, places, len(names)) for line, row in body]


def is_table(data: bytes) -> bool:
    """Whether the list begins with a header. Raises UnreadableList."""
    first_line = _LINE_END.split(_decoded(data).lstrip(), maxsplit=1)[0]
    try:
        return any(HEADERS.intersection(_names(row)) for _, row in _rows(first_line))
    except UnreadableList:
        return False


def _listed(line: int, row: list[str], places: Sequence[int], width: int) -> ListedText:
    extra = [cell for cell in row[width:] if cell.strip()]
    if extra:
        # A delimiter within a text that is not quoted: its first half would be another target.
        fault = (
            f"the row has {len(row)} cells, the first row {width}; quote a text with a delimiter"
        )
        return ListedText(line, " ".join(row), fault)
    cells = [row[place] for place in places if place < len(row)]
    text = next((cell for cell in cells if cell.strip()), "")
    return ListedText(line, text, "" if text else "the row holds no target")


def _names(row: Sequence[str]) -> list[str]:
    return [cell.strip().casefold() for cell in row]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, each with the number of its last line."""
    skipped = 0
    if named := _SEPARATOR_LINE.match(text):
        delimiter, text, skipped = named.group(1), text[named.end() :], 1
    else:
        delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield skipped + reader.line_num, row
    except csv.Error as error:
        raise UnreadableList(f"line {skipped + reader.line_num}: {error}") from None


def _delimiter(text: str) -> str:
    """The one that the first line has most of, outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", _LINE_END.split(text.lstrip(), maxsplit=1)[0])
    return max(_DELIMITERS, key=bare.count)


def _decoded(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableList("it is a workbook or an archive; save it as CSV in UTF-8")
    name, codec = ("UTF-16",) * 2 if data.startswith(_UTF_16) else ("UTF-8", "utf-8-sig")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{error.object[error.start]:02x}"
        raise UnreadableList(f"line {line} is not {name} (byte {byte}); save it as UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableList(f"line {line} holds a null character; save it as UTF-8")
    return text

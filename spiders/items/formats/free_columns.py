"""CSV columns of items that any spider may shape as it likes: found by reading the rows once before.

Nested records flatten with dots, as in the fixed columns. A column is there when some row fills it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spiders.items.formats.cells import escaped

Path = tuple[str, ...]

# More than that are no columns but data, such as records by name: these stay one cell.
MAX_COLUMNS = 2_000
_ANY_DEPTH = 100


class UnknownColumn(Exception):
    """A row has a value that the header knows no column for: it was written after the first reading."""


class FreeColumns:
    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._depth = _ANY_DEPTH
        self._filled: dict[Path, None] = {}
        self._empty: dict[Path, None] = {}
        for row in rows:
            self._read(row)
        self.paths = self._ordered()
        self._known = {*self._filled, *self._empty}

    @property
    def header(self) -> list[str]:
        return [escaped(".".join(path) or "item") for path in self.paths]

    def values(self, data: Mapping[str, Any]) -> list[Any]:
        """The row's values in the order of the columns; None where it has none."""
        found = dict(_leaves(data, self._depth))
        for path, value in found.items():
            if path not in self._known and not _is_empty(value):
                raise UnknownColumn(".".join(path))
        return [found.get(path) for path in self.paths]

    def _read(self, data: Mapping[str, Any]) -> None:
        for path, value in _leaves(data, self._depth):
            (self._empty if _is_empty(value) else self._filled).setdefault(path)
        while len(self._filled) + len(self._empty) > MAX_COLUMNS and self._depth > 0:
            self._depth = 1 if self._depth > 1 else 0
            self._filled = dict.fromkeys(path[: self._depth] for path in self._filled)
            self._empty = dict.fromkeys(path[: self._depth] for path in self._empty)

    def _ordered(self) -> list[Path]:
        """As they were seen first, with all of one record side by side."""
        above = {path[:end] for path in self._filled for end in range(len(path))}
        # What is null here and a record there needs no column of its own.
        paths = dict.fromkeys([*self._filled, *(path for path in self._empty if path not in above)])
        tops = {path[:1]: None for path in paths}
        places = {top: place for place, top in enumerate(tops)}
        return sorted(paths, key=lambda path: places[path[:1]])


def _leaves(value: Mapping[str, Any], depth: int, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if depth == 0:
        yield path, value
        return
    for name, entry in value.items():
        if isinstance(entry, Mapping) and entry and depth > 1:
            yield from _leaves(entry, depth - 1, (*path, name))
        else:
            yield (*path, name), entry


def _is_empty(value: Any) -> bool:
    return value is None or value == {}

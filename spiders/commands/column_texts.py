"""A sentence for each column of the rows, made of what its field and its record's part say."""

from __future__ import annotations

from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, get_args, get_type_hints

from spiders.types.registry import COLUMNS, DESCRIPTIONS, ROW_TYPES


def column_texts(kind: str) -> dict[str, str]:
    """By column, in the columns' order; `kind` is the name of a job type. KeyError for a column of
    which nothing is said."""
    return {column: _text_of(ROW_TYPES[kind], column) for column in COLUMNS[kind]}


def _text_of(owner: type, path: str) -> str:
    name, _, rest = path.partition(".")
    said = DESCRIPTIONS[owner][name]
    return f"{said}: {_text_of(_record_of(owner, name), rest)}" if rest else said


def _record_of(owner: type, name: str) -> type:
    """The class of the record that a field holds, alone or in a list."""
    hints = _hints(owner)
    found = _dataclass_in(hints.get(name) or hints[f"{name}_"])
    if found is None:
        raise KeyError(f"{owner.__name__}.{name} holds no record")
    return found


@cache
def _hints(owner: type) -> dict[str, Any]:
    return get_type_hints(owner)


def _dataclass_in(hint: Any) -> type | None:
    if isinstance(hint, type) and is_dataclass(hint):
        return hint
    parts = get_args(hint) if isinstance(hint, UnionType) or get_args(hint) else ()
    return next((found for part in parts if (found := _dataclass_in(part)) is not None), None)

"""Items as plain dicts, for stores and exports."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def plain_from_item(item: Any) -> dict[str, Any]:
    """Fields in declaration order; Decimal stays Decimal, instants become `…Z` text."""
    if not is_dataclass(item) or isinstance(item, type):
        raise TypeError(f"not an item: {type(item).__name__}")
    return {key: _plain(getattr(item, name)) for name, key in _field_names(type(item))}


def text_from_instant(instant: datetime) -> str:
    """UTC with milliseconds, as every surface of ours writes time."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@cache
def _field_names(kind: type[DataclassInstance]) -> tuple[tuple[str, str], ...]:
    """Attribute and key; an attribute that would be a Python keyword ends in an underscore."""
    return tuple((f.name, f.name.rstrip("_")) for f in fields(kind))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, datetime):
        return text_from_instant(value)
    return plain_from_item(value) if is_dataclass(value) else value

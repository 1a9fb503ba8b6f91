"""Records as documents: a record's class says the fields once, and the document's names follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from storage.base.connections import Document

R = TypeVar("R")
Read = Callable[[Any], Any]


@cache
def document_name(field_name: str) -> str:
    """`id` is `_id`, `created_at` is `createdAt`."""
    if field_name == "id":
        return "_id"
    first, *others = field_name.split("_")
    return first + "".join(word.capitalize() for word in others)


class Codec(Generic[R]):
    """`record`: a dataclass of plain values, enums, and records or lists of records."""

    def __init__(self, record: type[R]) -> None:
        self._record = record
        hints = get_type_hints(record)
        # `fields` wants a dataclass, and a type variable cannot say that.
        self._fields: Sequence[Field[Any]] = fields(record)  # type: ignore[arg-type]
        self._readers = {field.name: _reader(hints[field.name]) for field in self._fields}

    def document(self, record: R) -> Document:
        return {
            document_name(field.name): _written(getattr(record, field.name))
            for field in self._fields
        }

    def record(self, document: Mapping[str, Any]) -> R:
        """A field that the document lacks has its default. Raises KeyError where it has none."""
        values = {}
        for field in self._fields:
            name = document_name(field.name)
            if name in document or not _has_default(field):
                values[field.name] = self._readers[field.name](document[name])
        return self._record(**values)


def changes_of(change: object) -> Document:
    """What a record of changes sets, by the document's names; None changes nothing."""
    return {
        document_name(field.name): _written(value)
        for field in fields(change)  # type: ignore[arg-type]
        if (value := getattr(change, field.name)) is not None
    }


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


# Most values. Without this, one tenth of what a receipt costs a commit is to ask what its numbers are not.
_AS_THEY_ARE = frozenset({str, int, float, bool, NoneType, datetime})


def _written(value: Any) -> Any:
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return Codec(type(value)).document(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_written(one) for one in value]
    return value


def _reader(hint: Any) -> Read:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType) and NoneType in arguments:
        (inner,) = [_reader(one) for one in arguments if one is not NoneType]
        return lambda value: None if value is None else inner(value)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        one = _reader(arguments[0])
        return list if one is _as_it_is else lambda values: [one(value) for value in values]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if isinstance(hint, type) and is_dataclass(hint):
        return Codec(hint).record
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value

"""Items as plain dicts, for stores and exports: what JSON, MongoDB and every feed format can hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from keyword import iskeyword
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

from itemadapter import ItemAdapter

from spiders.items.formats.moments import text_from_instant

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# MongoDB and orjson both end there; more digits are kept as text.
_MAX_INTEGER = 2**63 - 1
_MAX_DECIMAL_DIGITS = 34
# MongoDB takes 100 levels, and the row lies in a document of ours.
MAX_DEPTH = 90
# Of an iterable without a length: an endless one must not hold the crawler.
MAX_ENTRIES = 1_000_000


class NotAnItem(TypeError):
    """A spider yielded what is neither a request nor any kind of item; the message names its type."""


def plain_from_item(item: Any) -> dict[str, Any]:
    """The fields of any item that Scrapy takes, in declaration order, as plain values.

    Decimal stays Decimal. Aware instants become `…Z` text, naive ones keep no zone. What JSON cannot
    say becomes what is nearest: NaN and infinity `None`, an integer beyond 64 bits its digits, a set
    or any other iterable a list, bytes text, a duration its seconds, an unknown object `str(object)`.
    A field's `serializer` (of its `Field` or its metadata) is applied first.
    Raises NotAnItem, and ValueError for values nested deeper than `MAX_DEPTH` (a cycle, for one).
    """
    return _plain_fields(item, 0)


class _Field(NamedTuple):
    name: str
    key: str
    serializer: Callable[[Any], Any] | None


def _plain_fields(item: Any, depth: int) -> dict[str, Any]:
    if is_dataclass(item) and not isinstance(item, type):
        return _plain_record(item, _fields_of(type(item)), depth)
    if isinstance(item, Mapping):
        if ItemAdapter.is_item(item):
            return _adapted(item, depth)
        return {_name(name): _plain(value, depth + 1) for name, value in item.items()}
    if not isinstance(item, type) and ItemAdapter.is_item(item):
        return _adapted(item, depth)
    if isinstance(item, tuple) and hasattr(item, "_asdict"):
        return _plain_fields(item._asdict(), depth)
    raise NotAnItem(f"not an item: {type(item).__name__}")


def _adapted(item: Any, depth: int) -> dict[str, Any]:
    """Scrapy items, attrs classes, pydantic models, dicts."""
    adapter = ItemAdapter(item)
    plain: dict[str, Any] = {}
    for name, value in adapter.items():
        serializer = adapter.get_field_meta(name).get("serializer")
        plain[_name(name)] = _plain(serializer(value) if serializer else value, depth + 1)
    return plain


@cache
def _fields_of(kind: type[DataclassInstance]) -> tuple[_Field, ...]:
    """An attribute that would be a Python keyword ends in an underscore; its key does not."""
    return tuple(
        _Field(f.name, _key_of(f.name), f.metadata.get("serializer")) for f in fields(kind)
    )


def _key_of(name: str) -> str:
    return name[:-1] if name.endswith("_") and iskeyword(name[:-1]) else name


@cache
def _record_fields(kind: type) -> tuple[_Field, ...] | None:
    """Of a dataclass that is nothing else besides. A row of ours holds hundreds of these: they are
    told before all other kinds."""
    is_more = issubclass(kind, Enum | str | Decimal | Real | date | time | timedelta | bytes)
    return _fields_of(kind) if is_dataclass(kind) and not is_more else None


def _plain_record(record: Any, its_fields: tuple[_Field, ...], depth: int) -> dict[str, Any]:
    deeper = depth + 1
    return {
        key: _plain(
            getattr(record, name, None)
            if serializer is None
            else serializer(getattr(record, name, None)),
            deeper,
        )
        for name, key, serializer in its_fields
    }


def _plain(value: Any, depth: int) -> Any:
    kind: Any = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind is float:
        return value if math.isfinite(value) else None
    if kind is int:
        return value if -_MAX_INTEGER <= value <= _MAX_INTEGER else str(value)
    if depth > MAX_DEPTH:
        raise ValueError(f"its values are nested deeper than {MAX_DEPTH} levels, or in a circle")
    if kind is list or kind is tuple:
        return [_plain(entry, depth + 1) for entry in value]
    if kind is dict:
        return {_name(name): _plain(entry, depth + 1) for name, entry in value.items()}
    if (its_fields := _record_fields(kind)) is not None:
        return _plain_record(value, its_fields, depth)
    return _plain_object(value, depth)


def _plain_object(value: Any, depth: int) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value, depth + 1)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Decimal | Real):
        return _plain_number(value)
    if isinstance(value, date | time | timedelta):
        return _plain_time(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode(errors="replace")
    try:
        return _plain_fields(value, depth)
    except NotAnItem:
        pass
    if isinstance(value, frozenset | set):
        return _plain(_sorted(value), depth)
    if isinstance(value, Iterable) and not isinstance(value, type):
        return [_plain(entry, depth + 1) for entry in _limited(value)]
    return _text(str(value))


def _limited(values: Iterable[Any]) -> Iterator[Any]:
    for number, value in enumerate(values):
        if number == MAX_ENTRIES:
            raise ValueError(f"one of its values has more than {MAX_ENTRIES:,} entries")
        yield value


def _plain_number(value: Decimal | Real) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return value if len(value.as_tuple().digits) <= _MAX_DECIMAL_DIGITS else str(value)
    if isinstance(value, Integral):
        return _plain(int(value), 0)
    number = float(value)
    return number if math.isfinite(number) else None


def _plain_time(value: date | time | timedelta) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        # A naive one is not claimed to be in any zone.
        aware = value.tzinfo is not None
        return text_from_instant(value) if aware else value.isoformat(timespec="milliseconds")
    return value.isoformat()


def _sorted(values: frozenset[Any] | set[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:
        return list(values)


def _name(value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    # MongoDB takes no NUL in a name.
    return _text(value).replace("\0", "")


def _text(value: Any) -> str:
    """As UTF-8 can hold it: half of a surrogate pair becomes `?`."""
    text = value if type(value) is str else str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text

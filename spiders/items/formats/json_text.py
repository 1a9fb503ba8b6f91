"""JSON of rows, as the API and the feed exporters both write it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from spiders.items.formats.moments import text_from_instant

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def json_bytes(value: Any) -> bytes:
    """Money as numbers, time as `…Z` with milliseconds."""
    return orjson.dumps(value, default=_json_value, option=_OPTIONS)


def number_from_decimal(value: Decimal) -> int | float | None:
    """JSON has one kind of number; what it cannot say (NaN, infinity) becomes null."""
    number = float(value)
    if not math.isfinite(number):
        return None
    # Beyond 64 bits orjson takes no int.
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def json_values(plain: Any) -> Any:
    """`plain` in the types that JSON knows, for formats that hold Python's own values."""
    if isinstance(plain, Mapping):
        return {name: json_values(value) for name, value in plain.items()}
    if isinstance(plain, list):
        return [json_values(value) for value in plain]
    return _json_value(plain) if isinstance(plain, Decimal | datetime) else plain


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return number_from_decimal(value)
    if isinstance(value, datetime):
        return text_from_instant(value)
    raise TypeError(f"no JSON for {type(value).__name__}")

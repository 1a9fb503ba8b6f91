"""JSON as every dialect writes and reads it: money as numbers, time as `…Z` with milliseconds."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def json_bytes(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def json_answer(value: Any, status: int = 200) -> Response:
    return Response(json_bytes(value), status, mimetype="application/json")


def no_content() -> Response:
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def text_from_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number_from_decimal(value: Decimal) -> int | float | None:
    """JSON has one kind of number; what it cannot say (NaN, infinity) becomes null."""
    number = float(value)
    if not math.isfinite(number):
        return None
    # Beyond 64 bits orjson takes no int.
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


class OrjsonProvider(JSONProvider):
    """Flask's own reader takes `NaN`, which is no JSON and comes out of no other parser."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return json_bytes(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return number_from_decimal(value)
    if isinstance(value, datetime):
        return text_from_time(value)
    raise TypeError(f"no JSON for {type(value).__name__}")

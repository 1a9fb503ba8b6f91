"""JSON as every dialect writes and reads it: money as numbers, time as `…Z` with milliseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider
from pydantic import BaseModel

from control_api.http.requests.request_warnings import enveloped
from spiders.items.formats.json_text import json_bytes, number_from_decimal
from spiders.items.formats.moments import text_from_instant as text_from_time

__all__ = [
    "OrjsonProvider",
    "json_answer",
    "json_bytes",
    "no_content",
    "number_from_decimal",
    "optional_time",
    "text_from_time",
]


# What PowerShell and Excel's scripts write before UTF-8.
_BOM = b"\xef\xbb\xbf"


def json_answer(value: Any, status: int = 200) -> Response:
    """`value`: an Answer, a list of them, or what JSON can say. An envelope takes the request's
    warnings with it."""
    value = _plain(value)
    if isinstance(value, dict):
        value = enveloped(value)
    return Response(json_bytes(value), status, mimetype="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    return [_plain(one) for one in value] if isinstance(value, list) else value


def optional_time(moment: datetime | None) -> str | None:
    return text_from_time(moment) if moment else None


def no_content() -> Response:
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


class OrjsonProvider(JSONProvider):
    """Flask's own reader takes `NaN`, which is no JSON and comes out of no other parser."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return json_bytes(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        if isinstance(s, bytes):
            s = s.removeprefix(_BOM)
            # UTF-16 and UTF-32 of any JSON text have a null byte among the first.
            if b"\0" in s[:4]:
                raise orjson.JSONDecodeError("it must be encoded as UTF-8", "", 0)
        return orjson.loads(s)

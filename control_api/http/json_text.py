"""JSON as every dialect writes and reads it: money as numbers, time as `…Z` with milliseconds."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider

from control_api.http.requests.request_warnings import enveloped
from control_api.http.schemas import Answer, Ok, OkAnswer, SuccessAnswer
from spiders.items.formats.json_text import json_bytes, number_from_decimal
from spiders.items.formats.moments import text_from_instant as text_from_time

__all__ = [
    "OrjsonProvider",
    "done",
    "json_answer",
    "json_as_it_is",
    "json_bytes",
    "no_content",
    "number_from_decimal",
    "optional_time",
    "succeeded",
    "text_from_time",
]


# What PowerShell and Excel's scripts write before UTF-8.
_BOM = b"\xef\xbb\xbf"
_LONG_NUMBER = re.compile(rb"[0-9]{19}")
# A body of megabytes of objects would take long to look through, and none of ours has so many.
_MAX_OBJECTS = 10_000


class LossyJSON(ValueError):
    """JSON of which something would be lost without a word."""


def json_answer(answer: Answer | Sequence[Answer], status: int = 200) -> Response:
    """An envelope takes the request's warnings with it."""
    if isinstance(answer, Answer):
        return json_as_it_is(enveloped(answer.to_plain()), status)
    return json_as_it_is([one.to_plain() for one in answer], status)


def json_as_it_is(value: Any, status: int = 200) -> Response:
    """For what has no model of ours: stored rows alone, and the API's description. A view that answers
    with fields of its own has a model, and json_answer."""
    return Response(json_bytes(value), status, mimetype="application/json")


def done() -> Response:
    """What a deletion and its kin are answered with, where nothing more is to be told."""
    return json_answer(OkAnswer(data=Ok(ok=True)))


def succeeded() -> Response:
    """The same in the older documents' words."""
    return json_answer(SuccessAnswer(success=True))


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
            if b"\0" in s[:4] or not _is_utf8(s):
                raise orjson.JSONDecodeError("it must be encoded as UTF-8", "", 0)
        value = orjson.loads(s)
        _refuse_losses(s if isinstance(s, bytes) else s.encode())
        return value


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse_losses(text: bytes) -> None:
    """orjson keeps the last of two values of one name, and makes floats of large integers."""
    if text.count(b"{") > _MAX_OBJECTS:
        return
    read_int = _int_of_64_bits if _LONG_NUMBER.search(text) else None
    try:
        json.loads(text, object_pairs_hook=_each_name_once, parse_int=read_int)
    except RecursionError:
        raise orjson.JSONDecodeError("depth limit exceeded", "", 0) from None


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise LossyJSON(
            f"body holds `{twice[:100]}` twice in one object; each name may stand there once"
        )
    return found


def _int_of_64_bits(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**64:
        raise LossyJSON("body must not hold integers beyond 64 bits; send them as strings")
    return int(digits)

"""`from` and `to` of a query: a time, or a date, which means all of it."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

_ABOUT = "a date (UTC) or a time as ISO 8601"
_DATE_CHARACTERS = len("2025-03-01")


def first_moment(text: object) -> datetime:
    return _moment(text, time.min)


def last_moment(text: object) -> datetime:
    return _moment(text, time.max)


def _moment(text: object, end: time) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
        if len(str(text)) == _DATE_CHARACTERS:
            found = datetime.combine(found, end)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"must be {_ABOUT}") from error


Since = Annotated[
    datetime | None,
    BeforeValidator(first_moment),
    WithJsonSchema(
        {"type": "string", "description": f"Only what was created at this time or later: {_ABOUT}."}
    ),
    Field(alias="from"),
]
Until = Annotated[
    datetime | None,
    BeforeValidator(last_moment),
    WithJsonSchema(
        {
            "type": "string",
            "description": f"Only what was created at this time or before it: {_ABOUT}. "
            "A date means all of that day.",
        }
    ),
    Field(alias="to"),
]

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Attribute:
    """A line of a details table, verbatim. Names are values, never keys: they hold dots and `$`."""

    group: str | None
    name: str
    value: str


@dataclass(slots=True)
class DateFirstAvailable:
    """`date` is ISO 8601, or None where the text is not certain."""

    raw: str
    date: str | None

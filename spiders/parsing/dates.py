"""Calendar dates as product pages write them; only what is certain becomes a date."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names

from spiders.parsing.numbers import with_ascii_digits
from spiders.parsing.text import clean_text, words_of

_ASIAN = re.compile(r"^(\d{4})\s*[/年년.\-]\s*(\d{1,2})\s*[/月월.\-]\s*(\d{1,2})\s*[日일]?$")
# Scripts of India write vowels as marks, which are no letters to a pattern.
_MONTH_NAME = r"[^\W\d][^\s\d,.]*"
_DAY_FIRST = re.compile(
    rf"^(\d{{1,2}})(?:\.|º|er)?\s+(?:de\s+|ב)?({_MONTH_NAME})\.?,?\s+(?:de\s+|del\s+)?(\d{{4}})$"
)
_MONTH_FIRST = re.compile(rf"^({_MONTH_NAME})\.?\s+(\d{{1,2}}),?\s+(\d{{4}})$")


def iso_date_from_text(text: str | None, *, language: str | None) -> str | None:
    """Named months by the page's language, or English; 03/04/2017 stays open."""
    plain = with_ascii_digits(words_of(text))
    if match := _ASIAN.match(plain):
        return _iso(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    if match := _DAY_FIRST.match(plain):
        day, name, year = match.groups()
    elif match := _MONTH_FIRST.match(plain):
        name, day, year = match.groups()
    else:
        return None
    month = _month_from_name(name, (language or "en")[:2])
    return _iso(int(year), month, int(day)) if month else None


def instant_from_text(text: str | None) -> datetime | None:
    """A moment as pages state it for machines ("2026-08-17T06:59:59Z"), in UTC.

    None without an offset from UTC: the store's own clock is not known.
    """
    try:
        moment = datetime.fromisoformat(clean_text(text))
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month_from_name(name: str, language: str) -> int | None:
    folded = name.casefold().strip(".")
    for table in (_months(language), _months("en")):
        found = {month for written, month in table if written == folded}
        found = found or {
            m for written, m in table if len(folded) > 2 and written.startswith(folded)
        }
        # British pages write "Sept.", which CLDR's English knows as "Sep".
        found = found or {
            m for written, m in table if len(written) > 2 and folded.startswith(written)
        }
        if len(found) == 1:
            return found.pop()
    return None


@cache
def _months(language: str) -> tuple[tuple[str, int], ...]:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return ()
    names = [
        (name.casefold().strip("."), number)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, context=context, locale=locale).items()
    ]
    return tuple(dict.fromkeys(names))

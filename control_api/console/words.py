"""Values as a page writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from control_api.http.json_text import text_from_time

# Where one word of a name ends.
_JOINT = re.compile(r"_|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def number(value: int | float) -> str:
    return f"{value:,}"


def moment(value: datetime | None) -> Markup:
    """UTC; the script writes it in the zone of whoever reads, and keeps UTC as its title."""
    if value is None:
        return Markup('<span class="quiet">never</span>')
    return Markup('<time datetime="{}">{:%Y-%m-%d %H:%M:%S} UTC</time>').format(
        text_from_time(value), value
    )


def duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE)} s"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE)} min"
    return f"{int(seconds // _DAY)} d {int(seconds % _DAY // _HOUR)} h"


def amount(value: Decimal | float) -> str:
    """Without the noughts that storage adds, and never with one digit of cents."""
    whole, _, cents = f"{Decimal(str(value)).normalize():f}".partition(".")
    return f"{whole}.{cents.ljust(2, '0')}" if cents else whole


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def term(name: str) -> str:
    """The name of a field or of a state, as words: `listPrice`, `in_stock`."""
    words = _JOINT.sub(" ", name).split()
    return " ".join(word if word.isupper() else word.lower() for word in words)


# Of deliveries, slots and rounds: the API's word, and a person's.
_PERSONS: Mapping[str, str] = MappingProxyType(
    {
        "pending": "waiting",
        "delivered": "delivered",
        "failed": "given up",
        "overlap": "the run before was still open",
        "missed": "nothing was there to start it",
        "internal_error": "an error of the service; its log has more",
        "clock": "the clock",
        "hand": "a person",
        "skipped": "skipped",
        "queued": "waits for the run before",
        "started": "started",
        "running": "running",
    }
)


def persons(word: str) -> str:
    """A state or a reason as a person says it."""
    return _PERSONS.get(word, term(word))


def look(outcome: str) -> str:
    """What came of a look at a watch."""
    return "seen" if outcome == "ok" else term(outcome)


def is_link(value: Any) -> bool:
    """An address that a page may lead to: of a scraped text, http and https alone."""
    if not isinstance(value, str) or any(char <= " " for char in value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "number": number,
        "moment": moment,
        "duration": duration,
        "amount": amount,
        "plural": plural,
        "term": term,
        "look": look,
        "persons": persons,
        "is_link": is_link,
    }
)

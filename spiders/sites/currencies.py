"""The currencies that a store can be asked to show."""

from __future__ import annotations

from functools import cache

from babel.core import get_global


class BadCurrency(ValueError):
    """Not the ISO 4217 code of a currency in use; the message names it."""


def currency_from_asked(text: str) -> str:
    code = text.strip().upper()
    if code not in _current_currencies():
        raise BadCurrency(
            f"{text[:20]!r} is not an ISO 4217 code of a currency in use, such as EUR"
        )
    return code


@cache
def _current_currencies() -> frozenset[str]:
    """Legal tender somewhere, without an end."""
    return frozenset(
        code
        for uses in get_global("territory_currencies").values()
        for code, _start, end, is_tender in uses
        if end is None and is_tender
    )

"""Whether the place in a page's header is the one that was asked for. Nothing else proves it."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from babel import Locale, UnknownLocaleError
from selectolax.lexbor import LexborHTMLParser

from spiders.pages.document import text_of
from spiders.parsing.delivery_place import delivery_place_from_header
from spiders.sites.places import Place

_HEADER_IDS = (b"glow-ingress-line1", b"glow-ingress-line2")
_LINES = "#glow-ingress-line1, #glow-ingress-line2, #glow-ingress-single-line"
_BEFORE_BYTES, _AFTER_BYTES = 200, 2_000
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_HTML_LANG = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
_DIGITS = re.compile(r"\d")
# The first part of a code that is written in two, where a header shows only that.
_MIN_SHORTENED = 3


class PlaceProof(StrEnum):
    CONFIRMED = "confirmed"
    # The header names another place.
    OTHER = "other"
    # The page has no header that names a place.
    UNNAMED = "unnamed"


def header_lines(body: bytes) -> list[str]:
    """The lines of the header's place, as shown. Only the bytes around them are parsed."""
    at = next((found for name in _HEADER_IDS if (found := body.find(name)) >= 0), -1)
    if at < 0:
        at = body.find(b"glow-ingress-single-line")
    if at < 0:
        return []
    start = max(body.rfind(b"<", 0, at), at - _BEFORE_BYTES, 0)
    piece = LexborHTMLParser(body[start : at + _AFTER_BYTES])
    return [text for node in piece.css(_LINES) if (text := text_of(node))]


def place_proof(body: bytes, place: Place) -> PlaceProof:
    lines = header_lines(body)
    if not lines:
        return PlaceProof.UNNAMED
    if place.postal_code is not None:
        is_shown = any(_shows_code(line, place.postal_code) for line in lines)
    else:
        found = _HTML_LANG.search(body[:20_000])
        language = found.group(1).decode().lower() if found else "en"
        is_shown = any(_shows_country(line, place.country, language) for line in lines)
    if is_shown:
        return PlaceProof.CONFIRMED
    # A label over a link that asks for a place names none.
    first, second = (lines[0], lines[1]) if len(lines) > 1 else (lines[0], None)
    named = delivery_place_from_header(first, second)
    return PlaceProof.OTHER if named else PlaceProof.UNNAMED


def _shows_code(line: str, code: str) -> bool:
    """ "Ciudad Ju... 32575" and "市川南 272-0033" show theirs; "London SW1A 1" shows SW1A 1AA."""
    wanted = _compact(code)
    words = [_compact(word) for word in re.split(r"[\s\u200c]+", line)]
    first_part = _compact(re.split(r"[ -]", code)[0])
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            shown = "".join(words[start:end])
            if shown == wanted or (end == len(words) and _ends_with_code(shown, wanted)):
                return True
        rest = "".join(words[start:])
        is_shortened = len(rest) >= max(_MIN_SHORTENED, len(first_part)) and first_part != wanted
        if is_shortened and wanted.startswith(rest):
            return True
    return False


def _ends_with_code(shown: str, wanted: str) -> bool:
    """Scripts without blanks: "市川南2720033". A longer number is another code."""
    before = shown[: -len(wanted)]
    return shown.endswith(wanted) and not _DIGITS.search(before[-1:]) and not before[-1:].isascii()


def _shows_country(line: str, country: str, language: str) -> bool:
    shown = line.strip("\u200c\u200e\u200f ").casefold()
    for tongue in dict.fromkeys((language, "en")):
        names = _countries_by_name(tongue)
        # The longest name that ends the line: "papua new guinea" is not Guinea.
        ending = max((n for n in names if _ends_with_name(shown, n)), key=len, default=None)
        if ending is not None:
            if names[ending] == country:
                return True
        elif any(n.startswith(f"{shown} ") for n, code in names.items() if code == country):
            # CLDR's name is longer than the store's: "hong kong" for "hong kong sar china".
            return True
    return False


def _ends_with_name(shown: str, name: str) -> bool:
    return shown == name or shown.endswith(f" {name}")


@cache
def _countries_by_name(language: str) -> dict[str, str]:
    """Codes by their names in the language, in lower case; empty for a language CLDR has not."""
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {name.casefold(): code for code, name in territories.items() if len(code) == 2}


def _compact(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text).upper()

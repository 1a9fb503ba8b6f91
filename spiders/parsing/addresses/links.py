"""Links as pages hold them, which may be anything."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qs, urlsplit

_NOTHING = SplitResult("", "", "", "", "")


def parts_of_link(href: str | None) -> SplitResult:
    """All parts empty for what is no address: `https://[::1` raises in the standard library."""
    try:
        return urlsplit(href or "")
    except ValueError:
        return _NOTHING


def query_of_link(href: str | None) -> dict[str, list[str]]:
    return parse_qs(parts_of_link(href).query)

"""Pages of a search that is followed."""

from __future__ import annotations

from typing import Any

from tests.control_api.monitors.shop import Pages

KEYWORD = "usb hub"


def asin(letter: str) -> str:
    return f"B0000000{letter.upper()}0"


def found(text: str, *, of_pages: int = 1, code: str | None = None, **more: Any) -> Pages:
    """A letter a result; with a star before it an advertisement. Brands go by turns."""
    rows: list[dict[str, Any]] = []
    is_ad = False
    for letter in text:
        if letter == "*":
            is_ad = True
            continue
        brand = "Anker" if letter < "c" else None
        rows.append(
            {
                "asin": asin(letter),
                "sponsored": is_ad,
                "brand": brand,
                "page": of_pages,
                "warnings": [],
                **more,
            }
        )
        is_ad = False
    return Pages(
        rows=rows, info=[{"page": 1, "noResults": not rows, "totalResults": 500}], code=code
    )

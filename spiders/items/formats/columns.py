"""The parts that CSV columns are made of: dotted paths into a plain row. Each job type lists its own columns.

Nested records flatten with dots. Lists, and the two mappings whose keys the page chooses, stay one
column each; the exporter joins them.
"""

from __future__ import annotations

from collections.abc import Iterable


def money_columns(name: str) -> tuple[str, ...]:
    return tuple(f"{name}.{part}" for part in ("amount", "currency", "raw"))


def coupon_columns() -> tuple[str, ...]:
    return ("coupon.raw", "coupon.percent", *money_columns("coupon.amount"))


def unit_price_columns() -> tuple[str, ...]:
    return tuple(f"unitPrice.{part}" for part in ("amount", "currency", "per", "raw"))


PROVENANCE = (
    "target", "marketplace", "lang", "pageLanguage", "deliverTo", "deliverToAsked",
    "sourceUrl", "scrapedAt", "parserVersion", "warnings",
)  # fmt: skip


def page_columns(selectors: Iterable[str]) -> list[tuple[str, ...]]:
    """The paths of a page row's columns; a selector's name may hold a dot."""
    own = [("data", name) for name in selectors]
    return [("url",), *own, ("depth",), ("engine",), ("scrapedAt",)]

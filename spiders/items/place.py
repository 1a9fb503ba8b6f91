"""Where a product stands in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Gtin:
    """`type` is one of ean, upc, isbn10, isbn13, gtin."""

    type: str
    value: str


@dataclass(slots=True)
class Breadcrumb:
    name: str
    nodeId: str | None
    url: str | None


@dataclass(slots=True)
class BestSellerRank:
    rank: int
    category: str
    nodeId: str | None
    isRoot: bool | None

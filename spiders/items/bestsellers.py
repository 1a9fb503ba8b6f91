from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from spiders.items.money import Money

# The rows have a field called `list`, which hides the built-in type from the others.
_Texts = list[str]


@dataclass(slots=True)
class ListCategory:
    """`path`: the names from the department down to the category itself."""

    name: str | None
    nodeId: str | None
    path: list[str] | None


@dataclass(slots=True)
class OffersFrom:
    count: int | None = None
    # `from` in every row: the word is Python's own.
    from_: Money | None = None


@dataclass(slots=True, kw_only=True)
class BestsellerRow:
    """One place of a list. Where `partial` is true the page told its rank and ASIN alone."""

    asin: str
    list: str | None = None
    category: ListCategory | None = None
    categorySlug: str | None = None
    rank: int | None = None
    title: str | None = None
    byline: str | None = None
    format: str | None = None
    price: Money | None = None
    priceNote: str | None = None
    offers: OffersFrom | None = None
    rating: Decimal | None = None
    ratingsCount: int | None = None
    imageUrl: str | None = None
    url: str | None = None
    salesRank: int | None = None
    previousSalesRank: int | None = None
    change: Decimal | None = None
    partial: bool | None = None

    # The text that was asked for, as the job shows it.
    target: str | None = None
    marketplace: str | None = None
    lang: str | None = None
    pageLanguage: str | None = None
    deliverTo: str | None = None
    deliverToAsked: str | None = None
    sourceUrl: str | None = None
    scrapedAt: datetime | None = None
    parserVersion: str | None = None
    warnings: _Texts = field(default_factory=_Texts)

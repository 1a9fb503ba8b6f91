from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from spiders.items.money import Money, UnitPrice
from spiders.items.offer import Badge, Coupon, Deal, OtherOffers
from spiders.items.variation import VariantShown


@dataclass(slots=True, kw_only=True)
class SearchRow:
    """One placement on a search page; an ASIN shown twice is two rows."""

    asin: str
    title: str | None = None
    price: Money | None = None
    rank: int | None = None
    keyword: str | None = None
    page: int | None = None
    position: int | None = None
    organicPosition: int | None = None
    sponsored: bool | None = None
    url: str | None = None
    brand: str | None = None
    imageUrl: str | None = None
    priceMax: Money | None = None
    listPrice: Money | None = None
    listPriceKind: str | None = None
    discountPercent: Decimal | None = None
    unitPrice: UnitPrice | None = None
    priceNote: str | None = None
    otherOffers: OtherOffers | None = None
    coupon: Coupon | None = None
    deal: Deal | None = None
    rating: Decimal | None = None
    ratingsCount: int | None = None
    ratingsCountApprox: bool | None = None
    boughtPastMonth: int | None = None
    badges: list[Badge] | None = None
    isPrime: bool | None = None
    delivery: list[str] | None = None
    stockText: str | None = None
    variantsShown: list[VariantShown] | None = None

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
    warnings: list[str] = field(default_factory=list)

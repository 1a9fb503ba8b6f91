from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal

from spiders.items.money import Money


@dataclass(slots=True)
class OfferSeller:
    """`rating` is Amazon's half-star rounding; `positivePercent` the share that buyers gave."""

    id: str | None
    name: str | None
    isAmazon: bool | None
    rating: Decimal | None = None
    ratingsCount: int | None = None
    positivePercent: Decimal | None = None


@dataclass(slots=True, kw_only=True)
class OfferRow:
    """One offer of a product. The featured one is the first, and stands there once."""

    asin: str
    offerId: str | None = None
    page: int | None = None
    position: int | None = None
    isFeatured: bool | None = None
    condition: str | None = None
    conditionText: str | None = None
    conditionNote: str | None = None
    price: Money | None = None
    listPrice: Money | None = None
    shippingPrice: Money | None = None
    delivery: list[str] | None = None
    seller: OfferSeller | None = None
    shipsFrom: str | None = None
    isPrime: bool | None = None
    maxQuantity: int | None = None
    url: str | None = None

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


@dataclass(slots=True, kw_only=True)
class ListedOffer:
    """One of all offers of a product, within the product's own row."""

    offerId: str | None = None
    position: int | None = None
    isFeatured: bool | None = None
    condition: str | None = None
    conditionText: str | None = None
    conditionNote: str | None = None
    price: Money | None = None
    listPrice: Money | None = None
    shippingPrice: Money | None = None
    delivery: list[str] | None = None
    seller: OfferSeller | None = None
    shipsFrom: str | None = None
    isPrime: bool | None = None
    maxQuantity: int | None = None
    warnings: list[str] = field(default_factory=list)


def listed_offer(row: OfferRow) -> ListedOffer:
    return ListedOffer(**{one.name: getattr(row, one.name) for one in fields(ListedOffer)})

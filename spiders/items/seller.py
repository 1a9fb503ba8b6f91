from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(slots=True)
class RatingSpan:
    """Of the ratings of one span of time."""

    count: int | None = None
    positivePercent: Decimal | None = None


@dataclass(slots=True)
class SellerRatings:
    days30: RatingSpan | None = None
    days90: RatingSpan | None = None
    months12: RatingSpan | None = None
    lifetime: RatingSpan | None = None


@dataclass(slots=True, kw_only=True)
class SellerRow:
    """A seller's profile. Of its imprint it holds what is a business's, never an address or a person."""

    sellerId: str
    name: str | None = None
    rating: Decimal | None = None
    positivePercent: Decimal | None = None
    ratingsCount: int | None = None
    ratings: SellerRatings | None = None
    businessName: str | None = None
    country: str | None = None
    registrationNumber: str | None = None
    vat: str | None = None
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

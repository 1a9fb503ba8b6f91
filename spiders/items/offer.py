"""What surrounds a price: seller, coupon, competing offers, subscription."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from spiders.items.money import Money


@dataclass(slots=True)
class Seller:
    id: str | None
    name: str | None
    isAmazon: bool | None


@dataclass(slots=True)
class Coupon:
    raw: str
    percent: Decimal | None
    amount: Money | None


@dataclass(slots=True)
class Deal:
    """`label` is None where only machine marks show that a deal runs."""

    label: str | None


@dataclass(slots=True)
class SubscribeAndSave:
    price: Money | None
    percent: Decimal | None


@dataclass(slots=True)
class Offers:
    """Counts and lowest prices of all offers, the featured one included."""

    newCount: int | None
    newFrom: Money | None
    usedCount: int | None
    usedFrom: Money | None


@dataclass(slots=True)
class OtherOffers:
    count: int | None
    lowest: Money | None


@dataclass(slots=True)
class Badge:
    """`type` is Amazon's own word where it gives one, else None."""

    type: str | None
    text: str

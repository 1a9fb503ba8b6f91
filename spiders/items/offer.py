"""What surrounds a price: seller, coupon, competing offers, subscription."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
    """`label` is None where only machine marks show that a deal runs; `endsAt` is the moment its
    countdown names."""

    label: str | None
    endsAt: datetime | None = None


@dataclass(slots=True)
class SubscribeAndSave:
    price: Money | None
    percent: Decimal | None


@dataclass(slots=True)
class Offers:
    """Counts and lowest prices of all offers, the featured one included. `count` and `from` stand
    where the page states new and used together."""

    count: int | None = None
    # `from` in every row: the word is Python's own.
    from_: Money | None = None
    newCount: int | None = None
    newFrom: Money | None = None
    usedCount: int | None = None
    usedFrom: Money | None = None


@dataclass(slots=True)
class OtherOffers:
    count: int | None
    lowest: Money | None


@dataclass(slots=True)
class Badge:
    """`type` is Amazon's own word where it gives one, else None."""

    type: str | None
    text: str

"""What makes a row of a store's page unfit to be stored or exported."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from spiders.items.money import Money

ASIN_LENGTH = 10


class StoreRow(Protocol):
    """What rows of products have. `listPrice` and `rating`: not all have them."""

    asin: str
    url: str | None
    price: Money | None
    scrapedAt: datetime | None
    parserVersion: str | None


def problems_of_row(item: StoreRow) -> list[str]:
    """It has no identity, no provenance, or a value that cannot be true."""
    problems = []
    if len(item.asin) != ASIN_LENGTH or not item.asin.isalnum():
        problems.append(f"asin {item.asin!r} is not {ASIN_LENGTH} letters and digits")
    if item.url is None or "/dp/" not in item.url:
        problems.append(f"url {item.url!r} is not canonical")
    if item.scrapedAt is None or item.parserVersion is None:
        problems.append("it does not say when and by which parser it was made")
    for name in ("price", "listPrice"):
        money: Money | None = getattr(item, name, None)
        if money is not None and not _is_amount(money.amount):
            problems.append(f"{name} {money.amount!r} is no amount")
    rating: Decimal | None = getattr(item, "rating", None)
    if rating is not None and not 0 <= rating <= 5:
        problems.append(f"rating {rating} is not between 0 and 5")
    return problems


def _is_amount(amount: Decimal) -> bool:
    return isinstance(amount, Decimal) and amount.is_finite() and amount >= 0

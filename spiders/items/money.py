"""Money as the page displays it. Amounts are Decimal: a float cannot hold 0.1."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(slots=True)
class Money:
    """`currency` is ISO 4217, or None where the page leaves it open; `raw` is the text shown."""

    amount: Decimal
    currency: str | None
    raw: str


@dataclass(slots=True)
class UnitPrice:
    """Price of one `per` ("100 g", "count"), in the page's words."""

    amount: Decimal
    currency: str | None
    per: str | None
    raw: str

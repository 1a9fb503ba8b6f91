"""Rows as the stores hold them, with what a test wants to be different."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def money(amount: str, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": Decimal(amount), "currency": currency, "raw": f"{amount} {currency}"}


def product(price: str | None = "20.00", currency: str = "EUR", **other: Any) -> dict[str, Any]:
    return {
        "asin": "B000000001",
        "title": "A kettle",
        "price": money(price, currency) if price is not None else None,
        "buyboxState": "featured",
        "availability": "in_stock",
        "seller": {"id": "A1SELLER", "name": "A shop", "isAmazon": False},
        "pageLanguage": "de",
        "scrapedAt": "2026-01-01T06:00:00.000Z",
        "warnings": [],
        **other,
    }


UNAVAILABLE = {
    "price": None,
    "buyboxState": "unavailable",
    "availability": "unavailable",
    "seller": None,
}


def placement(asin: str, *, sponsored: bool | None = False, **other: Any) -> dict[str, Any]:
    return {"asin": asin, "sponsored": sponsored, "warnings": [], **other}

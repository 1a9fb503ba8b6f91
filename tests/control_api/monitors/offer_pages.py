"""Pages of offers that are followed."""

from __future__ import annotations

from typing import Any

from tests.control_api.monitors.shop import ASINS, Pages

ASIN = ASINS[0]


def offer(
    seller: str | None, price: str | None, condition: str = "new", currency: str = "USD"
) -> dict[str, Any]:
    """A seller in capitals has an id, another one a name alone."""
    money = {"amount": price, "currency": currency, "raw": price} if price else None
    named = seller is not None and not seller.isupper()
    own = {"id": None if named else seller, "name": f"{seller}. & Co", "isAmazon": None}
    return {
        "asin": ASIN,
        "seller": own if seller else None,
        "price": money,
        "condition": condition,
        "warnings": [],
    }


def offers(*rows: dict[str, Any], code: str | None = None) -> Pages:
    return Pages(rows=rows, facts={} if rows else {"noOffers": True}, code=code)


def named(row: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    """The same, where the page shows no id of the seller."""
    seller = {**row["seller"], "id": None, "name": name or row["seller"]["name"]}
    return {**row, "seller": seller}


A, B = offer("AAA", "20.00"), offer("BBB", "21.00")

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from spiders.items.formats.moments import text_from_instant
from spiders.items.formats.plain import plain_from_item
from spiders.items.money import Money
from spiders.items.offer import Coupon, Offers, OtherOffers, Seller
from spiders.items.page import PageRow
from spiders.items.product import Product
from spiders.items.search import SearchRow
from spiders.types.registry import COLUMNS
from spiders.work.failures import FAILURES, FailureCode


def test_every_field_is_present_and_unknown_is_null() -> None:
    plain = plain_from_item(Product(asin="B0FIXTURE1"))
    assert list(plain) == [f.name for f in fields(Product)]
    filled = {name for name, value in plain.items() if value is not None}
    assert filled == {"asin", "warnings"}
    assert plain["warnings"] == []


def test_nested_records_become_dicts_and_amounts_stay_decimal() -> None:
    row = SearchRow(
        asin="B0FIXTURE1", price=Money(Decimal("0.10"), "EUR", "0,10 €"), delivery=["x"]
    )
    plain = plain_from_item(row)
    assert plain["price"] == {"amount": Decimal("0.10"), "currency": "EUR", "raw": "0,10 €"}
    assert isinstance(plain["price"]["amount"], Decimal)
    assert plain["delivery"] == ["x"]


def test_instants_are_utc_with_milliseconds() -> None:
    moment = datetime(2026, 3, 4, 7, 6, 7, 89_999, tzinfo=timezone(timedelta(hours=2)))
    assert text_from_instant(moment) == "2026-03-04T05:06:07.089Z"
    row = SearchRow(asin="B0FIXTURE1", scrapedAt=datetime(2026, 3, 4, tzinfo=UTC))
    assert plain_from_item(row)["scrapedAt"] == "2026-03-04T00:00:00.000Z"


def test_page_rows_keep_the_selectors_names() -> None:
    row = PageRow(url="https://example.org/", data={"title": "x", "links": ["a"], "none": None})
    assert plain_from_item(row)["data"] == {"title": "x", "links": ["a"], "none": None}


@pytest.mark.parametrize("value", ["text", None, SearchRow])
def test_what_is_no_item_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="not an item"):
        plain_from_item(value)


def paths_of(value: Any, prefix: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {prefix}
    return {
        p for key, entry in value.items() for p in paths_of(entry, f"{prefix}.{key}".strip("."))
    }


MONEY = Money(Decimal(1), "EUR", "1 €")


def full_item(kind: type) -> Any:
    """An item whose records are all there, so that every dotted path exists."""
    from spiders.items.attribute import DateFirstAvailable
    from spiders.items.money import UnitPrice
    from spiders.items.offer import Deal, SubscribeAndSave

    records: dict[str, Any] = {
        "price": MONEY, "priceMin": MONEY, "priceMax": MONEY, "listPrice": MONEY, "usedPrice": MONEY,
        "shippingPrice": MONEY, "unitPrice": UnitPrice(Decimal(1), "EUR", "kg", "x"),
        "coupon": Coupon("x", Decimal(1), MONEY), "deal": Deal("x", datetime(2026, 3, 4, tzinfo=UTC)),
        "subscribeAndSave": SubscribeAndSave(MONEY, Decimal(1)), "seller": Seller("A", "B", False),
        "offers": Offers(3, MONEY, 1, MONEY, 2, MONEY), "otherOffers": OtherOffers(1, MONEY),
        "dateFirstAvailable": DateFirstAvailable("x", None),
    }  # fmt: skip
    names = {f.name for f in fields(kind)}
    return kind(asin="B0FIXTURE1", **{k: v for k, v in records.items() if k in names})


@pytest.mark.parametrize(("job_type", "kind"), [("search", SearchRow), ("details", Product)])
def test_columns_are_exactly_the_items_paths_in_order(job_type: str, kind: type) -> None:
    columns = COLUMNS[job_type]
    assert len(set(columns)) == len(columns)
    assert set(columns) == paths_of(plain_from_item(full_item(kind)))
    tops = list(dict.fromkeys(column.partition(".")[0] for column in columns))
    assert tops == [f.name for f in fields(kind)]


def test_every_failure_says_whether_trying_again_helps() -> None:
    assert set(FAILURES) == set(FailureCode)
    assert not FAILURES[FailureCode.NOT_FOUND].retryable
    assert not FAILURES[FailureCode.NO_RESULTS].retryable
    assert FAILURES[FailureCode.BLOCKED_CAPTCHA].retryable
    assert all(failure.message for failure in FAILURES.values())

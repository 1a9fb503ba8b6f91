from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from scrapy.exceptions import DropItem

from pipelines.validation import ValidationPipeline
from spiders.items.money import Money
from spiders.items.product import Product
from spiders.items.search import SearchRow
from spiders.work.target import LeasedTarget, TargetRow


def product(**changes: Any) -> Product:
    fields: dict[str, Any] = {
        "asin": "B000000001",
        "url": "https://www.amazon.com/dp/B000000001",
        "price": Money(Decimal("9.99"), "USD", "$9.99"),
        "rating": Decimal("4.5"),
        "scrapedAt": datetime.now(UTC),
        "parserVersion": "1",
    }
    return Product(**(fields | changes))


def row(**changes: Any) -> SearchRow:
    fields: dict[str, Any] = {
        "asin": "B000000001",
        "url": "https://www.amazon.com/dp/B000000001",
        "page": 1,
        "position": 1,
        "scrapedAt": datetime.now(UTC),
        "parserVersion": "1",
    }
    return SearchRow(**(fields | changes))


@pytest.mark.parametrize(
    "item", [product(), row(), product(price=None, rating=None), row(rating=Decimal(0))]
)
def test_a_good_item_passes_as_it_is(item: Product | SearchRow) -> None:
    assert ValidationPipeline().process_item(item) is item


@pytest.mark.parametrize(
    ("make", "changes", "words"),
    [
        (product, {"asin": "B00"}, "asin 'B00'"),
        (product, {"asin": "B00000000-"}, "asin"),
        (product, {"url": None}, "url None"),
        (product, {"url": "https://www.amazon.com/gp/x"}, "not canonical"),
        (product, {"scrapedAt": None}, "when and by which parser"),
        (row, {"parserVersion": None}, "when and by which parser"),
        (product, {"price": Money(Decimal(-1), "USD", "-1")}, "price"),
        (product, {"listPrice": Money(Decimal("NaN"), "USD", "?")}, "listPrice"),
        (product, {"rating": Decimal("5.1")}, "rating 5.1"),
        (row, {"rating": Decimal(-1)}, "rating -1"),
        (row, {"position": None}, "no place"),
        (row, {"page": 0}, "no place"),
    ],
)
def test_an_item_that_breaks_the_contract_is_dropped_with_the_reason(
    make: Callable[..., Any], changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(DropItem, match=r"^B0") as error:
        ValidationPipeline().process_item(make(**changes))
    assert words in str(error.value)


def test_the_items_of_leased_targets_are_checked_as_well() -> None:
    target = LeasedTarget(id="t", url="", params={}, token=1, deaths=0, lease_until=0.0)
    with pytest.raises(DropItem):
        ValidationPipeline().process_item(TargetRow(target, 1, 1, product(url=None)))
    good = TargetRow(target, 1, 1, product())
    assert ValidationPipeline().process_item(good) is good

"""The table of examples of docs/monitoring.md, for two checks of a product."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from control_api.services.monitors.rules.checks import NOT_FOUND, product_check, unknown_check
from control_api.services.monitors.rules.differences import Difference, compare
from control_api.services.monitors.rules.fields import (
    FIELD_OF_NAME,
    FIELDS,
    ROW_FIELDS,
    SellerValue,
    values_of,
)
from spiders.types.details import COLUMNS
from tests.control_api.services.monitors.rules.rows import UNAVAILABLE, money, product

EVERY_FIELD = tuple(FIELD_OF_NAME)


def difference(before: dict[str, Any], after: dict[str, Any], **asked: Any) -> Difference:
    return compare(
        product_check(before, asked={}), product_check(after, asked=asked), fields=EVERY_FIELD
    )


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    found = difference(before, after)
    assert found.status == ("changed" if found.fields else "unchanged")
    return {change.field: (change.before, change.after) for change in found.fields}


def test_another_price_is_a_change() -> None:
    found = difference(product("20.00"), product("18.00"))
    assert [(one.field, one.before, one.after) for one in found.fields] == [
        ("price", Decimal("20.00"), Decimal("18.00"))
    ]
    assert (found.status, found.currency) == ("changed", "EUR")


def test_what_is_written_otherwise_is_no_change() -> None:
    after = product("19.9", title="A  kettle\n", scrapedAt="2026-01-02T06:00:00.000Z")
    assert changes(product("19.90"), after) == {}


@pytest.mark.parametrize(
    "after",
    [
        product(None),
        product("2.00", warnings=["price_competing"]),
        product("2.00", warnings=["price_crosscheck_failed"]),
        product("2.00", warnings=["currency_ambiguous"]),
        product("2.00", warnings=["currency_mismatch"]),
        product(None, warnings=["field_failed:price"], buyboxState="featured"),
        product(seller=None),
        product(title=None, availability="unknown", buyboxState="unknown"),
        product(title="Ein Kessel", warnings=["language_mismatch"]),
        product(title="Ein Kessel", pageLanguage="en"),
        product(rating=Decimal("4.5")),
    ],
)
def test_what_the_page_does_not_say_changes_nothing(after: dict[str, Any]) -> None:
    assert changes(product("20.00"), after) == {}
    assert changes(after, product("20.00")) == {}


def test_a_product_that_cannot_be_had_has_no_price_and_no_seller() -> None:
    seller = SellerValue("A1SELLER", "A shop")
    there, away = product("20.00"), product(**UNAVAILABLE)
    assert changes(there, away) == {
        "price": (Decimal("20.00"), None),
        "availability": ("in_stock", "unavailable"),
        "buyboxState": ("featured", "unavailable"),
        "seller": (seller, None),
    }
    assert changes(away, there)["price"] == (None, Decimal("20.00"))


@pytest.mark.parametrize(
    ("field", "before", "after", "told"),
    [
        ("listPrice", money("30.00"), None, (Decimal("30.00"), None)),
        ("listPrice", money("30.00"), money("25.00"), (Decimal("30.00"), Decimal("25.00"))),
        ("listPrice", money("30.00"), money("30.00", "USD"), None),
        ("shippingPrice", None, money("4.99"), (None, Decimal("4.99"))),
        ("usedPrice", money("9.00"), money("8.00"), (Decimal("9.00"), Decimal("8.00"))),
        ("usedPrice", money("9.00"), None, None),
        ("isPrime", True, False, (True, False)),
        ("mainImage", "https://a/1.jpg", "https://a/2.jpg", ("https://a/1.jpg", "https://a/2.jpg")),
        ("parentAsin", "B00000000P", "B00000000Q", ("B00000000P", "B00000000Q")),
        ("parentAsin", "B00000000P", None, None),
        ("shipsFrom", "Amazon", "A shop", ("Amazon", "A shop")),
        ("brand", "Kettles", "Pots", ("Kettles", "Pots")),
        ("rating", Decimal("4.5"), Decimal("4.4"), (Decimal("4.5"), Decimal("4.4"))),
        ("ratingsCount", 10, 11, (10, 11)),
        ("boughtPastMonth", 100, 200, (100, 200)),
        ("stockLeft", 3, 2, (3, 2)),
        ("stockLeft", 3, None, (3, None)),
    ],
)
def test_each_field_is_compared(field: str, before: Any, after: Any, told: Any) -> None:
    found = changes(product(**{field: before}), product(**{field: after}))
    assert found == ({field: told} if told else {})


@pytest.mark.parametrize(
    ("field", "source", "before", "after", "told"),
    [
        (
            "subscribePrice",
            "subscribeAndSave",
            {"price": money("18.00"), "percent": None},
            {"price": None, "percent": None},
            (Decimal("18.00"), None),
        ),
        ("newFrom", "offers", {"newFrom": money("9")}, {"newFrom": money("8")}, (9, 8)),
        ("usedFrom", "offers", {"usedFrom": money("9")}, {"usedFrom": money("8")}, (9, 8)),
        ("newOffers", "offers", {"newCount": 3}, {"newCount": 4}, (3, 4)),
        ("usedOffers", "offers", {"usedCount": 3}, {"usedCount": 4}, (3, 4)),
        (
            "coupon",
            "coupon",
            {"raw": "Save 5%", "percent": Decimal("5.0"), "amount": None},
            {"raw": "Save 3 €", "percent": None, "amount": money("3.00")},
            ("5%", "3 EUR"),
        ),
        (
            "coupon",
            "coupon",
            {"raw": "a  voucher", "percent": None, "amount": None},
            None,
            ("a voucher", None),
        ),
        ("deal", "deal", None, {"label": None, "endsAt": None}, (None, "deal")),
        (
            "badges",
            "badges",
            [],
            [{"type": None, "text": "New"}, {"type": "best_seller", "text": "#1"}],
            ([], ["New", "best_seller"]),
        ),
    ],
)
def test_fields_that_lie_deeper_are_compared(
    field: str, source: str, before: Any, after: Any, told: Any
) -> None:
    assert changes(product(**{source: before}), product(**{source: after})) == {field: told}


def test_a_seller_is_another_one_by_its_id() -> None:
    def sold_by(number: str | None, name: str | None) -> dict[str, Any]:
        return product(seller={"id": number, "name": name, "isAmazon": False})

    assert "seller" in changes(sold_by("A1", "A shop"), sold_by("A2", "A shop"))
    assert "seller" in changes(sold_by(None, "A shop"), sold_by(None, "B shop"))
    assert changes(sold_by("A1", "A shop"), sold_by("A1", "A renamed shop")) == {}
    assert changes(sold_by("A1", "A shop"), sold_by(None, "A shop")) == {}
    assert changes(sold_by("A1", None), sold_by(None, "A shop")) == {}


def test_ranks_of_two_categories_are_not_compared() -> None:
    def ranked(rank: int, category: str) -> dict[str, Any]:
        within = {"rank": 1, "category": "Deep", "nodeId": "9", "isRoot": False}
        root = {"rank": rank, "category": category, "nodeId": category, "isRoot": True}
        return product(bestSellerRanks=[within, root])

    assert "rank" in changes(ranked(10, "Kitchen"), ranked(12, "Kitchen"))
    assert changes(ranked(10, "Kitchen"), ranked(99, "Toys")) == {}


@pytest.mark.parametrize(
    ("after", "asked", "reason"),
    [
        (product("22.10", "USD"), {}, "OTHER_CURRENCY"),
        (product("5.00", asin="B0OTHER001"), {}, "OTHER_PRODUCT"),
        (product("5.00"), {"deliverTo": {"postalCode": "10115"}}, "OTHER_PLACE"),
        (product(None, buyboxState="location_blocked"), {}, "OTHER_PLACE"),
        (product("5.00", warnings=["location_mismatch"]), {}, "OTHER_PLACE"),
        (product("5.00", warnings=["place_unconfirmed"]), {}, "OTHER_PLACE"),
    ],
)
def test_pages_of_two_contexts_are_not_compared(
    after: dict[str, Any], asked: dict[str, Any], reason: str
) -> None:
    found = difference(product("20.00"), after, **asked)
    assert (found.status, found.reason, found.fields) == ("incomparable", reason, ())


def test_a_page_without_any_price_fits_each_currency() -> None:
    assert "price" in changes(product("20.00"), product(**UNAVAILABLE))


def test_the_end_of_a_product_and_its_return() -> None:
    page = product_check(product(), asked={})
    assert compare(page, NOT_FOUND).status == "gone"
    assert compare(NOT_FOUND, page).status == "returned"
    assert compare(NOT_FOUND, NOT_FOUND).status == "unchanged"


def test_a_target_of_one_list_alone_was_added_or_removed() -> None:
    page = product_check(product(), asked={})
    assert compare(None, page).status == "added"
    assert compare(page, None).status == "removed"
    with pytest.raises(ValueError, match="neither"):
        compare(None, None)


@pytest.mark.parametrize("other", [product_check(product(), asked={}), NOT_FOUND])
def test_a_blocked_target_is_unknown_whatever_the_other_is(other: Any) -> None:
    blocked = unknown_check("BLOCKED_CAPTCHA")
    for found in (compare(blocked, other), compare(other, blocked)):
        assert (found.status, found.reason) == ("unknown", "BLOCKED_CAPTCHA")


def test_a_page_of_another_context_reads_its_other_fields() -> None:
    values = values_of(product(None, buyboxState="location_blocked"))
    assert "price" not in values
    assert values["title"] == "A kettle"


def test_a_field_that_cannot_be_read_says_nothing() -> None:
    for one in FIELDS:
        row = product(warnings=[f"field_failed:{one.source}"])
        assert one.name not in values_of(row), one.name


def test_each_field_that_is_read_is_a_field_of_the_rows() -> None:
    roots = {column.partition(".")[0] for column in COLUMNS}
    assert set(ROW_FIELDS) <= roots
    assert {one.source for one in FIELDS} <= set(ROW_FIELDS)

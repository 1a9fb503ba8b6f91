"""F1: "a page that is proven good never loses its row to one field: that field is `null` with
`field_failed:<name>`, counted by field in `/metrics`." """

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from spiders.pages.cards.badges import CardBadges
from spiders.pages.cards.heading import CardHeading
from spiders.pages.cards.price import CardPrice
from spiders.pages.fetched import Fetched
from spiders.pages.guard import FieldGuard
from spiders.pages.product import _FIELDS, ProductPage
from spiders.pages.searches.search import _CARD_FIELDS, SearchPage
from spiders.pages.sections.price import PriceSection
from tests.spiders.pages.cases import MOMENT, Case, all_cases

CASES = {case.name: case for case in all_cases()}
SEARCH = CASES["search_two_cards_do_not_mix"]
PRODUCT = CASES["product_everything"]
BETWEEN = '<div role="listitem" data-asin="B0FIXTURE2"'


class Surprise(Exception):
    pass


def surprise(*_: object, **__: object) -> Any:
    raise Surprise("nobody thought of this")


@pytest.fixture
def as_in_a_crawl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FieldGuard, "raises", False)


def rows(case: Case, html: str | None = None) -> list[dict[str, Any]]:
    body = html.encode() if html is not None else None
    page = SearchPage(case.fetched(body), scraped_at=MOMENT)
    return [asdict(row) for row in page.rows()]


def product() -> dict[str, Any]:
    item = ProductPage(PRODUCT.fetched(), asked_asin="B0FIXTURE1", scraped_at=MOMENT).item()
    assert item is not None
    return asdict(item)


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if name != "warnings" and before[name] != after[name]}


@pytest.mark.usefixtures("as_in_a_crawl")
@pytest.mark.parametrize("name", _CARD_FIELDS)
def test_a_card_field_that_raises_is_null_and_named_and_costs_no_other(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(SEARCH)
    monkeypatch.setitem(_CARD_FIELDS, name, surprise)
    after = rows(SEARCH)
    assert len(after) == len(before) == 3
    for was, row in zip(before, after, strict=True):
        assert row[name] is None
        assert f"field_failed:{name}" in row["warnings"]
        assert changed(was, row) <= {name, "organicPosition"}


@pytest.mark.usefixtures("as_in_a_crawl")
@pytest.mark.parametrize("name", _FIELDS)
def test_a_product_field_that_raises_is_null_and_named_and_costs_no_other(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = product()
    monkeypatch.setitem(_FIELDS, name, surprise)
    after = product()
    assert after[name] is None
    assert f"field_failed:{name}" in after["warnings"]
    assert changed(before, after) <= {name}


@pytest.mark.usefixtures("as_in_a_crawl")
@pytest.mark.parametrize(
    ("part", "fields"),
    [
        (CardHeading, {"title", "sponsored", "brand", "imageUrl"}),
        (CardBadges, {"badges", "deal", "isPrime", "variantsShown"}),
    ],
)
def test_a_part_of_a_card_that_cannot_be_made_costs_its_own_fields(
    part: type, fields: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(SEARCH)
    monkeypatch.setattr(part, "__init__", surprise)
    for was, row in zip(before, rows(SEARCH), strict=True):
        assert {f"field_failed:{name}" for name in fields} <= set(row["warnings"])
        assert changed(was, row) <= {*fields, "organicPosition"}


@pytest.mark.usefixtures("as_in_a_crawl")
def test_fields_that_lean_on_one_that_cannot_be_read_are_null_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A product without a readable price must not pass for one without a price."""
    monkeypatch.setattr(PriceSection, "price", surprise)
    item = product()
    for name in ("price", "buyboxState", "availability"):
        assert item[name] is None
        assert f"field_failed:{name}" in item["warnings"]
    assert item["title"]


@pytest.mark.usefixtures("as_in_a_crawl")
@pytest.mark.parametrize("name", ["deliver_to", "page_language"])
def test_a_field_of_the_whole_page_costs_no_row(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"spiders.pages.searches.search.{name}", surprise)
    monkeypatch.setattr(f"spiders.pages.product.{name}", surprise)
    warning = {"deliver_to": "field_failed:deliverTo", "page_language": "field_failed:pageLanguage"}
    assert [warning[name] in row["warnings"] for row in rows(SEARCH)] == [True] * 3
    assert product()["warnings"].count(warning[name]) == 1


@pytest.mark.usefixtures("as_in_a_crawl")
def test_pagination_that_cannot_be_read_costs_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchPage, "_shows_next", surprise)
    page = SearchPage(SEARCH.fetched())
    assert ["field_failed:hasNext" in row.warnings for row in page.rows()] == [True] * 3
    assert page.has_next is None


def test_in_tests_a_field_that_fails_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CardPrice, "unit_price", surprise)
    with pytest.raises(Surprise):
        rows(SEARCH)


@pytest.mark.usefixtures("as_in_a_crawl")
def test_the_trace_of_a_failed_field_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(CardPrice, "unit_price", surprise)
    rows(SEARCH)
    assert "unitPrice" in caplog.text
    assert "Surprise: nobody thought of this" in caplog.text


@pytest.mark.parametrize(
    "between",
    [
        "<!-- c -->",
        "<?php x ?>",
        "<!bogus>",
        "</ bogus>",
        "<![CDATA[x]]>",
        "words",
        "<b$ @c>y</b$>",
    ],
)
def test_what_is_no_card_between_the_cards_loses_none(between: str) -> None:
    html = (SEARCH.folder / "input.html").read_text()
    assert BETWEEN in html
    before = rows(SEARCH)
    assert rows(SEARCH, html.replace(BETWEEN, f"{between}{BETWEEN}")) == before


@pytest.mark.parametrize(
    "amount", ["null", "N/A", "-", "", "undefined", "NaN", "1e5", "-3", "12..5"]
)
def test_a_word_in_place_of_the_cart_forms_price_is_no_price(amount: str) -> None:
    name = "items[0.base][customerVisiblePrice]"
    html = f"""<span id=productTitle>Kettle</span><div id=buybox></div><input id=ASIN value=B0FIXTURE1>
        <form><input id="{name}[amount]" name="{name}[amount]" value="{amount}">
        <input id="{name}[currencyCode]" name="{name}[currencyCode]" value="USD"></form>"""
    item = ProductPage(
        Fetched("https://www.amazon.com/dp/B0FIXTURE1", 200, {}, html.encode())
    ).item()
    assert item is not None
    assert (item.price, item.title) == (None, "Kettle")

"""Which cards of a search page are results."""

from __future__ import annotations

import pytest

from spiders.pages.document import Document
from spiders.pages.fetched import Fetched

CARD = '<div data-component-type="s-search-result" data-asin="{asin}"{index}><h2>A lamp</h2></div>'
PAGE = '<html><body><div class="s-main-slot">{cards}</div></body></html>'


def asins_of(cards: str) -> list[str | None]:
    body = PAGE.format(cards=cards).encode()
    fetched = Fetched("https://www.amazon.com/s?k=lamp", 200, {}, body, "utf-8")
    return [card.attributes["data-asin"] for card in Document(fetched).result_cards]


def card(asin: str, index: int | None = None) -> str:
    return CARD.format(asin=asin, index="" if index is None else f' data-index="{index}"')


@pytest.mark.parametrize("index", [None, 4])
def test_a_product_of_a_carousel_is_no_result(index: int | None) -> None:
    carousel = f'<ol class="a-carousel"><li>{card("B0FIXTURE2")}</li></ol>'
    assert asins_of(card("B0FIXTURE1", index) + carousel) == ["B0FIXTURE1"]


def test_a_result_after_a_carousel_that_a_stray_tag_leaves_open_is_one() -> None:
    # An element inside of a foreign one keeps the list from being closed.
    carousel = f'<ol class="a-carousel"><li>{card("B0FIXTURE2")}<svg><title></li></ol>'
    found = asins_of(card("B0FIXTURE1", 3) + carousel + card("B0FIXTURE3", 5))
    assert found == ["B0FIXTURE1", "B0FIXTURE3"]


def test_a_spacer_without_an_asin_is_no_result() -> None:
    assert asins_of(card("", 2) + card("B0FIXTURE1", 3)) == ["B0FIXTURE1"]

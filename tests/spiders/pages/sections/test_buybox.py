"""What can be bought, told from the structure of the buy box. Whole pages are in ../fixtures."""

from __future__ import annotations

import pytest

from spiders.pages.document import Document
from spiders.pages.fetched import Fetched
from spiders.pages.sections.buybox import BuyboxSection
from spiders.pages.trace import Sources

BUTTON = '<input id="add-to-cart-button" type="submit">'
IN_STOCK = '<div id="availability"><span>In Stock</span></div>'
OUT = '<div id="outOfStock"><span class="a-text-bold">Currently unavailable.</span></div>'
REFUSED = (
    '<div id="deliveryBlockMessage"><span class="a-color-error">'
    "This item cannot be shipped to your selected delivery location.</span></div>"
)


def section(html: str, *, has_price: bool = True, has_unchosen: bool = False) -> BuyboxSection:
    body = f"<html><body><div id='buybox'>{html}</div></body></html>".encode()
    headers = {"Content-Type": "text/html; charset=utf-8"}
    fetched = Fetched(url="https://www.amazon.com/dp/B0", status=200, headers=headers, body=body)
    return BuyboxSection(
        Document(fetched), has_price=has_price, has_unchosen=has_unchosen, sources=Sources()
    )


@pytest.mark.parametrize(
    ("html", "state", "availability"),
    [
        (IN_STOCK + BUTTON, "featured", "in_stock"),
        (BUTTON, "featured", "in_stock"),
        (OUT, "unavailable", "unavailable"),
        # Whatever the words: a button takes an order.
        (OUT + BUTTON, "featured", "backorder"),
        (
            '<div id="availability"><span>Currently unavailable.</span></div>' + BUTTON,
            "featured",
            "backorder",
        ),
        (
            '<div id="availability"><span>Temporarily out of stock.</span></div>',
            "unavailable",
            "out_of_stock",
        ),
        (REFUSED + BUTTON, "location_blocked", "unknown"),
        ('<div id="unqualifiedBuyBox">See All Buying Options</div>', "see_all_options", "unknown"),
        (
            IN_STOCK + '<div id="partialStateBuybox">To buy, select Size</div>',
            "select_variant",
            "unknown",
        ),
        ('<span id="kindle-price">$9.99</span>', "digital", "unknown"),
        ('<div id="usedBuySection">Used - Good</div>' + BUTTON, "featured", "in_stock"),
        ('<div id="usedOnlyBuybox">Used - Good</div>' + BUTTON, "featured_used_only", "in_stock"),
        ("", "unknown", "unknown"),
    ],
)
def test_the_structure_decides(html: str, state: str, availability: str) -> None:
    found = section(html)
    assert (found.state, found.availability()) == (state, availability)


@pytest.mark.parametrize(
    "button",
    [
        '<input id="add-to-cart-button" disabled>',
        '<div class="aok-hidden"><input id="add-to-cart-button"></div>',
        '<div style="DISPLAY: none"><input id="add-to-cart-button"></div>',
        '<span class="a-button a-button-disabled"><input id="add-to-cart-button"></span>',
    ],
)
def test_a_button_that_nobody_can_press_is_none(button: str) -> None:
    assert section(OUT + button).state == "unavailable"
    assert section(button).state == "unknown"


@pytest.mark.parametrize("name", ["buy-now-button", "submit.add-to-cart", "preorder-button"])
def test_other_buttons_order_as_well(name: str) -> None:
    assert section(f'<input id="{name}">').state == "featured"


def test_a_button_without_words_and_price_proves_no_stock() -> None:
    assert section(BUTTON, has_price=False).availability() == "unknown"


def test_a_used_row_is_used_only_where_no_new_offer_is_shown() -> None:
    used = '<div id="usedAccordionRow">Used</div>' + BUTTON
    assert section(used, has_price=False).state == "featured_used_only"
    assert section(used, has_price=True).state == "featured"
    new = '<div id="newAccordionRow_0">New</div>'
    assert section(new + used, has_price=False).state == "featured"
    assert section(new + '<div id="usedOnlyBuybox"></div>' + BUTTON).state == "featured"


@pytest.mark.parametrize(
    ("html", "condition"),
    [
        (BUTTON, "new"),
        ('<div id="usedOnlyBuybox"></div>' + BUTTON, "used"),
        (OUT, None),
    ],
)
def test_the_condition_is_that_of_the_featured_offer(html: str, condition: str | None) -> None:
    assert section(html).condition() == condition


def test_a_dimension_to_choose_decides_where_nothing_else_does() -> None:
    assert section("", has_unchosen=True).state == "select_variant"
    assert section(BUTTON, has_unchosen=True).state == "featured"


def test_the_words_are_the_new_offers_before_those_of_a_used_row() -> None:
    html = (
        '<div id="usedAccordionRow"><div id="availability"><span>Only 1 left</span></div></div>'
        '<div id="newAccordionRow_0"><div id="availability"><span>In Stock</span></div></div>'
    )
    assert section(html + BUTTON).availability_text() == "In Stock"
    without_new = '<div id="usedAccordionRow"><div id="availability"><span>Used</span></div></div>'
    later = '<div id="availability"><span>Only 3 left in stock</span></div>'
    found = section(without_new + later + BUTTON)
    assert found.availability_text() == "Only 3 left in stock"
    assert found.stock_left() == 3


def test_a_refusal_for_the_place_is_the_sentence_and_no_more() -> None:
    found = section(REFUSED)
    assert found.availability_text() == (
        "This item cannot be shipped to your selected delivery location."
    )


def test_a_refusal_block_holds_only_with_words_and_without_a_button() -> None:
    block = '<div id="exports_desktop_undeliverable_buybox">{}</div>'
    assert section(block.format("irgendwelche Worte")).state == "location_blocked"
    assert section(block.format("")).state == "unknown"
    assert section(block.format("irgendwelche Worte") + BUTTON).state == "featured"


def test_prime_is_told_by_its_badge_and_never_by_its_absence() -> None:
    badge = '<div id="priceBadging_feature_div"><i class="a-icon a-icon-prime"></i></div>'
    assert section(badge).is_prime() is True
    assert section('<i class="a-icon-prime"></i>').is_prime() is True
    assert section(BUTTON).is_prime() is None


def test_delivery_lines_are_told_once_each() -> None:
    slot = '<div id="mir-layout-DELIVERY_BLOCK-slot-{}">{}</div>'
    html = (
        '<div id="mir-layout-DELIVERY_BLOCK">'
        + slot.format("A", "Friday")
        + slot.format("B", "")
        + slot.format("C", "Friday")
        + slot.format("D", "Saturday")
        + "</div>"
    )
    assert section(html).delivery() == ["Friday", "Saturday"]
    assert section("").delivery() is None
    assert section('<div id="mir-layout-DELIVERY_BLOCK">Soon</div>').delivery() == ["Soon"]

import json
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from sandbox.goods.catalogue import Catalogue, Layout
from sandbox.goods.offers import is_priced, is_unselected
from sandbox.http.gzip_stream import GzipAssembler
from sandbox.locales import locale_for
from sandbox.product.product_page import shelf_for
from sandbox.search.search_page import search_page
from sandbox.search.search_results import Placement, Query, find_results
from tests.sandbox.conftest import HOUR

CARD = 'div[data-component-type="s-search-result"][data-asin]:not([data-asin=""])'
LANGUAGES = ("en_US", "de_DE", "ja_JP", "tr_TR", "ar_AE")


def tree_of(catalogue: Catalogue, query: Query, language: str) -> LexborHTMLParser:
    locale = locale_for("sandbox.test", language)
    results = find_results(catalogue, query, locale, HOUR)
    parts = search_page(catalogue, results, locale, hour=HOUR)
    return LexborHTMLParser(GzipAssembler().page(parts).identity().decode())


def placed_cards(
    catalogue: Catalogue, query: Query, language: str
) -> list[tuple[Placement, LexborNode]]:
    locale = locale_for("sandbox.test", language)
    placements = find_results(catalogue, query, locale, HOUR).placements
    cards = tree_of(catalogue, query, language).css(CARD)
    return list(zip(placements, cards, strict=True))


def one(node: LexborNode, selector: str) -> LexborNode:
    found = node.css_first(selector)
    assert found is not None, selector
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_are_the_placements_in_order(catalogue: Catalogue, language: str) -> None:
    locale = locale_for("sandbox.test", language)
    for placement, card in placed_cards(catalogue, Query("usb hub"), language):
        assert card.attributes["data-asin"] == placement.product.asin
        title = one(card, "[data-cy=title-recipe] a h2 > span").text()
        shelf = shelf_for(catalogue, placement.product, locale, HOUR)
        assert title == f"{shelf.title} | usb hub"


def test_sponsored_cards_have_the_marks_and_click_links(catalogue: Catalogue) -> None:
    cards = placed_cards(catalogue, Query("usb hub"), "de_DE")
    assert any(placement.is_sponsored for placement, _ in cards)
    for placement, card in cards:
        is_marked = "AdHolder" in (card.attributes["class"] or "").split()
        assert is_marked == placement.is_sponsored
        assert (card.css_first(".puis-sponsored-label-text") is not None) == is_marked
        href = one(card, "[data-cy=title-recipe] a[href*='dp']").attributes["href"] or ""
        if is_marked:
            target = parse_qs(urlsplit(href).query)["url"][0]
            assert href.startswith("/sspa/click?")
            assert f"/dp/{placement.product.asin}/" in target
        else:
            assert f"/dp/{placement.product.asin}/" in href


@pytest.mark.parametrize("language", LANGUAGES)
def test_price_is_in_the_price_recipe_only_where_it_is_one(
    catalogue: Catalogue, language: str
) -> None:
    locale = locale_for("sandbox.test", language)
    blanks = 0
    for placement, card in placed_cards(catalogue, Query("usb hub"), language):
        product = placement.product
        prices = card.css(
            "[data-cy=price-recipe] .a-price:not(.a-text-price):not([data-a-strike=true])"
        )
        if is_unselected(product) or product.number % 97 == 5:
            continue
        if not is_priced(product):
            assert not prices
            assert (card.css_first("[data-cy=secondary-offer-recipe]") is not None) == (
                product.layout in {Layout.USED_ONLY, Layout.NO_FEATURED}
            )
            continue
        assert len(prices) == 1
        amount = shelf_for(catalogue, product, locale, HOUR).offer.price
        if product.layout is Layout.KINDLE and product.number % 3 == 0:
            amount = Decimal(0)
        offscreen = one(prices[0], ".a-offscreen").text()
        blanks += not offscreen.strip()
        whole, fraction = locale.whole_and_fraction(amount)
        assert offscreen.strip() in {"", locale.money(amount)}
        assert one(prices[0], ".a-price-whole").text().rstrip(",.") == whole
        if fraction:
            assert one(prices[0], ".a-price-fraction").text() == fraction
    assert blanks, "some off-screen prices are blank, as on the real site"


def test_machine_price_agrees_with_the_displayed_one(catalogue: Catalogue) -> None:
    locale = locale_for("sandbox.test", "de_DE")
    seen = 0
    for placement, card in placed_cards(catalogue, Query("usb hub"), "de_DE"):
        node = card.css_first("[data-csa-c-price-to-pay]")
        if node is not None:
            offer = shelf_for(catalogue, placement.product, locale, HOUR).offer
            assert Decimal(node.attributes["data-csa-c-price-to-pay"] or "") == offer.price
            seen += 1
    assert seen


def test_spacers_and_carousels_hold_asins_that_are_no_results(catalogue: Catalogue) -> None:
    tree = tree_of(catalogue, Query("usb hub"), "en_US")
    assert tree.css('.s-result-item[data-asin=""]')
    cards = {card.mem_id for card in tree.css(CARD)}
    strangers = [n for n in tree.css("[data-asin]:not([data-asin=''])") if n.mem_id not in cards]
    assert len(strangers) > len(cards)
    assert tree.css_first("a[href*='/ap/signin']") is not None
    assert "/errors/validateCaptcha" in (tree.html or "")
    assert tree.css_first("form[action*=validateCaptcha]") is None


def test_badges_split_their_text_and_name_their_type(catalogue: Catalogue) -> None:
    kinds: dict[str, str] = {}
    for page in range(1, 8):
        for _, card in placed_cards(catalogue, Query("usb hub", page=page), "de_DE"):
            badge = card.css_first('[data-component-type="s-status-badge-component"]')
            if badge is not None:
                kind = json.loads(badge.attributes["data-component-props"] or "")["badgeType"]
                kinds[kind] = "".join(node.text() for node in badge.css(".a-badge-text"))
    assert kinds == {"best-seller": "Bestseller", "amazons-choice": "Amazons Tipp"}


def test_last_page_has_a_disabled_next_link(catalogue: Catalogue) -> None:
    locale = locale_for("sandbox.test", "en_US")
    pages = find_results(catalogue, Query("usb hub"), locale, HOUR).pages
    first = tree_of(catalogue, Query("usb hub"), "en_US")
    last = tree_of(catalogue, Query("usb hub", page=pages), "en_US")
    link = first.css_first("a.s-pagination-next")
    assert link is not None and "page=2" in (link.attributes["href"] or "")
    assert last.css_first("a.s-pagination-next") is None
    assert last.css_first("span.s-pagination-next.s-pagination-disabled") is not None


@pytest.mark.parametrize(
    ("language", "phrase"),
    [("en_US", "No results for"), ("de_DE", "Keine Ergebnisse für"), ("tr_TR", "bulunamadı")],
)
def test_nothing_found_is_said_in_the_pages_language(
    catalogue: Catalogue, language: str, phrase: str
) -> None:
    tree = tree_of(catalogue, Query("no results <b>here</b>"), language)
    block = tree.css_first(".s-no-results-filler")
    assert block is not None
    assert phrase in block.text() and "no results <b>here</b>" in block.text()
    assert not tree.css(CARD)


def test_some_keywords_have_the_brand_in_a_heading_above_the_title(catalogue: Catalogue) -> None:
    seen = set()
    for keyword in ("usb hub", "laptop", "cat toys", "kettle"):
        cards = placed_cards(catalogue, Query(keyword), "en_US")
        brands = [card.css_first("div > h2.a-size-mini > span") for _, card in cards]
        assert len({brand is None for brand in brands}) == 1
        for (placement, _), brand in zip(cards, brands, strict=True):
            assert brand is None or brand.text() == placement.product.brand
        seen.add(brands[0] is None)
    assert seen == {True, False}


def test_a_keyword_cannot_bring_markup_along(catalogue: Catalogue) -> None:
    keyword = '<script>alert("x")</script> & \'"'
    for _, card in placed_cards(catalogue, Query(keyword), "en_US"):
        assert keyword in one(card, "a h2 > span").text()
        assert card.css_first("script") is None

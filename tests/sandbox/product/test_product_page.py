import json
from decimal import Decimal

import pytest
from selectolax.lexbor import LexborHTMLParser

from sandbox.goods.catalogue import LAYOUTS, Catalogue, Layout
from sandbox.goods.offers import is_unselected
from sandbox.http.gzip_stream import GzipAssembler
from sandbox.locales import locale_for
from sandbox.product.product_page import product_page, shelf_for
from tests.sandbox.conftest import HOUR

LANGUAGES = (
    *("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL"),
    *("pl_PL", "sv_SE", "tr_TR", "pt_BR", "ja_JP", "en_IN", "ar_AE"),
)


def tree_of(catalogue: Catalogue, number: int, language: str = "en_US") -> LexborHTMLParser:
    locale = locale_for("sandbox.test", language)
    parts = product_page(
        catalogue, catalogue.product(number), locale, host="sandbox.test", hour=HOUR
    )
    return LexborHTMLParser(GzipAssembler().page(parts).identity().decode())


def text_of(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    assert node is not None, selector
    return node.text().strip()


def number_with(layout: Layout) -> int:
    return LAYOUTS.index(layout)


@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_proves_what_it_is(catalogue: Catalogue, number: int, language: str) -> None:
    product = catalogue.product(number)
    tree = tree_of(catalogue, number, language)
    shelf = shelf_for(catalogue, product, locale_for("sandbox.test", language), HOUR)
    assert text_of(tree, "#productTitle") == shelf.title
    inputs = tree.css("input#ASIN")
    assert [node.attributes["value"] for node in inputs] == [product.asin]
    canonical = tree.css_first("link[rel=canonical]")
    assert canonical is not None
    assert canonical.attributes["href"] == f"https://sandbox.test/dp/{product.asin}"
    assert text_of(tree, "#glow-ingress-line2")
    assert len(tree.css("#feature-bullets li:not(.aok-hidden) span.a-list-item")) == 4
    assert len(tree.css("#wayfinding-breadcrumbs_feature_div a[href*='node=']")) == 3
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    for name in ("productTitle", "ASIN", "desktop_buybox", "outOfStock", "availability"):
        assert ids.count(name) <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_machine_price_and_displayed_price_agree(catalogue: Catalogue, language: str) -> None:
    locale = locale_for("sandbox.test", language)
    for number in range(15):
        tree = tree_of(catalogue, number, language)
        offer = shelf_for(catalogue, catalogue.product(number), locale, HOUR).offer
        data = json.loads(text_of(tree, ".twister-plus-buying-options-price-data"))
        new = [o for o in data["desktop_buybox_group_1"] if o["buyingOptionType"] == "NEW"]
        assert [Decimal(str(option["priceAmount"])) for option in new] == [offer.price]
        assert new[0]["displayPrice"] == locale.money(offer.price)
        code = tree.css_first('[name="items[0.base][customerVisiblePrice][currencyCode]"]')
        assert code is not None and code.attributes["value"] == locale.currency.code
        whole = text_of(tree, "#corePriceDisplay_desktop_feature_div .a-price-whole")
        assert whole.rstrip(",.") == locale.whole_and_fraction(offer.price)[0]


@pytest.mark.parametrize(
    ("layout", "present", "absent"),
    [
        (Layout.FEATURED, "#add-to-cart-button", "#outOfStock"),
        (Layout.VARIATIONS, "#twister-plus-inline-twister", "#outOfStock"),
        (Layout.BOOK, "#tmmSwatches .selected", "#productDescription"),
        (Layout.KINDLE, "#kindle-price", "#add-to-cart-button"),
        (Layout.USED_ONLY, "#usedOnlyBuybox", ".priceToPay"),
        (Layout.UNAVAILABLE, "#outOfStock", "#add-to-cart-button"),
        (Layout.NO_FEATURED, "#buybox-see-all-buying-choices", "#add-to-cart-button"),
        (Layout.LOCATION_BLOCKED, "#exports_desktop_undeliverable_buybox", "#add-to-cart-button"),
    ],
)
def test_layout_has_its_structure(
    catalogue: Catalogue, layout: Layout, present: str, absent: str
) -> None:
    tree = tree_of(catalogue, number_with(layout))
    assert tree.css_first(present) is not None
    assert tree.css_first(absent) is None


def test_unselected_families_show_a_range_and_no_cart(catalogue: Catalogue) -> None:
    number = 4 * 20 + number_with(Layout.VARIATIONS)
    assert is_unselected(catalogue.product(number))
    tree = tree_of(catalogue, number)
    assert tree.css_first("#partialStateBuybox") is not None
    assert len(tree.css(".a-price-range .a-price")) == 2
    assert tree.css_first(".twister-plus-buying-options-price-data") is None


def test_a_refused_delivery_may_stand_under_a_stock_text(catalogue: Catalogue) -> None:
    number = number_with(Layout.LOCATION_BLOCKED)
    boxed, lined = tree_of(catalogue, number), tree_of(catalogue, number + 20)
    assert "cannot be shipped" in text_of(boxed, "#outOfStock")
    assert lined.css_first("#outOfStock") is None
    assert "cannot be shipped" in text_of(lined, "#deliveryBlockMessage")
    assert "left in stock" in text_of(lined, "#availability")
    assert lined.css_first("#add-to-cart-button") is None


def test_variations_name_each_other_and_their_parent(catalogue: Catalogue) -> None:
    first = number_with(Layout.VARIATIONS)
    family = [catalogue.asin(number) for number in range(first, first + 4)]
    for number in range(first, first + 4):
        html = tree_of(catalogue, number).html or ""
        script = html[html.index("twister-js-init-dpx-data") :]
        script = script[: script.index("</script>")]
        start = script.index('"dimensionToAsinMap" : ') + len('"dimensionToAsinMap" : ')
        mapping, _ = json.JSONDecoder().raw_decode(script[start:])
        assert list(mapping.values()) == family
        assert list(mapping) == ["0_0", "0_1", "1_0", "1_1"]
        assert f'"currentAsin" : "{catalogue.asin(number)}"' in script
        assert f'"parentAsin" : "{catalogue.parent_asin(number)}"' in script
    child = catalogue.find(catalogue.parent_asin(first))
    assert child is not None and child.asin == family[0]


def test_details_come_as_list_table_and_expander(catalogue: Catalogue) -> None:
    selectors = (
        "#detailBullets_feature_div li",
        "#productDetails_detailBullets_sections1 tr",
        "#productDetails_expanderTables_depthLeftSections tr",
    )
    for number, selector in enumerate(selectors):
        tree = tree_of(catalogue, number)
        assert len(tree.css(selector)) >= 3
        assert [s for s in selectors if tree.css_first(s)] == [selector]
        links = tree.css('a[href*="/gp/bestsellers/"]')
        assert ["ref=pd_zg_ts_" in (a.attributes["href"] or "") for a in links] == [True, False]


def test_histogram_adds_up(catalogue: Catalogue) -> None:
    seen = 0
    for number in range(60):
        rows = tree_of(catalogue, number).css("#histogramTable [aria-valuenow]")
        if rows:
            percents = [int(row.attributes["aria-valuenow"] or "") for row in rows]
            assert len(percents) == 5 and sum(percents) == 100 and min(percents) >= 0
            seen += 1
    assert seen > 30


def test_pages_are_as_large_and_as_compressible_as_real_ones(catalogue: Catalogue) -> None:
    locale = locale_for("sandbox.test", "en_US")
    assembler = GzipAssembler()
    pages = [
        assembler.page(
            product_page(catalogue, catalogue.product(n), locale, host="sandbox.test", hour=HOUR)
        )
        for n in range(200)
    ]
    sizes = [page.size for page in pages]
    assert 300_000 <= min(sizes) <= 500_000
    assert 1_500_000 <= max(sizes) <= 2_200_000
    assert 5 <= sum(sizes) / sum(page.length for page in pages) <= 7


def test_prices_move_with_the_hour_and_only_with_it(catalogue: Catalogue) -> None:
    again = Catalogue(seed=catalogue.seed, products=catalogue.products)
    moved = 0
    for number in range(50):
        product = catalogue.product(number)
        now = catalogue.dollars_at(product, HOUR)
        assert again.dollars_at(again.product(number), HOUR) == now
        moved += catalogue.dollars_at(product, HOUR + 12) != now
    assert moved > 40


def test_the_same_seed_gives_the_same_bytes(catalogue: Catalogue) -> None:
    again = Catalogue(seed=catalogue.seed, products=catalogue.products)
    other = Catalogue(seed=catalogue.seed + 1, products=catalogue.products)
    assert tree_of(catalogue, 77).html == tree_of(again, 77).html != tree_of(other, 77).html

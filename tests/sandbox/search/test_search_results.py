from decimal import Decimal

import pytest

from sandbox.goods.catalogue import Catalogue, Product
from sandbox.goods.offers import is_priced, offer_for
from sandbox.locales import locale_for
from sandbox.search.search_results import Query, Results, find_results, query_from
from tests.sandbox.conftest import HOUR

LOCALE = locale_for("sandbox.test", "en_US")
KEYWORDS = (
    "wireless earbuds",
    "usb hub",
    "laptop",
    "ポケモンカード",
    "x",
    "кофе",
    "hammer & nails",
)


def results(catalogue: Catalogue, query: Query) -> Results:
    return find_results(catalogue, query, LOCALE, HOUR)


def shown_price(catalogue: Catalogue, product: Product) -> Decimal | None:
    if not is_priced(product):
        return None
    return offer_for(product, LOCALE, catalogue.dollars_at(product, HOUR)).price


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_any_ordinary_keyword_has_pages_of_16_to_60_cards(
    catalogue: Catalogue, keyword: str
) -> None:
    first = results(catalogue, Query(keyword))
    assert 1 < first.pages <= 20
    for page in range(1, first.pages + 1):
        found = results(catalogue, Query(keyword, page=page))
        assert 16 <= len(found.placements) <= 60
        assert found.has_next == (page < first.pages)
    assert not results(catalogue, Query(keyword, page=first.pages + 1)).placements


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_organic_results_never_repeat_but_ads_do(catalogue: Catalogue, keyword: str) -> None:
    pages = results(catalogue, Query(keyword)).pages
    organic: list[str] = []
    for page in range(1, pages + 1):
        placements = results(catalogue, Query(keyword, page=page)).placements
        ads = {p.product.asin for p in placements if p.is_sponsored}
        own = [p.product.asin for p in placements if not p.is_sponsored]
        assert ads & set(own), "one ASIN is sponsored and organic on the same page"
        organic += own
    assert len(organic) == len(set(organic)) == results(catalogue, Query(keyword)).total


@pytest.mark.parametrize("keyword", ["no results anything", "zzqx", "my zzqx words", "", "  "])
def test_marked_keywords_find_nothing(catalogue: Catalogue, keyword: str) -> None:
    assert results(catalogue, Query(keyword)).placements == ()


def test_keyword_case_and_spaces_do_not_matter(catalogue: Catalogue) -> None:
    assert (
        results(catalogue, Query("USB  Hub")).placements
        == results(catalogue, Query("usb hub")).placements
    )


@pytest.mark.parametrize("sort", ["price-asc-rank", "price-desc-rank"])
def test_prices_are_sorted_over_all_pages(catalogue: Catalogue, sort: str) -> None:
    prices: list[Decimal | None] = []
    for page in range(1, results(catalogue, Query("usb hub")).pages + 1):
        found = results(catalogue, Query("usb hub", page=page, sort=sort))
        prices += [
            shown_price(catalogue, p.product) for p in found.placements if not p.is_sponsored
        ]
    known = [price for price in prices if price is not None]
    assert known == sorted(known, reverse=sort == "price-desc-rank")
    assert prices[: len(known)] == known, "products without a price come last"


@pytest.mark.parametrize(
    "parameters",
    [{"low-price": "20", "high-price": "60"}, {"rh": "p_36:2000-6000"}],
)
def test_price_filter_holds_for_every_card(
    catalogue: Catalogue, parameters: dict[str, str]
) -> None:
    query = query_from({"k": "usb hub", **parameters})
    found = results(catalogue, query)
    prices = [shown_price(catalogue, p.product) for p in found.placements]
    assert prices
    assert all(price is not None and 20 <= price <= 60 for price in prices)
    assert found.total < results(catalogue, Query("usb hub")).total


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "１", "99999999"])
def test_nonsense_page_numbers_mean_the_first_page(page: str) -> None:
    assert query_from({"k": "usb", "page": page}).page == 1


def test_nonsense_prices_are_no_filter() -> None:
    query = query_from({"k": "usb", "low-price": "NaN", "high-price": "cheap"})
    assert (query.low, query.high) == (None, None)


def test_a_small_catalogue_still_answers() -> None:
    small = Catalogue(seed=1, products=10)
    assert results(small, Query("usb hub")).placements

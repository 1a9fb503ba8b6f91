"""Categories, brands, stars and sellers narrow a search down, with a keyword and without."""

from __future__ import annotations

import pytest

from sandbox.goods.catalogue import Catalogue, Product, seller_id
from sandbox.http.messages import Request
from sandbox.locales import locale_for
from sandbox.search.search_results import find_results, query_from
from sandbox.store import Store
from tests.sandbox.conftest import HOUR

LOCALE = locale_for("sandbox.test", "en_US")


def found(catalogue: Catalogue, **parameters: str) -> list[Product]:
    results = find_results(catalogue, query_from(parameters), LOCALE, HOUR)
    return [placement.product for placement in results.placements]


@pytest.mark.parametrize("keyword", [{}, {"k": "desk lamp"}])
def test_every_product_is_of_what_was_asked_for(
    catalogue: Catalogue, keyword: dict[str, str]
) -> None:
    department = found(catalogue, rh="n:2000006", **keyword)
    leaf = found(catalogue, rh="n:2000006,n:3000006", **keyword)
    assert department and leaf
    assert {product.kind for product in [*department, *leaf]} == {6}
    assert {product.number % 2 for product in leaf} == {0} != {p.number % 2 for p in department}
    brands = found(catalogue, rh="p_89:Kestrin|O'Mira,p_72:7200004", **keyword)
    assert {product.brand for product in brands} == {"Kestrin", "O'Mira"}
    assert min(product.rating or 0 for product in brands) >= 4
    sellers = found(catalogue, me=seller_id("Blue Door Store"), **keyword)
    assert {(p.seller, p.is_amazon_seller) for p in sellers} == {("Blue Door Store", False)}


def test_nodes_that_the_store_lacks_hold_nothing(catalogue: Catalogue) -> None:
    assert found(catalogue, rh="n:17") == []
    assert found(catalogue, k="lamp", node="17") == []


def test_a_category_and_its_landing_page(catalogue: Catalogue) -> None:
    """By either address a category lists its products; one of them has a landing page alone."""
    store = Store(catalogue, clock=lambda: HOUR * 3600)

    def kind(target: str) -> str:
        return store.reply(Request("GET", target, {"host": "sandbox.test"})).kind

    assert kind("/b?node=2000006") == kind("/s?rh=n%3A2000006") == "search"
    assert kind("/Pet-Supplies/b?node=2000006") == kind("/gp/browse.html?node=2000006") == "search"
    assert kind("/b?node=9000000") == "landing"
    assert kind("/s?rh=n%3A9000000") == "redirect"

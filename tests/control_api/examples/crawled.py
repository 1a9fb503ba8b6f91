"""Rows as a crawler reads them from the practice marketplace."""

from __future__ import annotations

from typing import Any

from sandbox.goods.catalogue import LAYOUTS, Catalogue
from sandbox.http.messages import Request
from sandbox.store import Store
from spiders.items.formats.plain import plain_from_item
from spiders.pages.fetched import Fetched
from spiders.pages.lists.bestsellers import BestsellersPage
from spiders.pages.product import ProductPage
from spiders.pages.searches.search import SearchPage

_HOUR = 491_000
_CATALOGUE = Catalogue(seed=1, products=100_000, max_blocks=0)
_STORE = Store(_CATALOGUE, clock=lambda: _HOUR * 3600)
KEYWORD = "wireless earbuds"
ASIN = _CATALOGUE.asin(37 * len(LAYOUTS))
MISSING_ASIN = "B000000000"


def search_page(count: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The first rows of the page, and what it says of the search."""
    page = SearchPage(_fetched(f"/s?k={KEYWORD.replace(' ', '+')}&language=en_US"))
    rows = [plain_from_item(row) for row in page.rows()[:count]]
    assert page.info is not None
    return [
        {**row, "rank": rank, "keyword": KEYWORD} for rank, row in enumerate(rows, start=1)
    ], plain_from_item(page.info)


def seen_categories() -> list[dict[str, Any]]:
    page = BestsellersPage(_fetched("/gp/bestsellers/electronics?language=en_US"))
    return [plain_from_item(one) for one in page.categories]


def product_row() -> dict[str, Any]:
    item = ProductPage(_fetched(f"/dp/{ASIN}?language=en_US"), asked_asin=ASIN).item()
    assert item is not None
    return plain_from_item(item)


def _fetched(target: str) -> Fetched:
    body = _STORE.reply(Request("GET", target, {"host": "sandbox.test"})).body
    raw = body if isinstance(body, bytes) else body.identity()
    return Fetched(f"https://sandbox.test{target}", 200, {}, raw)

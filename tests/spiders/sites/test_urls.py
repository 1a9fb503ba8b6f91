from __future__ import annotations

from decimal import Decimal

import pytest

from spiders.sites.marketplaces import MARKETPLACES
from spiders.sites.urls import (
    SearchOptions,
    canonical_product_url,
    is_same_site,
    product_url,
    search_url,
)

ASIN = "B073JYC4XM"


def test_product_urls() -> None:
    store = MARKETPLACES["DE"]
    assert canonical_product_url(store, ASIN) == "https://www.amazon.de/dp/B073JYC4XM"
    assert product_url(store, ASIN) == "https://www.amazon.de/dp/B073JYC4XM?th=1&psc=1"
    assert product_url(store, ASIN, language="en_GB").endswith("?th=1&psc=1&language=en_GB")


def test_search_url_of_a_plain_keyword() -> None:
    assert search_url(MARKETPLACES["US"], "usb hub") == "https://www.amazon.com/s?k=usb+hub"


def test_search_url_with_everything() -> None:
    options = SearchOptions(
        sort_by="price_asc", price_min=Decimal("10.50"), price_max=100.0, department="electronics"
    )
    url = search_url(MARKETPLACES["DE"], "größe & m", page=3, language="de_DE", options=options)
    assert url == (
        "https://www.amazon.de/s?k=gr%C3%B6%C3%9Fe+%26+m&i=electronics&s=price-asc-rank"
        "&low-price=10.5&high-price=100&page=3&language=de_DE"
    )


def test_relevance_sends_no_sort() -> None:
    assert "s=" not in search_url(
        MARKETPLACES["US"], "x", options=SearchOptions(sort_by="relevance")
    ).removeprefix("https://www.amazon.com/s?")


def test_search_url_of_a_searchs_own_address() -> None:
    """What the address narrows down by stays; what the job's config says goes first."""
    options = SearchOptions(sort_by="price_desc", query={"rh": "n:1", "s": "review-rank"})
    url = search_url(MARKETPLACES["US"], None, options=options)
    assert url == "https://www.amazon.com/s?rh=n%3A1&s=price-desc-rank"


def test_node_and_refinements_of_a_job_go_before_those_of_an_address() -> None:
    query = {"rh": "n:1,p_36:1000-,p_72:4,p_89:Sony", "low-price": "5"}
    options = SearchOptions(
        node="172282", refinements=["p_89:Anker", "p_89:B & O"], price_max=20, query=query
    )
    assert search_url(MARKETPLACES["US"], "x", options=options) == (
        "https://www.amazon.com/s?k=x&rh=n%3A172282%2Cp_72%3A4%2Cp_89%3AAnker%7CB+%26+O"
        "&low-price=5&high-price=20"
    )


def test_the_job_may_ask_for_the_stores_own_order_again() -> None:
    options = SearchOptions(sort_by="relevance", query={"rh": "n:1", "s": "review-rank"})
    assert search_url(MARKETPLACES["US"], None, options=options).endswith("/s?rh=n%3A1")


@pytest.mark.parametrize(
    ("url_a", "url_b", "same"),
    [
        ("https://www.amazon.com/dp/X", "https://amazon.com/gp/Y", True),
        ("https://www.amazon.com/", "https://www.amazon.de/", True),
        ("https://www.amazon.com/", "https://evil.example/", False),
        ("https://www.amazon.com/", "http://169.254.169.254/", False),
        ("https://sandbox.test/", "https://sandbox.test/x", True),
        ("https://sandbox.test/", "https://www.amazon.com/", False),
        ("https://www.amazon.com/", "file:///etc/passwd", False),
    ],
)
def test_redirects_stay_on_the_stores(url_a: str, url_b: str, same: bool) -> None:
    assert is_same_site(url_a, url_b) is same

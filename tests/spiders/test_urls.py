from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.marketplaces import MARKETPLACES
from spiders.urls import (
    NotAnAmazonTarget,
    SearchOptions,
    canonical_product_url,
    is_same_site,
    isbn10_from_isbn13,
    product_target_from_text,
    product_url,
    search_url,
)

ASIN = "B073JYC4XM"
US, DE = "www.amazon.com", "www.amazon.de"

FORMS = [
    ("B073JYC4XM", None),
    ("  b073jyc4xm\n", None),
    ("https://www.amazon.com/dp/B073JYC4XM", US),
    ("http://amazon.com/dp/b073jyc4xm?th=1", US),
    ("amazon.com/dp/B073JYC4XM", US),
    ("https://smile.amazon.com/dp/B073JYC4XM/", US),
    ("https://m.amazon.com/dp/B073JYC4XM#top", US),
    ("https://www.amazon.com/Some-Slug/dp/B073JYC4XM/ref=sr_1_1?keywords=x", US),
    ("https://www.amazon.de/-/en/dp/B073JYC4XM", DE),
    ("https://www.amazon.de/-/en/Slug/dp/B073JYC4XM/ref=x", DE),
    ("https://www.amazon.de/en/dp/B073JYC4XM", DE),
    ("https://www.amazon.com/gp/product/B073JYC4XM", US),
    ("https://www.amazon.com/gp/product/glance/B073JYC4XM", US),
    ("https://www.amazon.com/gp/aw/d/B073JYC4XM", US),
    ("https://www.amazon.com/exec/obidos/ASIN/B073JYC4XM/x-20", US),
    ("https://www.amazon.com/exec/obidos/tg/detail/-/B073JYC4XM/", US),
    ("https://www.amazon.com/o/ASIN/B073JYC4XM", US),
    ("https://www.amazon.com/dp/product/B073JYC4XM", US),
    ("https://www.amazon.com/product/B073JYC4XM", US),
    ("https://www.amazon.com/d/B073JYC4XM", US),
    ("https://www.amazon.com/gp/offer-listing/B073JYC4XM/ref=x", US),
    ("https://www.amazon.com/product-reviews/B073JYC4XM", US),
    ("https://www.amazon.com/gp/customer-reviews/R123?ASIN=B073JYC4XM", US),
    ("https://www.amazon.com/gp/aod/ajax/?asin=b073jyc4xm", US),
    ("https://www.amazon.com/sspa/click?ie=UTF8&url=%2FSlug%2Fdp%2FB073JYC4XM%2Fref%3Dsr", US),
    ("https://www.amazon.com/sspa/click?url=%252FSlug%252Fdp%252FB073JYC4XM%252Fref", US),
    ("https://www.amazon.de/gp/slredirect/picassoRedirect.html?url=%2Fx%2Fdp%2FB073JYC4XM", DE),
    ("https://aax-us-east.amazon-adsystem.com/x/c/Q/https://www.amazon.com/dp/B073JYC4XM", US),
    ("https://amzn.com/B073JYC4XM", US),
    ("https://amzn.com/dp/B073JYC4XM", US),
    ("https://www.amazon.com:443/dp/B073JYC4XM", US),
]  # fmt: skip


@pytest.mark.parametrize(("text", "host"), FORMS)
def test_every_form_names_the_product(text: str, host: str | None) -> None:
    target = product_target_from_text(text)
    assert (target.asin, target.host, target.warnings) == (ASIN, host, ())


@pytest.mark.parametrize(
    ("text", "asin"),
    [
        ("080442957X", "080442957X"),
        ("080442957x", "080442957X"),
        ("9780306406157", "0306406152"),
        ("978-0-306-40615-7", "0306406152"),
        ("https://www.amazon.com/exec/obidos/ISBN=080442957X", "080442957X"),
        ("https://www.amazon.com/dp/9780306406157", "0306406152"),
    ],
)
def test_books_are_named_by_isbn(text: str, asin: str) -> None:
    assert product_target_from_text(text).asin == asin


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("headphones", "neither an ASIN"),
        ("B073JYC4X", "neither an ASIN"),
        ("B073JYC4XM2", "neither an ASIN"),
        ("https://amzn.to/3xYz", "short link"),
        ("https://a.co/d/abc", "short link"),
        ("https://amzn.eu/d/abc", "short link"),
        ("https://www.example.com/dp/B073JYC4XM", "not a store"),
        ("https://www.amazon.com.evil.example/dp/B073JYC4XM", "not a store"),
        ("https://evil.example/https://www.amazon.com/dp/B073JYC4XM", "not a store"),
        ("https://www.amazon.com@evil.example/dp/B073JYC4XM", "not a store"),
        ("ftp://www.amazon.com/dp/B073JYC4XM", "scheme"),
        ("javascript://www.amazon.com/dp/B073JYC4XM", "scheme"),
        ("https://www.amazon.com/s?k=usb", "no ASIN"),
        ("https://www.amazon.com/dp/", "no ASIN"),
        ("https://www.amazon.com/dp/headphones", "a word"),
        ("https://www.amazon.com:port/dp/B073JYC4XM", "not a URL"),
        ("https://[::1/dp/B073JYC4XM", "not a URL"),
        ("9791090636071", "no ASIN"),
        ("9780306406158", "no ASIN"),
    ],
)
def test_what_names_no_product_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAnAmazonTarget, match=reason):
        product_target_from_text(text)


def test_refusal_names_the_value() -> None:
    with pytest.raises(NotAnAmazonTarget, match=r"amzn\.to/3xYz"):
        product_target_from_text("https://amzn.to/3xYz")


def test_wrong_check_digit_is_a_warning_not_a_refusal() -> None:
    target = product_target_from_text("0804429570")
    assert (target.asin, target.warnings) == ("0804429570", ("asin_unusual",))


def test_isbn13_without_a_short_form() -> None:
    assert isbn10_from_isbn13("9791090636071") is None


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


@given(st.text())
def test_any_text_is_a_target_or_a_refusal(text: str) -> None:
    try:
        target = product_target_from_text(text)
    except NotAnAmazonTarget:
        return
    assert len(target.asin) == 10
    assert target.asin.isascii()


@given(st.from_regex(r"https?://(www\.)?amazon\.(com|de)/[\x20-\x7e]{0,60}", fullmatch=True))
def test_any_store_address_is_a_target_or_a_refusal(url: str) -> None:
    try:
        assert len(product_target_from_text(url).asin) == 10
    except NotAnAmazonTarget as refusal:
        assert refusal.reason

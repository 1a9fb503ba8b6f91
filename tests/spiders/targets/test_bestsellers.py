"""Which list a text asks for: a category's slug or node, or the address of one of the five lists."""

from __future__ import annotations

import pytest

from spiders.sites.bestsellers import LIST_SEGMENTS, ListPlace, is_list_address, list_url
from spiders.sites.marketplaces import MARKETPLACES
from spiders.targets import EmptyTarget, ListTarget, NotAnAmazonTarget, list_target_from_text


def read(text: str) -> ListTarget:
    target = list_target_from_text(text)
    assert isinstance(target, ListTarget)
    return target


CATEGORIES = [
    ("electronics", "electronics", None),
    (" Electronics ", "electronics", None),
    ("ce-de", "ce-de", None),
    ('"hi"', "hi", None),
    ("/electronics/", "electronics", None),
    ("electronics/172541", "electronics", "172541"),
    ("electronics/502394/281052", "electronics", "281052"),
    ("172541", None, "172541"),
    ("node:172541", None, "172541"),
    ("NODE: 172541", None, "172541"),
    ("elec\u200btronics", "electronics", None),
]


@pytest.mark.parametrize(("text", "slug", "node"), CATEGORIES)
def test_category_alone_leaves_the_list_to_the_job(
    text: str, slug: str | None, node: str | None
) -> None:
    target = read(text)
    assert target.place == ListPlace("best_sellers", slug, node)
    assert (target.host, target.names_list) == (None, False)


PATHS = [
    ("/gp/bestsellers/electronics", "best_sellers", "electronics", None),
    ("/gp/bestsellers/electronics/172541", "best_sellers", "electronics", "172541"),
    ("/gp/bestsellers/172541", "best_sellers", None, "172541"),
    ("/gp/bestsellers/ce-de/ref=zg_bs_pg_2?ie=UTF8&pg=2", "best_sellers", "ce-de", None),
    ("/gp/bestsellers/ce-de/1071738/ref=zg_bs_nav_1", "best_sellers", "ce-de", "1071738"),
    ("/Best-Sellers-Electronics/zgbs/electronics", "best_sellers", "electronics", None),
    ("/Best-Sellers-Headphones/zgbs/electronics/172541/ref=x", "best_sellers", "electronics", "172541"),
    ("/bestseller-kopfh%C3%B6rer/zgbs/ce-de/570278", "best_sellers", "ce-de", "570278"),
    ("/zgbs/electronics", "best_sellers", "electronics", None),
    ("/bestsellers/electronics", "best_sellers", "electronics", None),
    ("/-/en/gp/bestsellers/ce-de", "best_sellers", "ce-de", None),
    ("/-/de/Best-Sellers-Books/zgbs/books", "best_sellers", "books", None),
    ("/GP/BestSellers/Electronics", "best_sellers", "electronics", None),
    ("/gp/new-releases/books/25", "new_releases", "books", "25"),
    ("/gp/movers-and-shakers/toys-and-games/", "movers_and_shakers", "toys-and-games", None),
    ("/gp/most-wished-for/kitchen", "most_wished_for", "kitchen", None),
    ("/gp/most-gifted/jewelry/ref=zg_mg", "most_gifted", "jewelry", None),
    ("/gp/bestsellers", "best_sellers", None, None),
    ("/gp/bestsellers/ref=zg_bs_unv", "best_sellers", None, None),
    ("/Best-Sellers/zgbs/ref=zg_bs_unv_hi_0_1", "best_sellers", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("path", "name", "slug", "node"), PATHS)
def test_address_names_its_list_and_category(
    path: str, name: str, slug: str | None, node: str | None
) -> None:
    for start in ("https://www.amazon.de", "www.amazon.de", "look: http://amazon.de"):
        target = read(f"{start}{path}")
        assert target.place == ListPlace(name, slug, node)
        assert (target.host, target.names_list) == ("www.amazon.de", True)
    assert is_list_address(f"https://www.amazon.de{path}")


def test_path_without_a_host_names_its_list() -> None:
    for text in ("/gp/new-releases/books", "gp/new-releases/books", "new-releases/books"):
        target = read(text)
        assert (target.place, target.host) == (ListPlace("new_releases", "books"), None)
        assert target.names_list


REFUSED = [
    ("usb hub", "not a category's slug"),
    ("Kopfhörer", "not a category's slug"),
    ("B073JYC4XM", "a product's number"),
    ("electronics/headphones", "not a browse node"),
    ("12", "not a category's slug"),
    ("new-releases", "no category"),
    ("https://www.amazon.com/dp/B073JYC4XM", "no list in this address"),
    ("https://www.amazon.com/s?k=usb", "no list in this address"),
    ("https://www.amazon.com/", "no list in this address"),
    ("https://example.com/gp/bestsellers/electronics", "not a store we know"),
    ("ftp://www.amazon.com/gp/bestsellers/electronics", "not http or https"),
    ("https://www.amazon.com/gp/bestsellers/a https://www.amazon.com/gp/bestsellers/b", "2 addresses"),
    ("https://www.amazon.com/Bestsellers-Book/dp/B073JYC4XM/bestsellers/x", "no list"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_text_that_names_no_list_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAnAmazonTarget, match=reason):
        list_target_from_text(text)


@pytest.mark.parametrize("name", LIST_SEGMENTS)
def test_address_that_is_made_is_read_as_the_same_place(name: str) -> None:
    store = MARKETPLACES["US"]
    for place in (
        ListPlace(name, "books"),
        ListPlace(name, "books", "25"),
        ListPlace(name, None, "172541"),
    ):
        url = list_url(store, place, page=2, language="en_US")
        assert read(url).place == place
        assert url.endswith("?pg=2&language=en_US")
    assert list_url(store, ListPlace(name, "books")) == (
        f"https://www.amazon.com/gp/{LIST_SEGMENTS[name]}/books"
    )


def test_text_with_nothing_in_it_is_an_empty_target() -> None:
    assert list_target_from_text(" \u200b") == EmptyTarget()

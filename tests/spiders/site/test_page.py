"""Rows and links of one page."""

import pytest

from spiders.site.page import MAX_LINKS, SitePage, TooMuch
from spiders.sites.page_urls import Reach
from spiders.sites.selectors import BadSelector, xpath_from_css

URL = "http://shop.test/list/1?page=1"
REACH = Reach.of(URL)


def page(body: str, *, url: str = URL) -> SitePage:
    return SitePage(f"<html><head></head><body>{body}</body></html>", url)


def links(body: str, *, respect_nofollow: bool = True) -> list[str]:
    return [url for _, url in page(body).links(REACH, respect_nofollow=respect_nofollow)]


def test_no_match_is_none_one_is_text_and_several_are_a_list() -> None:
    found = page("<h1> One </h1><p class=a>x</p><p class=a>y</p><img src=i.png>").rows(
        {
            "title": "h1::text",
            "all": "p.a::text",
            "image": "img::attr(src)",
            "none": "h2::text",
            "element": "h1",
        },
        None,
    )
    assert list(found) == [
        {
            "title": " One ",
            "all": ["x", "y"],
            "image": "i.png",
            "none": None,
            "element": "<h1> One </h1>",
        }
    ]


def test_an_item_selector_gives_a_row_for_each_match_and_looks_inside_of_it() -> None:
    body = "<li><b>1</b></li><li></li><b>outside</b>"
    assert list(page(body).rows({"n": "b::text"}, "li")) == [{"n": "1"}, {"n": None}]
    assert list(page(body).rows({"n": "b::text"}, "article")) == []


def test_rows_that_repeat_the_page_are_refused_before_they_are_built() -> None:
    # Each element once with all that it contains: quadratic in the depth.
    nested = "<div>" * 200 + "x" * 20_000 + "</div>" * 200
    with pytest.raises(TooMuch, match="characters"):
        list(page(nested).rows({"everything": "*"}, None))


def test_a_bad_selector_is_named() -> None:
    with pytest.raises(BadSelector, match="'h1::nope"):
        xpath_from_css("h1::nope(")


def test_links_are_absolute_once_each_and_within_reach() -> None:
    found = links(
        '<a href="/a#x">1</a><a href="/a">2</a><a href="b">3</a><a href="//shop.test:80/a">4</a>'
        '<a href="http://elsewhere.test/">5</a><a href="mailto:a@b.test">6</a><a href="#top">7</a>'
        '<a href="?page=1">itself</a><a href="javascript:x()">8</a><a href="/file.PDF">9</a>'
        '<a href="http://[bad">10</a><a href="ftp://shop.test/">11</a><a>12</a>'
    )
    assert found == ["http://shop.test/a", "http://shop.test/list/b"]


def test_base_href_is_honoured() -> None:
    body = '<base href="/other/"><a href="a">1</a>'
    assert links(body) == ["http://shop.test/other/a"]


def test_nofollow_is_respected_with_robots_and_ignored_without() -> None:
    one = '<a rel="external NoFollow" href="/a">1</a><a href="/b">2</a>'
    assert links(one) == ["http://shop.test/b"]
    assert len(links(one, respect_nofollow=False)) == 2
    whole = '<meta name="Robots" content="noindex, nofollow"><a href="/a">1</a>'
    assert links(whole) == []
    assert len(links(whole, respect_nofollow=False)) == 1


def test_a_page_of_endless_links_gives_a_bounded_number() -> None:
    body = "".join(f'<a href="/{number}">x</a>' for number in range(MAX_LINKS + 500))
    assert len(links(body)) == MAX_LINKS


@pytest.mark.parametrize("css", ["a.next", "a.next::attr(href)"])
def test_the_next_page_is_an_element_or_its_attribute(css: str) -> None:
    found = page('<a class="next" href="?page=2">next</a>').next_page(css, REACH)
    assert found is not None
    assert found[1] == "http://shop.test/list/1?page=2"


def test_a_next_page_that_is_the_page_itself_is_none() -> None:
    assert page('<a class="next" href="?page=1">next</a>').next_page("a.next", REACH) is None

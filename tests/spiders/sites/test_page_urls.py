"""When two URLs are one page, and which hosts a job may visit."""

import pytest

from spiders.sites.page_urls import NotAPageUrl, Reach, page_key


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.test/a?x=1&y=2",
        "http://shop.test/a?y=2&x=1",
        "http://shop.test:80/a?x=1&y=2#part",
        "https://shop.test:443/a?x=1&y=2",
        "HTTP://Shop.Test/a?x=1&y=2",
        "http://shop.test./a?x=1&y=2",
        "http://me:secret@shop.test/a?x=1&y=2",
        "http://shop.test/%61?x=1&y=2",
    ],
)
def test_urls_of_one_page_have_one_key(url: str) -> None:
    assert page_key(url) == "//shop.test/a?x=1&y=2"


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.test/A?x=1&y=2",
        "http://shop.test/a/?x=1&y=2",
        "http://www.shop.test/a?x=1&y=2",
        "http://shop.test:8080/a?x=1&y=2",
        "http://shop.test/a?x=1",
    ],
)
def test_urls_of_other_pages_have_other_keys(url: str) -> None:
    assert page_key(url) != "//shop.test/a?x=1&y=2"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.test/a",
        "/a",
        "javascript:alert(1)",
        "http://",
        "http://shop.test:99999/",
        "http://[::1/",
        "http://internal.test\\@shop.test/",
    ],
)
def test_what_is_no_page_is_refused(url: str) -> None:
    with pytest.raises(NotAPageUrl):
        page_key(url)


def test_without_domains_a_job_stays_on_its_host_with_or_without_www() -> None:
    for start in ("http://shop.test/", "https://www.shop.test/"):
        reach = Reach.of(start)
        assert reach.holds("https://shop.test/a")
        assert reach.holds("http://www.shop.test:81/a")
        assert not reach.holds("http://other.shop.test/")
        assert not reach.holds("http://notshop.test/")


def test_given_domains_hold_with_their_subdomains() -> None:
    reach = Reach.of("http://shop.test/", ["Shop.test", "cdn.example"])
    assert reach.holds("http://deep.down.shop.test/")
    assert reach.holds("http://cdn.example/")
    assert not reach.holds("http://example/")
    assert not reach.holds("http://xshop.test/")

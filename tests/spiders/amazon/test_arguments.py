"""Spider arguments: what they become, and that a wrong one is refused before any request."""

from __future__ import annotations

from decimal import Decimal

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from spiders.amazon.base import AmazonSpider, BadArgument
from spiders.amazon.detail import AmazonDetailSpider
from spiders.amazon.search import AmazonSearchSpider, Progress
from spiders.work.target import Target

SPIDERS: dict[str, type[AmazonSpider]] = {
    "search": AmazonSearchSpider,
    "detail": AmazonDetailSpider,
}


def make(spider: str, **arguments: str) -> AmazonSpider:
    settings = {"PAGE_ATTEMPTS": 4, "RETRY_DELAY_SECONDS": 1.0}
    crawler = Crawler(SPIDERS[spider], Settings(settings))
    return SPIDERS[spider].from_crawler(crawler, **arguments)


def targets(spider: str, **arguments: str) -> list[Target]:
    return list(make(spider, **arguments).targets_from_arguments())


@pytest.mark.parametrize(
    ("spider", "arguments", "words"),
    [
        ("search", {}, "keywords is missing"),
        ("search", {"keywords": " , "}, "keywords is missing"),
        ("search", {"keywords": "a", "max_pages": "two"}, "max_pages is 'two'"),
        ("search", {"keywords": "a", "max_pages": "0"}, "max_pages is '0'"),
        ("search", {"keywords": "a", "max_results": "-1"}, "max_results is '-1'"),
        ("search", {"keywords": "a", "price_min": "cheap"}, "price_min is 'cheap'"),
        ("search", {"keywords": "a", "include_sponsored": "maybe"}, "include_sponsored is 'maybe'"),
        ("search", {"keywords": "a", "sort_by": "luck"}, "luck"),
        ("search", {"keywords": "a", "lang": "xx-YY"}, "unsupported lang 'xx-YY'"),
        ("search", {"keywords": "a", "marketplace": "mars"}, "unsupported marketplace 'mars'"),
        ("search", {"keywords": "a", "marketplace": "sandbox"}, "SANDBOX_URL"),
        ("search", {"keyword": "a"}, "no argument keyword; known: keywords, keywords_file"),
        ("search", {"keywords": "a", "marketplaces": "DE"}, "no argument marketplaces"),
        ("detail", {}, "targets is missing"),
        (
            "detail",
            {"asins": "B000000001"},
            "no argument asins; known: expand_variants, include, conditions",
        ),
        ("detail", {"targets": "https://example.com/dp/B000000001"}, "example.com"),
        ("detail", {"targets": "no-asin"}, "no-asin"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(
    spider: str, arguments: dict[str, str], words: str
) -> None:
    with pytest.raises(BadArgument) as error:
        make(spider, **arguments)
    assert words in str(error.value)


def test_each_keyword_is_a_target_with_every_option() -> None:
    found = targets(
        "search",
        keywords="usb hub, käse",
        lang="de-DE",
        max_pages="3",
        max_results="50",
        include_sponsored="no",
        sort_by="price_asc",
        price_min="5.5",
    )
    assert [target.params["keyword"] for target in found] == ["usb hub", "käse"]
    assert [target.id for target in found] == ["1", "2"]
    assert found[1].url.startswith("https://www.amazon.de/s?k=k%C3%A4se")
    assert "s=price-asc-rank" in found[0].url
    wanted = {"maxPages": 3, "maxResults": 50, "includeSponsored": False, "language": "de_DE"}
    assert wanted.items() <= dict(found[0].params).items()


def test_the_store_of_a_product_is_the_one_of_its_url_unless_it_is_told() -> None:
    found = targets("detail", targets="B000000001,https://www.amazon.co.jp/dp/B000000002")
    assert [target.url.partition("?")[0] for target in found] == [
        "https://www.amazon.com/dp/B000000001",
        "https://www.amazon.co.jp/dp/B000000002",
    ]
    (told,) = targets("detail", targets="https://www.amazon.co.jp/dp/B000000002", marketplace="DE")
    assert told.url.startswith("https://www.amazon.de/dp/B000000002")


def test_every_text_that_is_no_target_is_named() -> None:
    listed = "B073JYC4XM,headphones\nhttps://amzn.to/3x,B0DS6WTXGP"
    with pytest.raises(BadArgument) as error:
        targets("detail", targets=listed)
    assert "targets: 2 of the texts are no targets" in str(error.value)
    assert "headphones" in str(error.value) and "amzn.to/3x" in str(error.value)


def test_the_good_ones_run_when_asked_to(caplog: pytest.LogCaptureFixture) -> None:
    found = targets("detail", targets="\ufeffB073JYC4XM,headphones", on_invalid="skip")
    assert [target.params["asin"] for target in found] == ["B073JYC4XM"]
    assert "headphones" in caplog.text
    with pytest.raises(BadArgument, match="1 of the texts"):
        targets("detail", targets="headphones", on_invalid="skip")
    with pytest.raises(BadArgument, match="on_invalid is 'no'"):
        targets("detail", targets="B073JYC4XM", on_invalid="no")


def test_a_searchs_own_address_is_read_with_all_that_it_says() -> None:
    address = "https://www.amazon.de/s?k=usb+hub&rh=n%3A1&s=price-asc-rank&page=3"
    (target,) = targets("search", keywords=address, max_pages="2")
    assert target.params["target"] == address
    assert target.params["keyword"] == "usb hub"
    assert target.url == (
        "https://www.amazon.de/s?k=usb+hub&rh=n%3A1&s=price-asc-rank&page=3&language=de_DE"
    )
    spider = make("search", keywords=address)
    assert spider.first_request(target).url == target.url
    wants_more = spider._wants_more  # type: ignore[attr-defined]
    assert wants_more(target, 3, Progress()) and not wants_more(target, 4, Progress())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"keywords": "https://www.amazon.de/b?node=1", "marketplace": "US"}, "marketplace: .* US"),
        ({"keywords": "lamp", "node": "pets"}, "node is 'pets'"),
        ({"keywords": "lamp", "refinements": "Anker"}, "refinements: 'Anker' is no refinement"),
        ({"keywords": "https://amzn.to/3x"}, "a short link"),
    ],
)
def test_what_no_store_lists_ends_the_crawl_with_its_reason(
    arguments: dict[str, str], message: str
) -> None:
    with pytest.raises(BadArgument, match=message):
        targets("search", **arguments)


def test_a_category_and_a_sellers_products_are_searches_without_a_keyword() -> None:
    found = targets("search", keywords="node:172282,seller:A2L77EE7U53NWQ", node="")
    assert [(target.params["keyword"], target.url) for target in found] == [
        (None, "https://www.amazon.com/s?rh=n%3A172282&language=en_US"),
        (None, "https://www.amazon.com/s?me=A2L77EE7U53NWQ&language=en_US"),
    ]


def test_requests_say_in_which_language_the_page_shall_be() -> None:
    spider = make("detail", targets="B000000001", lang="de-DE")
    (target,) = spider.targets_from_arguments()
    request = spider.first_request(target)
    assert request.headers[b"Accept-Language"] == b"de-DE,de;q=0.8"
    assert request.headers[b"Accept-Encoding"] == b"gzip"


def test_a_price_limit_is_written_as_it_was_given() -> None:
    (target,) = targets("search", keywords="a", price_min="5.5", price_max="100")
    limits = Decimal(str(target.params["priceMin"])), Decimal(str(target.params["priceMax"]))
    assert limits == (Decimal("5.5"), Decimal(100))

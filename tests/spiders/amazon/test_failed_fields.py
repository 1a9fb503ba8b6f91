"""What the crawl's statistics say of fields that could not be read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from spiders.amazon.base import AmazonSpider
from spiders.amazon.detail import AmazonDetailSpider
from spiders.amazon.search import AmazonSearchSpider, Progress
from spiders.pages.guard import FieldGuard
from spiders.pages.product import _FIELDS
from spiders.pages.searches.search import _CARD_FIELDS
from tests.spiders import little_store as pages
from tests.spiders.pages.cases import all_cases


def surprise(*_: object) -> Any:
    raise RuntimeError("nobody thought of this")


def parsed(spider_class: type[AmazonSpider], body: bytes, **state: Any) -> tuple[list[Any], Any]:
    """What the spider yields for a page, and the statistics after it."""
    crawler = get_crawler(spider_class)
    argument = (
        {"keywords": "hub"} if spider_class is AmazonSearchSpider else {"targets": "B0FIXTURE1"}
    )
    spider = spider_class.from_crawler(crawler, **argument)
    (target,) = spider.targets_from_arguments()
    response = HtmlResponse(target.url, body=body, request=Request(target.url))

    async def collect() -> list[Any]:
        return [found async for found in spider.parse(response, target, **state, page_url="")]

    assert crawler.stats is not None
    return asyncio.run(collect()), crawler.stats


def test_each_row_counts_for_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FieldGuard, "raises", False)
    monkeypatch.setitem(_CARD_FIELDS, "unitPrice", surprise)
    body = pages.search_html(0, 3, has_next=False)
    found, stats = parsed(AmazonSearchSpider, body, page=1, progress=Progress())
    assert [row.unitPrice for row in found] == [None] * 3
    assert stats.get_value("fields/failed/unitPrice") == 3


def test_what_a_page_says_of_the_search_is_in_the_statistics_of_direct_mode() -> None:
    body = pages.search_html(0, 3, has_next=False)
    _, stats = parsed(AmazonSearchSpider, body, page=2, progress=Progress())
    (told,) = stats.get_value("searchInfo")
    assert (told["keyword"], told["page"], told["totalResults"]) == ("hub", 2, 3_000)
    assert (told["correctedKeyword"], told["departmentFallback"]) == (None, False)


def test_so_does_a_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FieldGuard, "raises", False)
    monkeypatch.setitem(_FIELDS, "videos", surprise)
    case = next(case for case in all_cases() if case.name == "product_everything")
    (product,), stats = parsed(AmazonDetailSpider, (case.folder / "input.html").read_bytes())
    assert product.videos is None
    assert stats.get_value("fields/failed/videos") == 1

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response
from spiders.pages.title import TitlePage

from spiders.amazon.base import AmazonSpider
from spiders.middlewares.failed_download import FailedDownload
from spiders.work.target import Target


class AmazonTitleSpider(AmazonSpider):
    name = "amazon_title"

    def __init__(self, *args: Any, asins: str = "", **arguments: Any) -> None:
        super().__init__(*args, **arguments)

    def targets_from_arguments(self) -> Iterator[Target]:
        yield from ()

    def first_request(self, target: Target) -> Request:
        return self.page_request(target, target.url)

    async def parse(self, response: Response, target: Target) -> AsyncIterator[Any]:
        page = None
        if not isinstance(response, FailedDownload):
            page = TitlePage(self.fetched(response), asin=target.params["asin"])
        failure = self.failure_of(response, page.status if page else None)
        if page is None or failure is not None:
            if failure and (retry := self.retry_or_fail(response, failure)):
                yield retry
            return
        if item := page.item():
            item.target = target.params["target"]
            item.letters = min(item.letters or 0, target.params["maxLetters"])
            yield item

"""Profiles of sellers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from spiders.amazon.base import ListedSpider
from spiders.amazon.place import tell_asked_place
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.seller import SellerPage
from spiders.sites.sellers import seller_of_address, seller_url
from spiders.targets.sellers import seller_target_from_text
from spiders.work.target import Target

COLUMNS = ("url", "target")


class AmazonSellerSpider(ListedSpider):
    """`scrapy crawl amazon_seller -a targets=A2L77EE7U53NWQ,https://www.amazon.de/sp?seller=A... -O rows.jsonl`

    Or `-a targets_file=sellers.csv`, `-` for standard input.
    """

    name = "amazon_seller"

    def targets_from_arguments(self) -> Iterator[Target]:
        listed = self.asked_targets(seller_target_from_text, columns=COLUMNS, form="SELLER_OR_URL")
        for number, asked in enumerate(listed, start=1):
            locale = self.locale(url_host=asked.host)
            url = seller_url(locale.marketplace, asked.seller_id, language=locale.language)
            params = {
                "target": asked.text,
                "sellerId": asked.seller_id,
                "lang": locale.lang,
                "language": locale.language,
                **self.place_params(locale),
            }
            yield Target(id=str(number), url=url, params=params)

    def first_request(self, target: Target) -> Request:
        return self.page_request(target, target.url, page_url=target.url)

    async def parse(self, response: Response, target: Target, page_url: str) -> AsyncIterator[Any]:
        page = None
        if not isinstance(response, FailedDownload):
            # Seeds pushed by hand may say nothing but their URL.
            asked = target.params.get("sellerId") or seller_of_address(urlsplit(target.url))
            page = SellerPage(
                self.fetched(response), seller_id=asked or "", lang=target.params.get("lang")
            )
        failure = self.failure_of(response, page.status if page else None)
        if page is None or failure is not None:
            if failure and (retry := self.retry_or_fail(response, failure)):
                yield retry
            return
        item = page.item()
        if item is not None:
            item.target = target.params.get("target")
            self.count_failed_fields(item.warnings)
            tell_asked_place(item, response)
            yield item

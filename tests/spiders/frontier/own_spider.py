"""An own spider of the pool: items of every kind, over two pages of one target."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Response

from spiders.amazon.detail import AmazonDetailSpider
from tests.spiders.item_kinds import KINDS, values


class OwnSpider(AmazonDetailSpider):
    name = "amazon_detail"

    async def parse(
        self, response: Response, target: Any, page_url: str, is_second: bool = False
    ) -> AsyncIterator[Any]:
        for kind, make in KINDS.items():
            yield make(**values(kind))
        # The names of our own rows' places mean nothing in a stranger's item.
        yield {"page": "about", "position": 1}
        if not is_second:
            yield self.page_request(target, page_url, page_url=page_url, is_second=True)

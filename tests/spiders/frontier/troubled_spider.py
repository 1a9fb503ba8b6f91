"""The detail spider with the defects that no page can cause. For test_outcomes.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from scrapy.http import Response

from spiders.amazon.detail import AmazonDetailSpider
from spiders.items.product import Product

RAISES = "B00RAISES0"
RAISES_LATE = "B00RAISES1"
DROPPED = "B00DROPPED"
BREAKS = "B00BREAKS0"


class TroubledSpider(AmazonDetailSpider):
    name = "amazon_detail"

    async def parse(self, response: Response, target: Any, page_url: str) -> AsyncIterator[Any]:
        asin = target.params.get("asin")
        if asin == RAISES:
            raise RuntimeError("the callback broke")
        if asin == DROPPED:
            yield product("too short")
        elif asin == BREAKS:
            broken: Any = product(BREAKS)
            broken.rating = "no number"
            yield broken
        elif asin == RAISES_LATE:
            yield product(RAISES_LATE)
            raise RuntimeError("the callback broke after its first item")
        else:
            async for output in super().parse(response, target=target, page_url=page_url):
                yield output


def product(asin: str) -> Product:
    return Product(
        asin=asin,
        url=f"https://www.amazon.com/dp/{asin}",
        rating=Decimal(4),
        scrapedAt=datetime.now(UTC),
        parserVersion="test",
    )

"""The detail spider that dies of one page, as of a fault in a parser's C code. For test_seclusion.py."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Response

from spiders.amazon.detail import AmazonDetailSpider

KILLS = "B00KILLS00"


class DeadlySpider(AmazonDetailSpider):
    name = "amazon_detail"

    async def parse(self, response: Response, target: Any, page_url: str) -> AsyncIterator[Any]:
        if target.params.get("asin") == KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        async for output in super().parse(response, target=target, page_url=page_url):
            yield output

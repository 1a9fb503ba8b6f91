"""Lets a request wait before it is sent: the back-off of a second try."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler

from spiders.work.waits import Waits

DELAY = "delay_seconds"


class DelayMiddleware:
    def __init__(self, waits: Waits) -> None:
        self._waits = waits

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DelayMiddleware:
        return cls(Waits.from_crawler(crawler))

    async def process_request(self, request: Request) -> None:
        delay = request.meta.pop(DELAY, 0.0)
        if delay > 0:
            await self._waits.sleep(request, delay)

"""Lets a request wait before it is sent: the back-off of a second try."""

from __future__ import annotations

import asyncio

from scrapy import Request

DELAY = "delay_seconds"


class DelayMiddleware:
    async def process_request(self, request: Request) -> None:
        delay = request.meta.pop(DELAY, 0.0)
        if delay > 0:
            await asyncio.sleep(delay)

"""Requests that wait for their time: pacing, and the back-off of second tries."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler

from spiders.items import signals as our_signals
from spiders.items.target import RequestUnsent

# Shorter waits are over before anything could be done with the room.
WORTH_TELLING_SECONDS = 0.5
LOOK_SECONDS = 0.25


class Waits:
    """Tells the frontier of long waits, so that a target which only waits holds up no other. A wait
    ends with RequestUnsent when the crawler closes: its target is given back at once."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closing = asyncio.Event()
        self._waiting = 0
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Waits:
        return cls(crawler)

    async def sleep(self, request: Request, seconds: float) -> None:
        if seconds < WORTH_TELLING_SECONDS:
            await asyncio.sleep(seconds)
        else:
            await self.stand_in_line(request, asyncio.sleep(seconds))

    async def stand_in_line(self, request: Request, turn: Coroutine[Any, Any, None]) -> None:
        """Wait for `turn`, however long it takes."""
        send = self._crawler.signals.send_catch_log
        send(our_signals.request_waits, request=request)
        try:
            if not await self._has_come(turn):
                send(our_signals.request_unsent, request=request)
                raise RequestUnsent("the crawler closes")
        finally:
            send(our_signals.request_goes_on, request=request)

    async def _has_come(self, turn: Coroutine[Any, Any, None]) -> bool:
        """False: the crawler closes before."""
        self._waiting += 1
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watch_for_close())
        coming = asyncio.create_task(turn)
        closing = asyncio.create_task(self._closing.wait())
        try:
            await asyncio.wait((coming, closing), return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                return False
            coming.result()
            return True
        finally:
            coming.cancel()
            closing.cancel()
            self._waiting -= 1

    async def _watch_for_close(self) -> None:
        """One look for all who wait."""
        while self._waiting and not is_closing(self._crawler):
            await asyncio.sleep(LOOK_SECONDS)
        if self._waiting:
            self._closing.set()


def is_closing(crawler: Crawler) -> bool:
    # Scrapy closes only when no request is under way, and says so by no signal before that.
    slot: Any = getattr(crawler.engine, "_slot", None)
    return not crawler.crawling or slot is None or slot.closing is not None

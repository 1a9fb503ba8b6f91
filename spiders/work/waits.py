"""Requests that wait for their time: pacing, and the back-off of second tries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler

from spiders.work import signals as our_signals
from spiders.work.target import LeasedTarget, RequestUnsent

# Shorter waits are over before anything could be done with the room.
WORTH_TELLING_SECONDS = 0.5
LOOK_SECONDS = 0.25


class Waits:
    """Tells the frontier of long waits, so that a target which only waits holds up no other.

    A wait ends early with RequestUnsent when nobody wants the page any more: the crawler closes, and the
    target is given back at once, or the frontier has let the target go.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        # Resolved when the wait is to end early.
        self._given_up: dict[asyncio.Future[None], Request] = {}
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Waits:
        waits = cls(crawler)
        crawler.signals.connect(waits.target_let_go, signal=our_signals.target_let_go)
        return waits

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
            if not await self._has_come(request, turn):
                send(our_signals.request_unsent, request=request)
                raise RequestUnsent("nobody wants the page any more")
        finally:
            send(our_signals.request_goes_on, request=request)

    def target_let_go(self, target: LeasedTarget) -> None:
        self._give_up(lambda request: request.meta.get("target_id") == target.id)

    async def _has_come(self, request: Request, turn: Coroutine[Any, Any, None]) -> bool:
        """False: the wait was given up before."""
        coming = asyncio.create_task(turn)
        given_up = asyncio.get_running_loop().create_future()
        self._given_up[given_up] = request
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watch_for_close())
        try:
            await asyncio.wait((coming, given_up), return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                return False
            coming.result()
            return True
        finally:
            coming.cancel()
            del self._given_up[given_up]

    async def _watch_for_close(self) -> None:
        """One look for all who wait."""
        while self._given_up:
            if is_closing(self._crawler):
                self._give_up(lambda request: True)
            await asyncio.sleep(LOOK_SECONDS)

    def _give_up(self, is_meant: Callable[[Request], bool]) -> None:
        for given_up, request in self._given_up.items():
            if is_meant(request) and not given_up.done():
                given_up.set_result(None)


def is_closing(crawler: Crawler) -> bool:
    # Scrapy closes only when no request is under way, and says so by no signal before that.
    slot: Any = getattr(crawler.engine, "_slot", None)
    return not crawler.crawling or slot is None or slot.closing is not None

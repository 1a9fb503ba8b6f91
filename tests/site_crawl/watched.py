"""settings.pool with an extension that tells in the log when the event loop stood still."""

from __future__ import annotations

import asyncio
import logging
import time

from scrapy import signals
from scrapy.crawler import Crawler

from settings.pool import *  # noqa: F403
from settings.pool import EXTENSIONS

logger = logging.getLogger(__name__)

EXTENSIONS = {**EXTENSIONS, "tests.site_crawl.watched.LoopWatch": 0}
TICK_SECONDS = 0.01
WORTH_TELLING_SECONDS = 0.05


class LoopWatch:
    """Counts from the first page on: what a process loads at its start is no tenant's doing."""

    def __init__(self) -> None:
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LoopWatch:
        watch = cls()
        crawler.signals.connect(watch.begin, signal=signals.item_scraped)
        return watch

    def begin(self) -> None:
        if self._watch is None:
            self._watch = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            started, used = time.monotonic(), time.thread_time()
            await asyncio.sleep(TICK_SECONDS)
            # Of the thread's own time: a machine that is busy otherwise stands still as well.
            late, worked = time.monotonic() - started - TICK_SECONDS, time.thread_time() - used
            if min(late, worked) > WORTH_TELLING_SECONDS:
                logger.warning("The loop stood still for %.3f s", min(late, worked))

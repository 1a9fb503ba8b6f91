"""Counts the errors of a crawler that waiting does not heal, for `/metrics`."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from scrapy import signals
from scrapy.crawler import Crawler

from settings.config import current_config
from spiders.work import signals as our_signals
from storage.base.away import kind_of
from storage.base.backoff import STORAGE_BACKOFF
from storage.base.connections import connect_async_redis
from storage.queue.defects import CrawlerDefects

logger = logging.getLogger(__name__)

CLOSING_SECONDS = 2.0


class DefectCounter:
    """Scrapy extension. Counts also in the crawl's statistics, which spider jobs show."""

    def __init__(self, crawler: Crawler, defects: CrawlerDefects) -> None:
        self._crawler = crawler
        self._defects = defects
        self._uncounted: Counter[str] = Counter()
        self._writer: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DefectCounter:
        counter = cls(crawler, CrawlerDefects(connect_async_redis(current_config())))
        crawler.signals.connect(counter.defect_met, signal=our_signals.defect_met)
        crawler.signals.connect(counter.engine_stopped, signal=signals.engine_stopped)
        return counter

    def defect_met(self, part: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"defects/{part}")
        self._uncounted[part] += 1
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def engine_stopped(self) -> None:
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=CLOSING_SECONDS)
            self._writer.cancel()
        await self._defects.close()

    async def _write(self) -> None:
        failures = 0
        while self._uncounted:
            counts, self._uncounted = self._uncounted, Counter()
            try:
                await self._defects.add(counts)
                failures = 0
            except Exception as error:  # noqa: BLE001 (Redis is away or refuses; the count waits)
                self._uncounted.update(counts)
                failures += 1
                logger.warning("Defects are not counted yet: %s", kind_of(error))
                await asyncio.sleep(STORAGE_BACKOFF.seconds(failures))

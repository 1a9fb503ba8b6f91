"""Scrapy's feed exports; what is not written is counted, and costs no other feed and no other item."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.extensions.feedexport import FeedExporter, FeedSlot

from settings.secret_texts import without_secrets
from spiders.work.crawl_stats import FAILED_FEEDS, LOST_ITEM_REASON, LOST_ITEMS

logger = logging.getLogger(__name__)


class Feeds(FeedExporter):
    def item_scraped(self, item: Any, spider: Spider) -> None:
        """Each feed by itself: one that cannot take the item is no reason for the others."""
        slots = self.slots
        kept: list[FeedSlot] = []
        for slot in slots:
            self.slots = [slot]
            try:
                super().item_scraped(item, spider)
            except OSError as error:
                self._drop(slot, error)
                continue
            except Exception as error:  # noqa: BLE001 (told, counted, and the exit code says so)
                self._lose(item, slot, error)
            kept += self.slots
        self.slots = kept

    async def _close_slot(self, slot: FeedSlot, spider: Spider) -> None:
        before = self._failed_stores()
        try:
            await super()._close_slot(slot, spider)
        except Exception as error:  # noqa: BLE001
            self._fail(slot, error)
            return
        if self._failed_stores() > before:
            self._count(FAILED_FEEDS)

    def _lose(self, item: Any, slot: FeedSlot, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"[:300]
        uri = without_secrets(slot.uri)
        logger.error("An item (%s) is not in %s: %s", type(item).__name__, uri, reason)
        assert self.crawler.stats is not None
        if not self.crawler.stats.get_value(LOST_ITEMS):
            self.crawler.stats.set_value(LOST_ITEM_REASON, reason)
        self._count(LOST_ITEMS)

    def _drop(self, slot: FeedSlot, error: OSError) -> None:
        """No place to write to: nothing more is tried there."""
        self._fail(slot, error)

    def _fail(self, slot: FeedSlot, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"[:300]
        logger.error("%s is not written: %s", without_secrets(slot.uri), without_secrets(reason))
        self._count(FAILED_FEEDS)

    def _count(self, name: str) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(name)

    def _failed_stores(self) -> int:
        assert self.crawler.stats is not None
        stats = self.crawler.stats.get_stats()
        return sum(v for name, v in stats.items() if name.startswith("feedexport/failed_count/"))

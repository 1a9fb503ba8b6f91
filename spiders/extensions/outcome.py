"""What became of a crawl, beyond Scrapy's own counts: the items that a pipeline broke on."""

from __future__ import annotations

from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from spiders.items.crawl_stats import LOST_ITEM_REASON, LOST_ITEMS


class CrawlOutcome:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlOutcome:
        outcome = cls(crawler)
        crawler.signals.connect(outcome.item_error, signal=signals.item_error)
        return outcome

    def item_error(self, item: Any, failure: Failure) -> None:
        stats = self._crawler.stats
        assert stats is not None
        if not stats.get_value(LOST_ITEMS):
            stats.set_value(LOST_ITEM_REASON, f"{failure.value}"[:300])
        stats.inc_value(LOST_ITEMS)

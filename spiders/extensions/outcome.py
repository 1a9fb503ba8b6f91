"""What became of a crawl in direct mode, in one line and one exit code."""

from __future__ import annotations

from collections import Counter
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure as TwistedFailure

from spiders.work import signals as our_signals
from spiders.work.crawl_stats import FAILED_FEEDS, LOST_ITEM_REASON, LOST_ITEMS
from spiders.work.lost_requests import failure_of_all
from spiders.work.target import Target
from storage.base.records import Failure


class CrawlOutcome:
    """Scrapy extension. Where a spider has no targets, its items and its errors are told instead."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._failed: dict[str, str] = {}
        # Those of the arguments, and those that the crawl has found.
        self._asked = 0
        self._seen: set[str] = set()
        self._reason = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlOutcome:
        outcome = cls(crawler)
        connect = crawler.signals.connect
        connect(outcome.spider_opened, signal=signals.spider_opened)
        connect(outcome.spider_closed, signal=signals.spider_closed)
        connect(outcome.request_scheduled, signal=signals.request_scheduled)
        connect(outcome.item_error, signal=signals.item_error)
        connect(outcome.target_failed, signal=our_signals.target_failed)
        connect(outcome.request_lost, signal=our_signals.request_lost)
        return outcome

    def spider_opened(self, spider: Spider) -> None:
        self._asked = getattr(spider, "direct_target_count", 0)

    def request_scheduled(self, request: Request) -> None:
        target = request.cb_kwargs.get("target")
        if isinstance(target, Target):
            self._seen.add(target.id)

    def spider_closed(self, spider: Spider, reason: str) -> None:
        self._reason = reason

    def item_error(self, item: Any, failure: TwistedFailure) -> None:
        stats = self._crawler.stats
        assert stats is not None
        if not stats.get_value(LOST_ITEMS):
            stats.set_value(LOST_ITEM_REASON, f"{failure.value}"[:300])
        stats.inc_value(LOST_ITEMS)

    def target_failed(self, target: Target, failure: Failure) -> None:
        self._failed.setdefault(target.id, str(failure.code))

    def request_lost(self, request: Request, failure: Failure) -> None:
        target = request.cb_kwargs.get("target")
        self._failed.setdefault(getattr(target, "id", request.url), str(failure.code))

    @property
    def is_failure(self) -> bool:
        """Nothing succeeded and something failed, or something that was found is not written."""
        if self._count(LOST_ITEMS) or self._count(FAILED_FEEDS):
            return True
        if self._targets:
            return len(self._failed) >= self._targets
        return self._items == 0 and (self._troubles > 0 or self._lost_all is not None)

    def line(self) -> str:
        parts = [self._targets_line() if self._targets else self._items_line()]
        if lost := self._count(LOST_ITEMS):
            reason = self._value(LOST_ITEM_REASON)
            parts.append(f"{lost} items lost, the first because: {reason}")
        if feeds := self._count(FAILED_FEEDS):
            parts.append(f"{feeds} feeds not written; the errors are above")
        if self._reason not in ("", "finished"):
            parts.append(f"ended early: {self._reason}")
        return "; ".join(parts)

    def _targets_line(self) -> str:
        failed = len(self._failed)
        codes = Counter(self._failed.values())
        reasons = ", ".join(f"{code} {count}" for code, count in codes.most_common())
        line = (
            f"{self._targets} targets: {self._targets - failed} succeeded, {failed} failed"
            f"{f' ({reasons})' if reasons else ''}"
        )
        return f"{line}; {self._items} items"

    def _items_line(self) -> str:
        line = f"{self._items} items of {self._count('response_received_count')} pages"
        if broken := self._count("spider_exceptions/count"):
            line += f", {broken} callbacks broke"
        if failed := self._count("downloader/exception_count"):
            line += f", {failed} downloads failed"
        if self._items == 0 and (lost_all := self._lost_all):
            line += f"; {lost_all.message}"
        return line

    @property
    def _targets(self) -> int:
        return max(self._asked, len(self._seen)) if self._asked else 0

    @property
    def _items(self) -> int:
        return self._count("item_scraped_count")

    @property
    def _lost_all(self) -> Failure | None:
        assert self._crawler.stats is not None
        return failure_of_all(self._crawler.stats.get_stats())

    @property
    def _troubles(self) -> int:
        names = ("spider_exceptions/count", "downloader/exception_count", "log_count/CRITICAL")
        return sum(self._count(name) for name in names)

    def _count(self, name: str) -> int:
        return int(self._value(name) or 0)

    def _value(self, name: str) -> Any:
        assert self._crawler.stats is not None
        return self._crawler.stats.get_value(name)

"""Counts the requests of a spider that is not ours that got no page, by the reason."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http.request import NO_CALLBACK

from spiders.middlewares.failed_download import decides_on_failed_downloads, reason_of
from spiders.work.lost_requests import LOST, LOST_REASON


class LostRequestsMiddleware:
    """Outermost downloader middleware: what it sees is not tried again by any other."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LostRequestsMiddleware:
        if decides_on_failed_downloads(crawler):
            raise NotConfigured
        return cls(crawler)

    def process_exception(self, request: Request, exception: Exception) -> None:
        if request.callback is NO_CALLBACK:
            # A robots.txt: the pages that it decides on are requests of their own.
            return
        stats = self._crawler.stats
        assert stats is not None
        code, reason = reason_of(exception, request.url)
        if not stats.get_value(LOST_REASON):
            stats.set_value(LOST_REASON, reason[:300])
        stats.inc_value(f"{LOST}{code}")

"""Lets no page out with a visitor that has ended while the page stood in line."""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.crawler import Crawler

from spiders.extensions.browser_pages import BROWSER, VisitorGone
from spiders.visitors.middleware import VisitorMiddleware, forget_visitor
from spiders.visitors.visitor import VISIT, Visit
from storage.base.away import StorageAway

logger = logging.getLogger(__name__)


class VisitorGateMiddleware:
    """After the pace: the store would see a session go on that it has blocked minutes ago."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> VisitorGateMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> Request | None:
        visit: Visit | None = request.meta.get(VISIT)
        visitors = self._crawler.get_downloader_middleware(VisitorMiddleware)
        if visit is None or visitors is None:
            return None
        try:
            is_there = await visitors.room_of(visit).is_there(visit)
        except StorageAway as error:
            # Nobody can say; the page shows it.
            logger.warning("A visitor was not looked up: %s", error)
            return None
        return None if is_there else _with_another_visitor(request)

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """It ended while the page waited for a place in the browser."""
        is_page = isinstance(exception, VisitorGone) and VISIT in request.meta
        return _with_another_visitor(request) if is_page else None


def _with_another_visitor(request: Request) -> Request:
    forget_visitor(request)
    meta = {name: value for name, value in request.meta.items() if name not in (VISIT, BROWSER)}
    return request.replace(meta=meta)

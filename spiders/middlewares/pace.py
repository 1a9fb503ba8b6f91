"""Holds the crawl rate of each real marketplace over all crawlers of all nodes together."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from settings.config import current_config
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.work.waits import Waits
from storage.base.away import StorageAway
from storage.base.connections import connect_async_redis
from storage.queue.pace import Pace

logger = logging.getLogger(__name__)


class PaceMiddleware:
    """Waits for the request's reserved moment. Our own servers (sandbox, AMAZON_ORIGIN) have no pace."""

    def __init__(self, pace: Pace, waits: Waits, *, fallback_seconds: float) -> None:
        self._pace = pace
        self._waits = waits
        self._fallback_seconds = fallback_seconds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PaceMiddleware:
        if crawler.settings.get("AMAZON_ORIGIN"):
            raise NotConfigured("AMAZON_ORIGIN is set: requests go to a server of ours")
        config = current_config()
        per_minute = config.marketplace_requests_per_minute
        pace = Pace(connect_async_redis(config), default_per_minute=per_minute)
        return cls(pace, Waits.from_crawler(crawler), fallback_seconds=60 / per_minute)

    async def process_request(self, request: Request) -> None:
        marketplace = find_marketplace_by_host(urlsplit(request.url).hostname or "")
        if marketplace is None or marketplace.code == "sandbox":
            return
        try:
            wait = await self._pace.reserve(marketplace.code)
        except StorageAway as error:
            # Without the shared clock each crawler keeps to the pace alone.
            logger.warning("No shared pace for %s: %s", marketplace.code, error)
            wait = self._fallback_seconds
        await self._waits.sleep(request, wait)

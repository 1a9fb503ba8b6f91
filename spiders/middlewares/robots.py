"""robots.txt: a request says itself whether it respects it (a page job's choice), else the setting does."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from spiders.middlewares.failed_download import (
    FailedDownload,
    decides_on_failed_downloads,
    reason_of,
)
from spiders.middlewares.host_pace import CRAWL_DELAY
from spiders.middlewares.redirect import TOO_MANY_REDIRECTS
from spiders.parsing.robots_rules import MAX_BYTES, RobotsRules
from spiders.work.failures import FailureCode
from spiders.work.signals import READ_AT_MOST

RESPECT_ROBOTS = "respect_robots"

KEPT_SECONDS = 3_600.0
# A robots.txt that could not be read is soon asked for again.
FAILURE_KEPT_SECONDS = 10.0
MAX_ORIGINS = 2_000
MAX_CRAWL_DELAY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin's robots.txt says; `failure` when it could not be read."""

    until: float
    parsed: RobotsRules | None = None
    failure: FailedDownload | None = None


class StockRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, for spiders that are not ours. It allows all where robots.txt cannot be read."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if decides_on_failed_downloads(crawler):
            raise NotConfigured
        return super().from_crawler(crawler)

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._locks: dict[str, asyncio.Lock] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """One at a time for each host: in Scrapy 2.19 those that wait for the same robots.txt share a
        Deferred, of which only the first gets the rules, and the others are allowed everything."""
        netloc = urlsplit(request.url).netloc
        async with self._locks.setdefault(netloc, asyncio.Lock()):
            return await super().robot_parser(request)


class RobotsMiddleware:
    """By RFC 9309: a missing robots.txt (4xx) allows everything. One that cannot be read (5xx, no
    answer) allows nothing; the request fails for that reason, and may be tried again."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._is_default: bool = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self._user_agent: str = crawler.settings.get("USER_AGENT", "")
        self._rules: OrderedDict[str, Rules] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        if not decides_on_failed_downloads(crawler):
            raise NotConfigured
        return cls(crawler)

    async def process_request(self, request: Request) -> Response | None:
        if not request.meta.get(RESPECT_ROBOTS, self._is_default):
            return None
        rules = await self._rules_for(request.url)
        if rules.failure is not None:
            failure = rules.failure
            return FailedDownload(request.url, code=failure.code, message=failure.message)
        if rules.parsed is None:
            return None
        if not rules.parsed.allows(request.url):
            return FailedDownload(
                request.url,
                code=FailureCode.ROBOTS_DENIED,
                message="robots.txt of the site denies this page",
            )
        if delay := rules.parsed.crawl_delay:
            request.meta[CRAWL_DELAY] = min(delay, MAX_CRAWL_DELAY_SECONDS)
        return None

    async def _rules_for(self, url: str) -> Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        known = self._rules.get(origin)
        if known is not None and known.until > time.monotonic():
            return known
        task = self._fetching.get(origin)
        if task is None:
            # A task of its own: the request that asked first may be cancelled, others wait as well.
            task = self._fetching[origin] = asyncio.create_task(self._fetch(origin))
            task.add_done_callback(lambda _: self._fetching.pop(origin, None))
        return await asyncio.shield(task)

    async def _fetch(self, origin: str) -> Rules:
        request = Request(
            f"{origin}/robots.txt",
            dont_filter=True,
            meta={READ_AT_MOST: MAX_BYTES, RESPECT_ROBOTS: False},
        )
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
            rules = await self._rules_from(response)
        except Exception as error:  # noqa: BLE001 - a robots.txt may break the download in any way
            rules = _unreadable(request.url, *reason_of(error, request.url))
        self._rules[origin] = rules
        while len(self._rules) > MAX_ORIGINS:
            self._rules.popitem(last=False)
        return rules

    async def _rules_from(self, response: Response) -> Rules:
        until = time.monotonic() + KEPT_SECONDS
        if isinstance(response, FailedDownload):
            if response.message.startswith(TOO_MANY_REDIRECTS):
                # Behind more than five redirects there is none (RFC 9309, 2.3.1.2).
                return Rules(until)
            return _unreadable(response.url, response.code, response.message)
        if response.status >= 500 or response.status == 429:
            return _unreadable(response.url, FailureCode.SERVER_ERROR, f"HTTP {response.status}")
        if not 200 <= response.status < 300:
            return Rules(until)
        parsed: RobotsRules | None = None
        for step in RobotsRules.parsing(response.body, self._user_agent):
            parsed = step
            # A long one takes a while, and others wait for the loop.
            await asyncio.sleep(0)
        return Rules(until, parsed)


def _unreadable(url: str, code: FailureCode, reason: str) -> Rules:
    failure = FailedDownload(url, code=code, message=f"robots.txt could not be read: {reason}")
    return Rules(time.monotonic() + FAILURE_KEPT_SECONDS, failure=failure)

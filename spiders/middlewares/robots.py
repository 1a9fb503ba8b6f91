"""robots.txt: a request says itself whether it respects it (a page job's choice), else the setting does."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from spiders.items.failures import FailureCode
from spiders.middlewares.failed_download import FailedDownload
from spiders.middlewares.host_pace import CRAWL_DELAY

RESPECT_ROBOTS = "respect_robots"

KEPT_SECONDS = 3_600.0
# A robots.txt that could not be read is soon asked for again.
FAILURE_KEPT_SECONDS = 10.0
MOST_ORIGINS = 2_000
# RFC 9309 asks for 500 KiB at least; the rest of a longer one is not read, nor is it obeyed by guess.
MOST_BYTES = 1024 * 1024
LONGEST_CRAWL_DELAY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin's robots.txt says; `failure` when it could not be read."""

    until: float
    parsed: Protego | None = None
    failure: FailedDownload | None = None


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
        if not rules.parsed.can_fetch(request.url, self._user_agent):
            return FailedDownload(
                request.url,
                code=FailureCode.ROBOTS_DENIED,
                message="robots.txt of the site denies this page",
            )
        delay = rules.parsed.crawl_delay(self._user_agent)
        if delay:
            request.meta[CRAWL_DELAY] = min(float(delay), LONGEST_CRAWL_DELAY_SECONDS)
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
            meta={"download_maxsize": MOST_BYTES, RESPECT_ROBOTS: False},
        )
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
            rules = _rules_from(response)
        except Exception as error:  # noqa: BLE001 - a robots.txt may break the download in any way
            rules = _unreadable(request.url, FailureCode.NETWORK_ERROR, f"{error}"[:300])
        self._rules[origin] = rules
        while len(self._rules) > MOST_ORIGINS:
            self._rules.popitem(last=False)
        return rules


def _rules_from(response: Response) -> Rules:
    if isinstance(response, FailedDownload):
        return _unreadable(response.url, response.code, response.message)
    if response.status >= 500 or response.status == 429:
        return _unreadable(response.url, FailureCode.SERVER_ERROR, f"HTTP {response.status}")
    until = time.monotonic() + KEPT_SECONDS
    if not 200 <= response.status < 300:
        return Rules(until)
    return Rules(until, Protego.parse(response.body.decode("utf-8", errors="replace")))


def _unreadable(url: str, code: FailureCode, reason: str) -> Rules:
    failure = FailedDownload(url, code=code, message=f"robots.txt could not be read: {reason}")
    return Rules(time.monotonic() + FAILURE_KEPT_SECONDS, failure=failure)

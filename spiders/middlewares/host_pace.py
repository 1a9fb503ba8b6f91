"""Paces the requests to each host: the job's delay, its robots.txt's crawl delay, and back-off where
the host says that it is too much (429, 503)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from weakref import WeakValueDictionary

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from settings.config import current_config
from spiders.sites.page_urls import host_of
from spiders.work.waits import Waits
from storage.base.away import StorageAway
from storage.base.backoff import Backoff
from storage.base.connections import connect_async_redis
from storage.queue.pace import Pace
from storage.queue.seed_keys import site_group

logger = logging.getLogger(__name__)

HOST_DELAY = "host_delay_seconds"
CRAWL_DELAY = "crawl_delay_seconds"
_SENT_AT = "sent_at"

THROTTLED = frozenset({429, 503})
MAX_HOLD_SECONDS = 60.0
# The interval between two requests after complaints.
SLOWER = Backoff(first_seconds=0.25, max_seconds=5.0)
# Each good answer takes a little off the interval, until it is not worth waiting for.
RECOVERY = 0.8
MIN_INTERVAL_SECONDS = 0.05
MAX_HOSTS = 5_000


@dataclass(slots=True)
class _Host:
    next_at: float = 0.0
    # Seconds between two requests, after the host has complained.
    interval: float = 0.0
    slowed_at: float = 0.0


class HostPace:
    """When the next request to each host may go, as this process knows it. Times: time.monotonic()."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    def wait_seconds(self, host: str, *, now: float) -> float:
        """How long the next request has to wait as things stand; answers may change that."""
        state = self._hosts.get(host)
        return max(0.0, state.next_at - now) if state else 0.0

    def sent(self, host: str, *, now: float, delay: float) -> None:
        """A request goes out, and the next one keeps its distance."""
        state = self._hosts.get(host)
        if state is None:
            if delay <= 0:
                return
            state = self._remember(host)
        state.next_at = max(state.next_at, now + max(delay, state.interval))

    def slow_down(self, host: str, *, now: float, sent_at: float, hold: float) -> None:
        """The host has complained about a request sent at `sent_at`; `hold`: for how long to stay away."""
        state = self._hosts.get(host) or self._remember(host)
        state.next_at = max(state.next_at, now + min(hold, MAX_HOLD_SECONDS))
        if sent_at >= state.slowed_at:
            # Complaints about requests that were under way already count as one.
            state.slowed_at = now
            state.interval = SLOWER.longer(state.interval)
            state.next_at = max(state.next_at, now + state.interval)

    def speed_up(self, host: str) -> None:
        """The host has answered without complaint."""
        state = self._hosts.get(host)
        if state is not None and state.interval:
            state.interval *= RECOVERY
            if state.interval < MIN_INTERVAL_SECONDS:
                state.interval = 0.0

    def _remember(self, host: str) -> _Host:
        while len(self._hosts) >= MAX_HOSTS:
            self._hosts.popitem(last=False)
        state = self._hosts[host] = _Host()
        return state


class HostPaceMiddleware:
    """A delay holds over all crawlers of the pool together; back-off is each crawler's own.

    Requests to a slow host stand in line, and only the first one looks at the clocks: what was
    reserved for the others would stay reserved when the host recovers or their job is cancelled.
    """

    def __init__(self, shared: Pace | None, waits: Waits) -> None:
        self._shared = shared
        self._waits = waits
        self._local = HostPace()
        # Where somebody stands; an entry lives as long as somebody does.
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostPaceMiddleware:
        if not crawler.settings.getbool("POOL_MODE"):
            return cls(None, Waits.from_crawler(crawler))
        pace = Pace(connect_async_redis(current_config()), default_per_minute=60)
        return cls(pace, Waits.from_crawler(crawler))

    async def process_request(self, request: Request) -> None:
        host = host_of(request.url)
        meta = request.meta
        delay = max(meta.get(HOST_DELAY, 0.0), meta.get(CRAWL_DELAY, 0.0))
        is_free = host not in self._lines and not self._local.wait_seconds(
            host, now=time.monotonic()
        )
        if is_free and delay <= 0:
            self._local.sent(host, now=time.monotonic(), delay=0.0)
        else:
            await self._waits.stand_in_line(request, self._take_turn(host, delay))
        meta[_SENT_AT] = time.monotonic()

    async def _take_turn(self, host: str, delay: float) -> None:
        line = self._lines.setdefault(host, asyncio.Lock())
        async with line:
            if delay > 0 and self._shared is not None:
                try:
                    wait = await self._shared.reserve_every(site_group(host), seconds=delay)
                    await asyncio.sleep(wait)
                    delay = 0.0
                except StorageAway as error:
                    # Without the shared clock each crawler keeps to the delay alone.
                    logger.warning("No shared pace for %s: %s", host, error)
            while wait := self._local.wait_seconds(host, now=time.monotonic()):
                await asyncio.sleep(wait)
            self._local.sent(host, now=time.monotonic(), delay=delay)

    def process_response(self, request: Request, response: Response) -> Response:
        sent_at = request.meta.get(_SENT_AT)
        if sent_at is None:
            return response
        host = host_of(request.url)
        if response.status in THROTTLED:
            hold = retry_after_seconds(response, now=datetime.now(UTC)) or 0.0
            self._local.slow_down(host, now=time.monotonic(), sent_at=sent_at, hold=hold)
        elif response.status < 500:
            self._local.speed_up(host)
        return response


def retry_after_seconds(response: Response, *, now: datetime) -> float | None:
    """What Retry-After says, in seconds or as a date; None when it says nothing."""
    text = (response.headers.get(b"Retry-After") or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())

"""Heartbeats of crawlers. A process proves that it lives by beating here, not by scrapyd's word."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import redis
import redis.asyncio

from storage.queue.seed_keys import CRAWLER_BEATS, CRAWLERS, CRAWLERS_TO_RETIRE


@dataclass(frozen=True, slots=True)
class Crawler:
    """A pool crawler: `owner` is the id of its scrapyd job, or its host and process id."""

    owner: str
    spider: str
    node: str
    pid: int
    started_at: float
    version: str
    # Name of the MongoDB session that it writes in, see sessions.py.
    session: str = ""
    # Whether it can show pages that need script.
    has_browser: bool = False
    # Of its node's processors when it beat: waiting and running tasks per core.
    load: float | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """When a crawler beat last, as seconds before now."""

    crawler: Crawler
    age_seconds: float


class CrawlerBeats:
    """The crawler's side."""

    def __init__(self, client: redis.asyncio.Redis, crawler: Crawler) -> None:
        self._redis: Any = client
        self._crawler = crawler

    def name_session(self, session: str) -> None:
        """From the next beat on."""
        self._crawler = replace(self._crawler, session=session)

    async def beat(self, *, load: float | None = None) -> bool:
        """Say that the crawler lives; True when it is asked to retire. `load`: see Crawler."""
        owner = self._crawler.owner
        pipe = self._redis.pipeline(transaction=False)
        pipe.hset(CRAWLERS, owner, json.dumps(asdict(replace(self._crawler, load=load))))
        pipe.time()
        pipe.sismember(CRAWLERS_TO_RETIRE, owner)
        _, (seconds, micros), retire = await pipe.execute()
        await self._redis.zadd(CRAWLER_BEATS, {owner: seconds + micros / 1e6})
        return bool(retire)

    async def leave(self) -> None:
        owner = self._crawler.owner
        pipe = self._redis.pipeline(transaction=False)
        pipe.hdel(CRAWLERS, owner).zrem(CRAWLER_BEATS, owner).srem(CRAWLERS_TO_RETIRE, owner)
        await pipe.execute()


class CrawlerRegistry:
    """The worker's side. Ages are by the Redis server's clock, so nodes' clocks may be wrong."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Any = client

    def living(self, *, within_seconds: float) -> list[Crawler]:
        """Crawlers that beat lately; silent ones are forgotten after ten times as long."""
        seconds, micros = self._redis.time()
        now = seconds + micros / 1e6
        silent = self._redis.zrangebyscore(CRAWLER_BEATS, "-inf", now - 10 * within_seconds)
        self._forget(silent)
        owners = self._redis.zrangebyscore(CRAWLER_BEATS, now - within_seconds, "+inf")
        if not owners:
            return []
        found = self._redis.hmget(CRAWLERS, owners)
        return [_crawler_from_text(text) for text in found if text]

    def count(self, spider: str) -> int:
        """How many crawlers of the spider there are, those included that fell silent just now."""
        crawlers = (_crawler_from_text(text) for text in self._redis.hvals(CRAWLERS))
        return sum(1 for crawler in crawlers if crawler.spider == spider)

    def silent(self, *, for_seconds: float) -> list[Crawler]:
        """Crawlers that stopped beating without leaving, and are not forgotten yet."""
        return [beat.crawler for beat in self.beats() if beat.age_seconds > for_seconds]

    def beats(self) -> list[Beat]:
        """The last beat of every crawler that is not forgotten yet."""
        seconds, micros = self._redis.time()
        found = dict(self._redis.zrange(CRAWLER_BEATS, 0, -1, withscores=True))
        crawlers = [_crawler_from_text(text) for text in self._redis.hvals(CRAWLERS)]
        now = seconds + micros / 1e6
        return [
            Beat(crawler, max(0.0, now - found[crawler.owner]))
            for crawler in crawlers
            if crawler.owner in found
        ]

    def retire(self, owners: Iterable[str]) -> None:
        """Ask crawlers to finish; they give their leases back and exit."""
        names = list(owners)
        if names:
            self._redis.sadd(CRAWLERS_TO_RETIRE, *names)

    def _forget(self, owners: list[str]) -> None:
        if owners:
            self._redis.hdel(CRAWLERS, *owners)
            self._redis.zrem(CRAWLER_BEATS, *owners)
            self._redis.srem(CRAWLERS_TO_RETIRE, *owners)


def _crawler_from_text(text: str) -> Crawler:
    """While nodes are updated, crawlers of a later version beat with fields that we do not know."""
    known = {field.name for field in fields(Crawler)}
    return Crawler(**{name: value for name, value in json.loads(text).items() if name in known})

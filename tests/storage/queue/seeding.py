"""Seeds for the tests of this folder."""

from __future__ import annotations

import json

from redis import Redis

from storage.base.records import Seed
from storage.queue.leases import SeedWork
from storage.queue.seed_keys import SeedKeys
from tests.stores import SPIDER, CrawlerSide, Store

KEYS = SeedKeys(SPIDER)


def seed(
    name: str, *, job: str = "a-job", marketplace: str = "US", organization: str = "a"
) -> Seed:
    meta = {"targetId": name, "jobId": job}
    message = json.dumps({"url": f"https://www.amazon.com/dp/{name}", "meta": meta})
    return Seed(name, marketplace, organization, message)


def seeds(*names: str, job: str = "a-job") -> list[Seed]:
    return [seed(name, job=job) for name in names]


def expire_now(redis: Redis, *names: str) -> None:
    """As if the crawler had been silent for the whole of its lease."""
    for name in names or redis.zrange(KEYS.expiry, 0, -1):
        redis.zadd(KEYS.expiry, {name: 1})


def die_again(store: Store, crawler_side: CrawlerSide, times: int) -> None:
    """A seed's crawlers die, each while it works on that seed alone."""
    for number in range(times):
        leases = crawler_side.leases(f"crawler-{number}")
        (lease,) = crawler_side.take(leases, 1)
        crawler_side.run(leases.mark(lease.id, lease.token, SeedWork.ALONE))
        expire_now(store.redis)
        if number < times - 1:
            assert store.queue.expire_leases(SPIDER, max_deaths=times) == []


MALFORMED = [
    b"not a seed",
    b"{broken",
    b'"https://a.string.in/json"',
    b"[]",
    b"null",
    b"17",
    b"{}",
    b'{"url": 5}',
    b'{"meta": {"targetId": "x"}}',
    b"",
    b"\xff\xfe",
    b"https://www.amazon.com/dp/\xff",
    b'{"url": "https://www.amazon.com/\xc3\x28"}',
    b'{"url": "https://www.amazon.com/dp/x", "meta": {"targetId": "\xf0\x9f"}}',
]

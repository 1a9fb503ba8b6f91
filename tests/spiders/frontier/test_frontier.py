"""The take loop and the heartbeat of a pool crawler, on a real Redis that refuses it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.utils.test import get_crawler

from settings.config import Config
from spiders.frontier.frontier import Frontier
from spiders.work import signals as our_signals
from storage.queue.seed_keys import CRAWLER_BEATS, CRAWLERS
from tests.stores import SPIDER, Store


@pytest.fixture
def stranger(store: Store) -> Iterator[Config]:
    """A Redis user who may do nothing yet."""
    store.redis.acl_setuser("stranger", enabled=True, passwords=["+word"], commands=["+ping"])
    place = store.config.redis_url.removeprefix("redis://")
    url = f"redis://stranger:word@{place}"
    yield replace(store.config, redis_url=url, heartbeat_seconds=0.05)
    store.redis.acl_deluser("stranger")


def give_all_rights(store: Store) -> None:
    store.redis.acl_setuser(
        "stranger", enabled=True, commands=["+@all"], keys=["*"], channels=["*"]
    )


def crawler_that_counts(met: list[str]) -> Crawler:
    crawler = get_crawler(settings_dict={"LEASE_WINDOW": 8, "MAX_LEASES": 100})
    crawler.spider = Spider(SPIDER)

    def count(part: str) -> None:
        met.append(part)

    # The signals keep no reference to it.
    crawler.count = count  # type: ignore[attr-defined]
    crawler.signals.connect(count, signal=our_signals.defect_met)
    return crawler


def test_taking_that_is_refused_is_counted_and_goes_on_with_the_rights(
    store: Store, stranger: Config, caplog: pytest.LogCaptureFixture
) -> None:
    job = store.add_job(1)
    store.queue.push(SPIDER, store.seeds(job))

    async def play() -> tuple[list[str], str]:
        met: list[str] = []
        frontier = Frontier(crawler_that_counts(met), stranger)
        targets = frontier.targets()
        first = asyncio.create_task(anext(targets))
        async with asyncio.timeout(10):
            while len(met) < 2:
                await asyncio.sleep(0.02)
            give_all_rights(store)
            target = await first
            await frontier.spider_closed(Spider(SPIDER), "finished")
        return met, target.id

    met, target_id = asyncio.run(play())
    assert set(met) == {"leases"}
    assert target_id == f"{job.id}:000000"
    assert "NoPermissionError" in caplog.text
    assert "cannot take seeds" in caplog.text


def test_a_heartbeat_that_is_refused_is_counted_and_comes_back(
    store: Store, stranger: Config, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> list[str]:
        met: list[str] = []
        frontier = Frontier(crawler_that_counts(met), stranger)
        async with asyncio.timeout(10):
            await frontier.spider_opened(Spider(SPIDER))
            while len(met) < 2:
                await asyncio.sleep(0.02)
            assert store.redis.hlen(CRAWLERS) == 0
            give_all_rights(store)
            while not store.redis.zcard(CRAWLER_BEATS):
                await asyncio.sleep(0.02)
            await frontier.spider_closed(Spider(SPIDER), "finished")
        return met

    assert set(asyncio.run(play())) == {"heartbeat"}
    assert "A defect in the heartbeat" in caplog.text

"""Defects of a crawler, on a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

import pytest
from scrapy import signals
from scrapy.utils.test import get_crawler

from settings.config import Config
from spiders.extensions import defects
from spiders.extensions.defects import DefectCounter
from spiders.work import signals as our_signals
from storage.queue.defects import Defects
from tests.stores import Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.02)


class Crawl:
    """A crawler with the extension, as Scrapy makes it."""

    def __init__(self, config: Config) -> None:
        self.crawler = get_crawler()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(defects, "current_config", lambda: config)
            self.counter = DefectCounter.from_crawler(self.crawler)

    def meet(self, part: str) -> None:
        self.crawler.signals.send_catch_log(our_signals.defect_met, part=part)

    async def end(self) -> None:
        await self.crawler.signals.send_catch_log_async(signals.engine_stopped)


def test_each_is_in_the_statistics_and_in_redis(store: Store) -> None:
    async def run() -> None:
        crawl = Crawl(store.config)
        for part in ("leases", "results", "leases"):
            crawl.meet(part)
        await until(lambda: Defects(store.redis).get_all() == {"leases": 2, "results": 1})
        crawl.meet("leases")
        await crawl.end()
        assert Defects(store.redis).get_all() == {"leases": 3, "results": 1}
        stats = crawl.crawler.stats
        assert stats is not None
        assert stats.get_value("defects/leases") == 3

    asyncio.run(run())


def test_what_redis_does_not_take_is_counted_when_it_does(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.redis.acl_setuser("stranger", enabled=True, passwords=["+word"], commands=["+ping"])
    place = store.config.redis_url.removeprefix("redis://")

    async def run() -> None:
        url = f"redis://stranger:word@{place}"
        crawl = Crawl(replace(store.config, redis_url=url))
        crawl.meet("leases")
        await until(lambda: "Defects are not counted yet" in caplog.text)
        store.redis.acl_setuser("stranger", enabled=True, commands=["+@all"], keys=["*"])
        await until(lambda: Defects(store.redis).get_all() == {"leases": 1})
        await crawl.end()

    try:
        asyncio.run(run())
    finally:
        store.redis.acl_deluser("stranger")


@pytest.mark.parametrize("settings", ["settings.pool", "settings.dedicated"])
def test_crawlers_of_the_pool_and_of_spider_jobs_have_it(settings: str) -> None:
    module = import_module(settings)
    extensions = getattr(module, "EXTENSIONS", None) or module.DEDICATED["EXTENSIONS"]
    assert "spiders.extensions.defects.DefectCounter" in extensions

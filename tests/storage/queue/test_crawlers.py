from __future__ import annotations

from settings.config import Config
from storage.base.connections import connect_async_redis
from storage.queue.crawlers import Crawler, CrawlerBeats, CrawlerRegistry
from storage.queue.seed_keys import CRAWLER_BEATS, CRAWLERS
from tests.stores import CrawlerSide, Store

CRAWLER = Crawler("pool-1", "amazon_detail", "127.0.0.1:6800", 42, 1.5, "1")


def silence(store: Store, seconds: float) -> None:
    """As if the last beat had been this long ago."""
    store.redis.zincrby(CRAWLER_BEATS, -seconds, CRAWLER.owner)


def test_a_crawler_lives_as_long_as_it_beats(store: Store, crawler_side: CrawlerSide) -> None:
    assert crawler_side.run(_beat(store.config)) is False
    registry = CrawlerRegistry(store.redis)
    assert registry.living(within_seconds=5) == [CRAWLER]
    silence(store, 6)
    assert registry.living(within_seconds=5) == []
    assert store.redis.hexists(CRAWLERS, CRAWLER.owner), "it may only be slow"


def test_a_crawler_that_is_silent_for_long_is_forgotten(
    store: Store, crawler_side: CrawlerSide
) -> None:
    crawler_side.run(_beat(store.config))
    silence(store, 51)
    CrawlerRegistry(store.redis).living(within_seconds=5)
    assert store.redis.keys() == []


def test_a_crawler_hears_at_its_beat_that_it_shall_retire(
    store: Store, crawler_side: CrawlerSide
) -> None:
    crawler_side.run(_beat(store.config))
    CrawlerRegistry(store.redis).retire([CRAWLER.owner])
    assert crawler_side.run(_beat(store.config)) is True
    crawler_side.run(_leave(store.config))
    assert store.redis.keys() == []


async def _beat(config: Config) -> bool:
    client = connect_async_redis(config)
    try:
        return await CrawlerBeats(client, CRAWLER).beat()
    finally:
        await client.aclose()


async def _leave(config: Config) -> None:
    client = connect_async_redis(config)
    await CrawlerBeats(client, CRAWLER).leave()
    await client.aclose()

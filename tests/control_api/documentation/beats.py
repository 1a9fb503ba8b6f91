"""The sign of life of a crawler."""

from __future__ import annotations

import asyncio

from settings.config import Config
from storage.base.connections import connect_async_redis
from storage.queue.crawlers import Crawler, CrawlerBeats


def beat(config: Config, node: str) -> None:
    async def beat_once() -> None:
        client = connect_async_redis(config)
        crawler = Crawler("pool-1", "amazon_detail", node, 4711, 0.0, "2026.1")
        await CrawlerBeats(client, crawler).beat(load=0.4)
        await client.aclose()

    asyncio.run(beat_once())

from __future__ import annotations

from settings.config import Config
from spiders.types.registry import TYPE_OF_SPIDER


def wanted_crawlers(config: Config) -> dict[str, int]:
    """By spider of the pool, how many crawlers each node is to hold."""
    return {
        spider: config.crawlers_of(one.crawlers_variable) for spider, one in TYPE_OF_SPIDER.items()
    }

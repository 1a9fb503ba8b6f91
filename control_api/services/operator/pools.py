from __future__ import annotations

from settings.config import Config
from spiders.types.registry import TYPE_OF_SPIDER

# Spiders whose crawlers are started when targets wait for them.
ON_DEMAND = frozenset(name for name, one in TYPE_OF_SPIDER.items() if one.starts_on_demand)


def wanted_crawlers(config: Config) -> dict[str, int]:
    """By spider of the pool, how many crawlers each node is to hold; of `ON_DEMAND`, at most."""
    return {
        spider: config.crawlers_of(one.crawlers_variable) for spider, one in TYPE_OF_SPIDER.items()
    }


def standing_crawlers(config: Config) -> dict[str, int]:
    """How many of them are there from the start."""
    wanted = wanted_crawlers(config)
    return {spider: 0 if spider in ON_DEMAND else most for spider, most in wanted.items()}

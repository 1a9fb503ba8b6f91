"""Whether the stack's crawlers live, read from what they and the worker write to Redis."""

from collections import Counter

import redis

from control_api.services.operator.crawl_health import CrawlHealth
from control_api.services.operator.pools import standing_crawlers
from settings.config import Config
from storage.queue.crawlers import CrawlerRegistry
from storage.queue.fleet_state import FleetState


class Crawlers:
    def __init__(self, client: redis.Redis, config: Config) -> None:
        self._state = FleetState(client)
        self.registry = CrawlerRegistry(client)
        self._health = CrawlHealth(self._state)
        self._silence_seconds = 3 * config.heartbeat_seconds
        self._wanted = standing_crawlers(config)

    def counts(self) -> dict[str, tuple[int, int]]:
        """Spider → (how many live, how many each node has from the start)."""
        living = Counter(
            crawler.spider for crawler in self.registry.living(within_seconds=self._silence_seconds)
        )
        return {spider: (living[spider], most) for spider, most in self._wanted.items()}

    def are_there(self) -> bool:
        return all(alive or not wanted for alive, wanted in self.counts().values())

    def died(self) -> bool:
        """A crawler ended by itself since one was last alive."""
        return any(absence.death for absence in self._state.absences())

    def trouble(self) -> str | None:
        return self._health.trouble()

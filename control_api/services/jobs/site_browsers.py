from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from control_api.services.errors import InvalidInput
from spiders.sites.browsers import find_browser
from spiders.types.page import SITE_SPIDER
from storage.base.away import StorageAway
from storage.queue.crawlers import Crawler, CrawlerRegistry


class SiteBrowsers:
    """Whether the crawlers of a spider can show pages that need script.

    They say so in their heartbeats, and all must: a page may come to any of them. While none lives
    (they may be on their way) the API's own machine stands for theirs.
    """

    def __init__(
        self, registry: CrawlerRegistry, *, browser_path: str, within_seconds: float
    ) -> None:
        self._registry = registry
        self._browser_path = browser_path
        self._within_seconds = within_seconds

    def are_there(self, spider: str = SITE_SPIDER) -> bool:
        crawlers = self._living(spider)
        if crawlers:
            return all(crawler.has_browser for crawler in crawlers)
        return find_browser(self._browser_path) is not None

    def find_refusal(self, config: Mapping[str, Any], spider: str) -> InvalidInput | None:
        """Why a job with this config cannot be crawled by what there is."""
        if config.get("engine") == "browser" and not self.are_there(spider):
            return InvalidInput(
                "config.engine: browser is not available, the crawl machines have no browser"
            )
        return None

    def _living(self, spider: str) -> list[Crawler]:
        try:
            beats = self._registry.beats()
        except StorageAway:
            return []
        return [
            beat.crawler
            for beat in beats
            if beat.crawler.spider == spider and beat.age_seconds <= self._within_seconds
        ]

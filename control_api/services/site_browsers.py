from __future__ import annotations

from spiders.browsers import find_browser
from storage.connections import StorageUnavailable
from storage.crawlers import Crawler, CrawlerRegistry

SPIDER = "site"


class SiteBrowsers:
    """Whether the crawlers of pages can show those that need script.

    They say so in their heartbeats, and all must: a page may come to any of them. While none lives
    (they may be on their way) the API's own machine stands for theirs.
    """

    def __init__(
        self, registry: CrawlerRegistry, *, browser_path: str, within_seconds: float
    ) -> None:
        self._registry = registry
        self._browser_path = browser_path
        self._within_seconds = within_seconds

    def are_there(self) -> bool:
        crawlers = self._living()
        if crawlers:
            return all(crawler.has_browser for crawler in crawlers)
        return find_browser(self._browser_path) is not None

    def _living(self) -> list[Crawler]:
        try:
            beats = self._registry.beats()
        except StorageUnavailable:
            return []
        return [
            beat.crawler
            for beat in beats
            if beat.crawler.spider == SPIDER and beat.age_seconds <= self._within_seconds
        ]

"""Puts the crawl rates that an admin set back into Redis, which may be emptied at any time."""

from __future__ import annotations

from control_api.services.operations import CrawlRates

PAUSE_SECONDS = 5.0


class RatePublisher:
    def __init__(self, rates: CrawlRates) -> None:
        self._rates = rates

    def step(self) -> float:
        self._rates.publish()
        return PAUSE_SECONDS

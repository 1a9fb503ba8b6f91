"""Names of the keys in Redis. `<spider>:start_urls` is scrapy-redis' own convention."""

from __future__ import annotations

from dataclasses import dataclass

FEEDER_WAKE = "feeder:wake"
CANCELLED_JOBS = "jobs:cancelled"
CRAWLERS = "crawlers"
CRAWLER_BEATS = "crawlers:beats"
CRAWLERS_TO_RETIRE = "crawlers:retire"
PACE_RATES = "pace:rates"
DEFECTS = "defects"


@dataclass(frozen=True, slots=True)
class SeedKeys:
    spider: str

    @property
    def ready(self) -> str:
        return f"{self.spider}:start_urls"

    @property
    def suspects(self) -> str:
        return f"{self.spider}:suspects"

    @property
    def alone(self) -> str:
        return f"{self.spider}:alone"

    @property
    def leased(self) -> str:
        return f"{self.spider}:leased"

    @property
    def expiry(self) -> str:
        return f"{self.spider}:expiry"

    @property
    def known(self) -> str:
        return f"{self.spider}:known"

    @property
    def deaths(self) -> str:
        return f"{self.spider}:deaths"

    @property
    def redeliveries(self) -> str:
        return f"{self.spider}:redeliveries"

    @property
    def refused(self) -> str:
        return f"{self.spider}:refused"

    @property
    def fence(self) -> str:
        return f"{self.spider}:fence"


# Begins what stands for a marketplace where the pages are of other sites.
SITE_PREFIX = "site:"


def site_group(host: str) -> str:
    """What is paced together, as a marketplace is."""
    return f"{SITE_PREFIX}{host}"


def proxy_key(proxy_id: str) -> str:
    return f"proxy:{proxy_id}"


def pace_key(marketplace: str) -> str:
    return f"pace:{marketplace}:next"


def pace_used_key(marketplace: str) -> str:
    return f"pace:{marketplace}:used"


VISITOR_COUNTS = "visitors:counts"


def visitor_key(key: str) -> str:
    return f"visitor:{key}"

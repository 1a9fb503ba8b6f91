"""Every setting of the pool crawlers alone does something: a table with a line for each.

Two pool crawlers work on a job each, one with the first value of every line, one with the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from storage.base.records import Job
from storage.queue.crawlers import Crawler, CrawlerRegistry
from storage.queue.seed_keys import CRAWLER_BEATS, SeedKeys
from tests.services import require_browser
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.little_store import Crowd, Visit, product_html, running_store
from tests.stores import SPIDER, Store

pytestmark = pytest.mark.slow
TARGETS = 12


@dataclass
class Seen:
    """What a crawler tells, and does, while it works."""

    crawler: Crawler | None = None
    beats: set[float] = field(default_factory=set)
    # What was left of a lease, at the most.
    lease_seconds: float = 0.0
    # Between two commits, at the most.
    commit_seconds: float = 0.0
    most_at_once: int = 0

    def look(self, store: Store, spider: str) -> None:
        for beat in CrawlerRegistry(store.redis).beats():
            self.crawler = beat.crawler
        self.beats.update(
            score for _, score in store.redis.zrange(CRAWLER_BEATS, 0, -1, withscores=True)
        )
        leases = store.redis.zrange(SeedKeys(spider).expiry, 0, -1, withscores=True)
        seconds, micros = store.redis.time()
        left = [end / 1000 - seconds - micros / 1e6 for _, end in leases]
        self.lease_seconds = max([self.lease_seconds, *left])

    def note_commits(self, store: Store, job: Job) -> None:
        ends = sorted(
            found["endedAt"].timestamp()
            for found in store.database["targets"].find({"jobId": job.id})
        )
        self.commit_seconds = max(later - earlier for earlier, later in pairwise(ends))

    def shortest_beat(self) -> float:
        return min(later - earlier for earlier, later in pairwise(sorted(self.beats)))

    def told(self) -> Crawler:
        assert self.crawler is not None
        return self.crawler


@dataclass(frozen=True)
class Line:
    look: Callable[[Seen], Any]
    seen: dict[str, Any]


TABLE: dict[str, Line] = {
    # One job leaves room for a page of another's.
    "CRAWLER_CONCURRENCY": Line(lambda s: s.most_at_once, {"5": 4, "2": 1}),
    "HEARTBEAT_SECONDS": Line(lambda s: s.shortest_beat() < 2.9, {"0.3": True, "3": False}),
    "LEASE_SECONDS": Line(lambda s: s.lease_seconds > 8, {"60": True, "8": False}),
    "COMMIT_INTERVAL_SECONDS": Line(lambda s: s.commit_seconds > 4.9, {"0.05": False, "5": True}),
    "NODE_NAME": Line(lambda s: s.told().node, {"here": "here", "there": "there"}),
    "VERSION_LABEL": Line(lambda s: s.told().version, {"first": "first", "second": "second"}),
    "BROWSER_PATH": Line(lambda s: s.told().has_browser, {"/bin/sh": True, "/nowhere/chromium": False}),
}  # fmt: skip
CASES = [(name, place) for name in TABLE for place in (0, 1)]


def crawl(store: Store, folder: Path, place: int) -> Seen:
    """By a crawler whose settings are the values at this place of each line."""
    seen, crowd = Seen(), Crowd(4)
    log = folder / "crawler.log"

    def page(visit: Visit) -> None:
        crowd.join()
        visit.send(body=product_html(visit.path.rpartition("/")[2].partition("?")[0]))

    job = store.add_job(TARGETS)
    store.queue.push(SPIDER, store.seeds(job))

    def is_over() -> bool:
        seen.look(store, SPIDER)
        return len(seen.beats) > 1 and store.job(job.id).counts.success == TARGETS

    environ = {name: list(line.seen)[place] for name, line in TABLE.items()}
    with (
        running_store({"/dp/": page}) as shop,
        pool_crawler(store.config, SPIDER, log=log, AMAZON_ORIGIN=shop.url, **environ),
    ):
        wait_until(is_over, lambda: log.read_text()[-2000:] if log.exists() else "no log")
    seen.note_commits(store, job)
    seen.most_at_once = crowd.most
    return seen


@pytest.fixture(scope="module")
def crawls() -> dict[int, Seen]:
    """Those that were made so far."""
    return {}


@pytest.mark.parametrize(("name", "place"), CASES)
def test_a_setting_makes_its_difference(
    store: Store, crawls: dict[int, Seen], tmp_path: Path, name: str, place: int
) -> None:
    if name == "BROWSER_PATH":
        require_browser()
    if place not in crawls:
        crawls[place] = crawl(store, tmp_path, place)
    line = TABLE[name]
    assert line.look(crawls[place]) == list(line.seen.values())[place]

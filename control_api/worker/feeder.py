"""Moves slices of targets from MongoDB into Redis: round robin over organizations, then priority,
then age. Only a few seconds' worth, so that Redis stays small and a small job never waits behind a
huge one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from control_api.worker.seeds import seed_from_target
from storage.jobs.jobs import Jobs, Slice
from storage.jobs.targets import Targets
from storage.queue.seed_keys import SITE_PREFIX
from storage.queue.seed_queue import POOL_SPIDERS, SeedQueue

SLICE = 16
# With targets left but no room for them: how soon to look again. Crawlers take up to 100 a second.
FULL_PAUSE_SECONDS = 0.1
IDLE_WAIT_SECONDS = 1.0
PACED_SECONDS = 5.0
# Nobody can tell beforehand how slow a site is. So many seeds for each crawler keep them busy with one,
# and a site that takes a minute for each leaves room for others.
MOST_OF_A_SITE = 128

# Requests a minute of each paced marketplace, by code.
Rates = Callable[[], Mapping[str, float]]


class Feeder:
    def __init__(
        self,
        jobs: Jobs,
        targets: Targets,
        queue: SeedQueue,
        *,
        window: int,
        rates: Rates,
        count_crawlers: Callable[[str], int],
    ) -> None:
        self._jobs = jobs
        self._targets = targets
        self._queue = queue
        self._window = window
        self._rates = rates
        self._count_crawlers = count_crawlers
        self._last_fed: dict[str, str] = {}

    def step(self) -> float:
        """Feed what there is room for; wait for a new job when nothing is left."""
        waiting = [self.feed(spider) for spider in POOL_SPIDERS]
        if any(waiting):
            return FULL_PAUSE_SECONDS
        self._queue.wait_for_wake(IDLE_WAIT_SECONDS)
        return 0.0

    def feed(self, spider: str) -> bool:
        """Fill the spider's window; True when targets are left in MongoDB."""
        organizations = self._in_turn(spider, self._jobs.organizations_to_feed(spider))
        room = self._window - self._queue.depth(spider).ready
        full = self._full_marketplaces(spider) if organizations else []
        while organizations and room > 0:
            organization = organizations.popleft()
            size = max(1, min(SLICE, room))
            claimed = self._jobs.claim_slice(
                spider, organization, size=size, full_marketplaces=full
            )
            if claimed is None:
                continue
            self._push(spider, claimed)
            room -= claimed.end - claimed.first
            self._last_fed[spider] = organization
            organizations.append(organization)
            full = self._full_marketplaces(spider)
        return bool(organizations) or bool(full)

    def _push(self, spider: str, claimed: Slice) -> None:
        targets = self._targets.open_slice(claimed.job.id, claimed.first, claimed.end)
        request_id = claimed.job.request_id
        self._queue.push(spider, [seed_from_target(target, request_id) for target in targets])

    def _in_turn(self, spider: str, organizations: list[str]) -> deque[str]:
        """The organizations, beginning after the one that was fed last."""
        last = self._last_fed.get(spider, "")
        return deque(
            [name for name in organizations if name > last]
            + [name for name in organizations if name <= last]
        )

    def _full_marketplaces(self, spider: str) -> list[str]:
        """What has a few seconds' worth of seeds in Redis already: marketplaces, sites."""
        held = self._queue.held_by_marketplace(spider)
        paced = [
            code
            for code, per_minute in self._rates().items()
            if held[code] >= max(2.0, per_minute / 60 * PACED_SECONDS)
        ]
        return paced + self._full_sites(spider, held)

    def _full_sites(self, spider: str, held: Mapping[str, int]) -> list[str]:
        large = {
            name: count
            for name, count in held.items()
            if name.startswith(SITE_PREFIX) and count >= MOST_OF_A_SITE
        }
        if not large:
            return []
        most = MOST_OF_A_SITE * max(1, self._count_crawlers(spider))
        return [name for name, count in large.items() if count >= most]

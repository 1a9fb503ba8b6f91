"""Moves slices of targets from MongoDB into Redis: round robin over organizations, then priority,
then age. Only a few seconds' worth, so that Redis stays small and a small job never waits behind a
huge one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from control_api.services.one_by_one import OneByOne
from control_api.worker.seeds import seed_from_target
from storage.base.records import Seed
from storage.jobs.jobs import Jobs
from storage.jobs.targets import Targets
from storage.queue.seed_keys import SITE_PREFIX
from storage.queue.seed_queue import HeldSeeds, SeedQueue

SLICE = 16
# With targets left but no room for them: how soon to look again. Crawlers take up to 100 a second.
FULL_PAUSE_SECONDS = 0.1
IDLE_WAIT_SECONDS = 1.0
PACED_SECONDS = 5.0
# Nobody can tell beforehand how slow a site is. So many seeds for each crawler keep them busy with one,
# and a site that takes a minute for each leaves room for others.
MAX_PER_SITE = 128

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
        max_leases: int,
        rates: Rates,
        count_crawlers: Callable[[str], int],
    ) -> None:
        """`window`: ready seeds of a spider; `max_leases`: what one of its crawlers holds at most."""
        self._jobs = jobs
        self._targets = targets
        self._queue = queue
        self._window = window
        self._max_leases = max_leases
        self._rates = rates
        self._count_crawlers = count_crawlers
        self._last_fed: dict[str, str] = {}

    def step(self) -> float:
        """Feed what there is room for; wait for a new job when nothing is left."""
        waiting: list[bool] = []
        each = OneByOne()
        for spider in self._queue.spiders:
            with each.apart(f"the feeding of {spider}"):
                waiting.append(self.feed(spider))
        each.raise_first()
        if any(waiting):
            return FULL_PAUSE_SECONDS
        self._queue.wait_for_wake(IDLE_WAIT_SECONDS)
        return 0.0

    def feed(self, spider: str) -> bool:
        """Fill the spider's window; True when targets are left in MongoDB."""
        waiting = self._jobs.organizations_to_feed(spider)
        if not waiting:
            return False
        held = self._queue.held(spider)
        limits = _Limits(
            held,
            self._rates(),
            crawlers=self._count_crawlers(spider),
            max_leases=self._max_leases,
        )
        room = self._window - self._queue.depth(spider).ready
        room -= self._feed_newcomers(spider, waiting, limits, room=room)
        organizations = self._in_turn(spider, waiting)
        is_left = False
        while organizations and room > 0:
            organization = organizations.popleft()
            size = min(SLICE, room, limits.room_of(organization))
            if size <= 0:
                is_left = True
                continue
            claimed = self._claim(spider, organization, limits, size=size)
            if claimed is None:
                continue
            self._queue.push(spider, claimed.seeds)
            room -= claimed.size
            organizations.append(organization)
        return is_left or bool(organizations) or bool(limits.full_marketplaces())

    def _feed_newcomers(
        self, spider: str, waiting: list[str], limits: _Limits, *, room: int
    ) -> int:
        """Organizations of which Redis holds nothing come before all others with their first slice: a small
        job does not wait behind the seeds of a huge one. How much room they took."""
        held = limits.held.by_organization
        newcomers = self._in_turn(spider, [name for name in waiting if not held[name]])
        seeds: list[Seed] = []
        taken = 0
        while newcomers and taken < room:
            organization = newcomers.popleft()
            size = min(SLICE, room - taken)
            claimed = self._claim(spider, organization, limits, size=size)
            if claimed is not None:
                seeds += claimed.seeds
                taken += claimed.size
        self._queue.push(spider, seeds, are_next=True)
        return taken

    def _claim(
        self, spider: str, organization: str, limits: _Limits, *, size: int
    ) -> _Claimed | None:
        claimed = self._jobs.claim_slice(
            spider, organization, size=size, full_marketplaces=limits.full_marketplaces()
        )
        if claimed is None:
            return None
        job = claimed.job
        targets = self._targets.open_slice(job.id, claimed.first, claimed.end)
        seeds = [seed_from_target(target, organization, job.request_id) for target in targets]
        limits.held.add(seeds)
        self._last_fed[spider] = organization
        return _Claimed(seeds, claimed.end - claimed.first)

    def _in_turn(self, spider: str, organizations: list[str]) -> deque[str]:
        """The organizations, beginning after the one that was fed last."""
        last = self._last_fed.get(spider, "")
        return deque(
            [name for name in organizations if name > last]
            + [name for name in organizations if name <= last]
        )


@dataclass(frozen=True, slots=True)
class _Claimed:
    """Seeds of those among `size` targets that are still open."""

    seeds: list[Seed]
    size: int


class _Limits:
    """How much more of whose seeds may go into Redis. `held` is what it holds."""

    def __init__(
        self, held: HeldSeeds, rates: Mapping[str, float], *, crawlers: int, max_leases: int
    ) -> None:
        self.held = held
        self._rates = rates
        self._crawlers = max(1, crawlers)
        self._capacity = max_leases * self._crawlers

    def room_of(self, organization: str) -> int:
        """An organization holds no more than what is free beside all that is held: half of the crawlers'
        leases when alone, a third each of two, and so on. However slow its pages are, whoever comes next
        finds as many leases free. A slice each is always allowed."""
        own = self.held.by_organization[organization]
        free = self._capacity - self.held.by_organization.total()
        # Each seed more is held, and free no longer.
        return max((free - own) // 2, SLICE - own)

    def full_marketplaces(self) -> list[str]:
        """What has a few seconds' worth of seeds in Redis already: marketplaces, sites."""
        held = self.held.by_marketplace
        paced = [
            code
            for code, per_minute in self._rates.items()
            if held[code] >= max(2.0, per_minute / 60 * PACED_SECONDS)
        ]
        max_per_site = MAX_PER_SITE * self._crawlers
        sites = [
            name
            for name, count in held.items()
            if name.startswith(SITE_PREFIX) and count >= max_per_site
        ]
        return paced + sites

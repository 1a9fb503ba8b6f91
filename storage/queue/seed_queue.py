"""The worker's and the API's side of the seeds in Redis. Redis holds only the hot window: it may be
emptied at any time, and the reconciler fills it again from MongoDB."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import redis

from storage.base.away import StorageAway
from storage.base.records import Seed
from storage.queue.scripts import script_text
from storage.queue.seed_keys import CANCELLED_JOBS, FEEDER_WAKE, SeedKeys

# Cancelled jobs are remembered for longer than any lease or hot window lives.
_CANCELLED_TTL_SECONDS = 3_600
# Between a seed's marketplace and its organization; neither holds one.
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class ExhaustedLease:
    """A seed whose crawlers died too often."""

    id: str
    token: int
    message: str


@dataclass(frozen=True, slots=True)
class HeldSeeds:
    """How many seeds Redis holds, ready or leased."""

    by_marketplace: Counter[str] = field(default_factory=Counter)
    by_organization: Counter[str] = field(default_factory=Counter)

    def add(self, seeds: Iterable[Seed]) -> None:
        for seed in seeds:
            self.by_marketplace[seed.marketplace] += 1
            self.by_organization[seed.organization_id] += 1


@dataclass(frozen=True, slots=True)
class QueueDepth:
    ready: int
    suspects: int
    leased: int


@dataclass(frozen=True, slots=True)
class JobSeeds:
    """What Redis holds of one job: seeds that wait to be taken, and seeds under a lease."""

    waiting: int
    leased: int


class SeedQueue:
    def __init__(self, client: redis.Redis, spiders: Sequence[str]) -> None:
        """`spiders`: those of the pool, each of which has a queue."""
        self.spiders = spiders
        self._redis: Any = client
        self._push = client.register_script(script_text("push"))
        self._expire = client.register_script(script_text("expire"))
        self._forget = client.register_script(script_text("forget"))
        self._ack = client.register_script(script_text("ack"))

    def push(self, spider: str, seeds: Iterable[Seed], *, are_next: bool = False) -> int:
        """Append seeds, or put them before all others, in their order; those that Redis holds already are
        left alone. How many were new."""
        keys = SeedKeys(spider)
        wanted = list(seeds)
        if not wanted:
            return 0
        arguments: list[str | int] = [int(are_next)]
        for seed in reversed(wanted) if are_next else wanted:
            whose = f"{seed.marketplace}{_SEPARATOR}{seed.organization_id}"
            arguments += [seed.id, whose, seed.message]
        return int(cast(int, self._push(keys=[keys.ready, keys.known], args=arguments)))

    def depth(self, spider: str) -> QueueDepth:
        keys = SeedKeys(spider)
        pipe = self._redis.pipeline(transaction=False)
        pipe.llen(keys.ready).llen(keys.suspects).llen(keys.alone).hlen(keys.leased)
        ready, suspects, alone, leased = pipe.execute()
        return QueueDepth(ready, suspects + alone, leased)

    def has_seeds(self, spider: str) -> bool:
        """Whether any waits, or is under a lease."""
        return bool(self._redis.exists(SeedKeys(spider).known))

    def redeliveries(self, spider: str) -> int:
        """How many seeds came back because their lease ended, since Redis was last empty."""
        return int(self._redis.get(SeedKeys(spider).redeliveries) or 0)

    def held(self, spider: str) -> HeldSeeds:
        held = HeldSeeds()
        for whose, count in Counter(self._redis.hvals(SeedKeys(spider).known)).items():
            # An entry of an earlier version names no organization.
            marketplace, _, organization_id = whose.partition(_SEPARATOR)
            held.by_marketplace[marketplace] += count
            held.by_organization[organization_id] += count
        return held

    def of_job(self, spider: str, job_id: str) -> JobSeeds:
        """Reads the whole hot window, which is a few seconds' worth of work."""
        keys = SeedKeys(spider)
        pipe = self._redis.pipeline(transaction=True)
        known, leased = pipe.hkeys(keys.known).hkeys(keys.leased).execute()
        held = {name for name in leased if name.startswith(f"{job_id}:")}
        waiting = {name for name in known if name.startswith(f"{job_id}:")} - held
        return JobSeeds(len(waiting), len(held))

    def unknown(self, spider: str, ids: Sequence[str]) -> list[str]:
        """Which of the targets Redis holds no seed of."""
        if not ids:
            return []
        found = self._redis.hmget(SeedKeys(spider).known, list(ids))
        return [target for target, whose in zip(ids, found, strict=True) if whose is None]

    def drop_dead_entries(self, spider: str) -> int:
        """Forget ids that are known but in no list and under no lease; how many there were.

        Such an entry cannot come from our scripts, each of which moves a seed in one step; it comes
        from hands (a list deleted with redis-cli) and would keep its target from being fed again.
        """
        keys = SeedKeys(spider)
        pipe = self._redis.pipeline(transaction=True)
        pipe.hkeys(keys.known).hkeys(keys.leased)
        for waiting in (keys.ready, keys.suspects, keys.alone):
            pipe.lrange(waiting, 0, -1)
        known, leased, *lists = pipe.execute()
        held = {*leased, *(_target_id(message) for messages in lists for message in messages)}
        dead = [entry for entry in known if entry not in held]
        if dead:
            self._redis.hdel(keys.known, *dead)
        return len(dead)

    def expire_leases(self, spider: str, *, max_deaths: int) -> list[ExhaustedLease]:
        """Return seeds of lost leases to the queue; those that died `max_deaths` times come back here.

        After settling one of these as failed, `acknowledge` it.
        """
        keys = SeedKeys(spider)
        exhausted = self._expire(
            keys=[
                keys.leased,
                keys.expiry,
                keys.suspects,
                keys.deaths,
                keys.alone,
                keys.redeliveries,
            ],
            args=[max_deaths, 500],
        )
        return [ExhaustedLease(id_, int(token), seed) for id_, token, seed in cast(Any, exhausted)]

    def acknowledge(self, spider: str, leases: Iterable[ExhaustedLease]) -> None:
        keys = SeedKeys(spider)
        arguments = [part for lease in leases for part in (lease.id, str(lease.token))]
        if arguments:
            self._ack(keys=[keys.leased, keys.expiry, keys.known, keys.deaths], args=arguments)

    def forget_jobs(self, job_ids: Sequence[str]) -> None:
        """Drop the ready seeds of cancelled jobs, and tell crawlers to let go of the leased ones."""
        if not job_ids:
            return
        self._redis.sadd(CANCELLED_JOBS, *job_ids)
        self._redis.expire(CANCELLED_JOBS, _CANCELLED_TTL_SECONDS)
        for spider in self.spiders:
            keys = SeedKeys(spider)
            lists = [keys.ready, keys.suspects, keys.alone]
            self._forget(keys=[*lists, keys.known], args=list(job_ids))

    def wake_feeder(self) -> None:
        """Tell the feeders that a job has come. Losing this costs them a second, not the job."""
        with suppress(StorageAway):
            pipe = self._redis.pipeline(transaction=False)
            pipe.rpush(FEEDER_WAKE, "1").ltrim(FEEDER_WAKE, -1, -1)
            pipe.execute()

    def wait_for_wake(self, seconds: float) -> bool:
        """Block until a job has come, at most `seconds`."""
        return self._redis.blpop([FEEDER_WAKE], timeout=seconds) is not None


def _target_id(message: str) -> str | None:
    try:
        meta = json.loads(message)["meta"]
    except (ValueError, LookupError, TypeError):
        return None
    return meta.get("targetId") if isinstance(meta, dict) else None

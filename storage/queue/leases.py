"""The crawler's side of the seeds in Redis: take under a lease, renew, acknowledge, give back."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, cast

import redis.asyncio

from storage.base.records import Lease
from storage.queue.scripts import script_text
from storage.queue.seed_keys import CANCELLED_JOBS, FEEDER_WAKE, SeedKeys


class SeedWork(StrEnum):
    """What a crawler does with a seed whose crawlers died; as the scripts write it."""

    ALONE = "*"
    LOADING = "~"
    WAITING = ""


class Leases:
    """Leases of one crawler (`owner`) on the seeds of one spider."""

    def __init__(
        self, client: redis.asyncio.Redis, *, spider: str, owner: str, lease_seconds: float
    ) -> None:
        if "|" in owner:
            raise ValueError(f"an owner's name has no '|': {owner!r}")
        self._redis: Any = client
        self._keys = SeedKeys(spider)
        self._owner = owner
        self._lease_ms = int(lease_seconds * 1000)
        self._take = client.register_script(script_text("lease"))
        self._renew = client.register_script(script_text("renew"))
        self._ack = client.register_script(script_text("ack"))
        self._release = client.register_script(script_text("release"))
        self._begin = client.register_script(script_text("begin"))

    async def take(self, count: int, *, suspects: int, alone: int) -> list[Lease]:
        """Up to `count` seeds, each leased to this crawler.

        Among them at most `suspects` whose crawler died once, and `alone` (0 or 1) whose crawler
        died more often.
        """
        keys = self._keys
        found = await cast(
            Any,
            self._take(
                keys=[
                    keys.ready,
                    keys.suspects,
                    keys.leased,
                    keys.expiry,
                    keys.known,
                    keys.deaths,
                    keys.refused,
                    CANCELLED_JOBS,
                    keys.fence,
                    keys.alone,
                ],
                args=[count, self._lease_ms, self._owner, suspects, alone],
            ),
        )
        return [Lease(id_, int(token), float(deaths), seed) for id_, token, deaths, seed in found]

    async def wait(self, seconds: float) -> None:
        """Return as soon as a seed is ready, at the latest after `seconds`."""
        # From the head to the head moves nothing: this only waits until there is something to take,
        # for seeds pushed by hand as well, and wakes every crawler that waits.
        await self._redis.blmove(
            self._keys.ready, self._keys.ready, timeout=seconds, src="LEFT", dest="LEFT"
        )

    async def renew(self, held: Sequence[tuple[str, int, str]]) -> list[str]:
        """Prolong leases given as (id, token, job id or ""); ids of those that are lost or cancelled."""
        if not held:
            return []
        arguments = [str(part) for lease in held for part in lease]
        keys = [self._keys.leased, self._keys.expiry, CANCELLED_JOBS]
        lost = await cast(Any, self._renew(keys=keys, args=[self._lease_ms, *arguments]))
        return list(lost)

    async def mark(self, id_: str, token: int, work: SeedWork) -> None:
        """What this crawler does with the seed: so much would its death count, see expire.lua."""
        arguments = [id_, str(token), work.value]
        await cast(Any, self._begin(keys=[self._keys.leased], args=arguments))

    async def acknowledge(self, held: Sequence[tuple[str, int]]) -> None:
        """Forget seeds whose targets are settled."""
        if held:
            keys = self._keys
            await cast(
                Any,
                self._ack(
                    keys=[keys.leased, keys.expiry, keys.known, keys.deaths],
                    args=[str(part) for lease in held for part in lease],
                ),
            )

    async def release(self, held: Sequence[tuple[str, int]]) -> None:
        """Give seeds back unfinished; they are the next to be taken."""
        if held:
            keys = self._keys
            await cast(
                Any,
                self._release(
                    keys=[
                        keys.leased,
                        keys.expiry,
                        keys.ready,
                        keys.suspects,
                        keys.deaths,
                        keys.alone,
                    ],
                    args=[str(part) for lease in held for part in lease],
                ),
            )

    async def wake_feeder(self) -> None:
        """Tell the feeders that a job has grown."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.rpush(FEEDER_WAKE, "1").ltrim(FEEDER_WAKE, -1, -1)
        await pipe.execute()

    async def close(self) -> None:
        await self._redis.aclose()

"""Requests a minute to each real marketplace, held over all crawlers of all nodes together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import redis
import redis.asyncio

from storage.queue.scripts import script_text
from storage.queue.seed_keys import PACE_RATES, pace_key, pace_used_key


@dataclass(frozen=True, slots=True)
class PaceUse:
    """Requests to one marketplace, by the minutes of Redis' clock."""

    this_minute: int
    last_minute: int


class Pace:
    """The crawler's side."""

    def __init__(self, client: redis.asyncio.Redis, *, default_per_minute: float) -> None:
        self._redis: Any = client
        self._default = default_per_minute
        self._script = client.register_script(script_text("pace"))

    async def reserve(self, marketplace: str) -> float:
        """Reserve the next free moment; how many seconds to wait until then."""
        rate = await self._redis.hget(PACE_RATES, marketplace)
        per_minute = float(rate) if rate else self._default
        keys = [pace_key(marketplace), pace_used_key(marketplace)]
        return await self._reserve(keys, seconds=60 / per_minute)

    async def reserve_every(self, name: str, *, seconds: float) -> float:
        """The same for whatever goes by `name`, at most once in `seconds`."""
        return await self._reserve([pace_key(name)], seconds=seconds)

    async def _reserve(self, keys: Sequence[str], *, seconds: float) -> float:
        interval_ms = max(1, round(seconds * 1000))
        wait_ms = await cast(Any, self._script(keys=keys, args=[interval_ms]))
        return float(wait_ms) / 1000


class PaceRates:
    """The API's and the worker's side: what an admin has set, by marketplace code."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Any = client

    def get_all(self) -> dict[str, float]:
        return {code: float(rate) for code, rate in self._redis.hgetall(PACE_RATES).items()}

    def waits(self, codes: Iterable[str]) -> dict[str, float]:
        """For how many seconds a crawler's next request to each marketplace would wait, by Redis' clock."""
        names = list(codes)
        pipe = self._redis.pipeline(transaction=False)
        pipe.time()
        for code in names:
            pipe.get(pace_key(code))
        (seconds, micros), *slots = pipe.execute()
        now = seconds + micros / 1e6
        return {
            code: max(0.0, float(slot) / 1000 - now) if slot else 0.0
            for code, slot in zip(names, slots, strict=True)
        }

    def used(self, codes: Iterable[str]) -> dict[str, PaceUse]:
        """How many requests to each marketplace go in this minute, and went in the one before."""
        names = list(codes)
        pipe = self._redis.pipeline(transaction=False)
        pipe.time()
        for code in names:
            pipe.hgetall(pace_used_key(code))
        (seconds, _), *minutes = pipe.execute()
        now = seconds // 60
        return {
            code: PaceUse(int(found.get(str(now), 0)), int(found.get(str(now - 1), 0)))
            for code, found in zip(names, minutes, strict=True)
        }

    def replace(self, rates: dict[str, float]) -> None:
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(PACE_RATES)
        if rates:
            pipe.hset(PACE_RATES, mapping={code: str(rate) for code, rate in rates.items()})
        pipe.execute()

"""How many errors that waiting does not heal were met, by place, in all processes together.

In Redis, which takes a count although MongoDB refuses everything. What Redis does not take is kept
by the process, and counted with the next one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import redis
import redis.asyncio

from storage.base.away import kind_of
from storage.queue.seed_keys import DEFECTS

logger = logging.getLogger(__name__)

# Called with the place: the name of a loop, or of a part of a crawler.
CountDefect = Callable[[str], None]


class Defects:
    """For the threads of a worker or of an API."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Any = client
        self._lock = Lock()
        self._uncounted: Counter[str] = Counter()

    def count(self, place: str) -> None:
        """Never raises: whoever counts has an error of its own to deal with."""
        with self._lock:
            self._uncounted[place] += 1
            counts, self._uncounted = self._uncounted, Counter()
        try:
            _add(self._redis.pipeline(transaction=True), counts).execute()
        except Exception as error:  # noqa: BLE001 (a store that is away or refuses; see the module)
            logger.warning("Defects are not counted yet: %s", kind_of(error))
            with self._lock:
                self._uncounted.update(counts)

    def get_all(self) -> Mapping[str, int]:
        return {place: int(number) for place, number in self._redis.hgetall(DEFECTS).items()}


class CrawlerDefects:
    """The crawler's side."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis: Any = client

    async def add(self, counts: Mapping[str, int]) -> None:
        await _add(self._redis.pipeline(transaction=True), counts).execute()

    async def close(self) -> None:
        await self._redis.aclose()


def _add(pipe: Any, counts: Mapping[str, int]) -> Any:
    for place, number in counts.items():
        pipe.hincrby(DEFECTS, place, number)
    return pipe

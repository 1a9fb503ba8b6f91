"""What the fleet keeper must remember between two looks, and between two workers."""

from __future__ import annotations

import time
from typing import Any

import redis

_LOCK = "fleet:keeper"


def _dispatched_key(node: str) -> str:
    return f"fleet:{node}:dispatched"


class FleetMemory:
    def __init__(self, client: redis.Redis) -> None:
        self._redis: Any = client

    def hold(self, worker: str, *, seconds: float) -> bool:
        """Become, or stay, the one worker that keeps the fleet."""
        if self._redis.set(_LOCK, worker, nx=True, px=int(seconds * 1000)):
            return True
        if self._redis.get(_LOCK) != worker:
            return False
        self._redis.pexpire(_LOCK, int(seconds * 1000))
        return True

    def let_go(self, worker: str) -> None:
        if self._redis.get(_LOCK) == worker:
            self._redis.delete(_LOCK)

    def note_dispatch(self, node: str, job_id: str, spider: str) -> None:
        """Remember that a process was asked for, until it beats or its time is over."""
        self._redis.hset(_dispatched_key(node), job_id, f"{spider}|{time.time()}")

    def dispatched(self, node: str) -> dict[str, tuple[str, float]]:
        """job id -> (spider, seconds since it was asked for)."""
        found = {}
        for job_id, text in self._redis.hgetall(_dispatched_key(node)).items():
            spider, _, asked_at = text.partition("|")
            found[job_id] = (spider, time.time() - float(asked_at))
        return found

    def forget(self, node: str, job_ids: list[str]) -> None:
        if job_ids:
            self._redis.hdel(_dispatched_key(node), *job_ids)

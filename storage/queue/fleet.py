"""What the fleet keeper must remember between two looks, and between two workers."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import redis
from redis.exceptions import LockError, LockNotOwnedError
from redis.lock import Lock

_LOCK = "fleet:keeper"


def _dispatched_key(node: str) -> str:
    return f"fleet:{node}:dispatched"


class FleetMemory:
    def __init__(self, client: redis.Redis, *, lock_seconds: float = 10.0) -> None:
        self._redis: Any = client
        # The lock has a token of this object's own. Redis compares it and counts the seconds, so a
        # worker that was suspended can neither renew nor release the lock of the next one.
        self._lock = Lock(client, _LOCK, timeout=lock_seconds, thread_local=False)

    def hold(self) -> bool:
        """Become, or stay, the one worker that keeps the fleet, for `lock_seconds` from now."""
        if self._lock.local.token is not None:
            try:
                return bool(self._lock.reacquire())
            except LockNotOwnedError:
                self._lock.local.token = None
        return bool(self._lock.acquire(blocking=False))

    def let_go(self) -> None:
        """Let another worker keep the fleet at once. Nothing happens where another one does already."""
        with suppress(LockError):
            self._lock.release()

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

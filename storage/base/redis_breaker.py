"""A Redis that is away is asked by one thread a second; the others hear at once that it is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import redis

_PAUSE_SECONDS = 1.0


class Breaker:
    """Shared by the threads of a process. After a failure one call a `pause_seconds` is admitted,
    until one works."""

    def __init__(
        self,
        pause_seconds: float = _PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._closed_until: float | None = None

    def admits(self) -> bool:
        with self._lock:
            if self._closed_until is None:
                return True
            if self._clock() < self._closed_until:
                return False
            # The one that is admitted finds out for all.
            self._closed_until = self._clock() + self._pause_seconds
            return True

    def failed(self) -> None:
        with self._lock:
            self._closed_until = self._clock() + self._pause_seconds

    def worked(self) -> None:
        with self._lock:
            self._closed_until = None


class GuardedPool(redis.ConnectionPool):
    """redis-py closes a connection whose command failed: whether one comes back open says whether
    Redis answered."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._breaker = Breaker()
        super().__init__(*args, **options)

    def get_connection(self, *args: Any, **options: Any) -> Any:
        if not self._breaker.admits():
            raise redis.ConnectionError("Redis is away")
        return super().get_connection(*args, **options)

    def release(self, connection: Any) -> None:
        if connection.is_connected:
            self._breaker.worked()
        else:
            self._breaker.failed()
        super().release(connection)

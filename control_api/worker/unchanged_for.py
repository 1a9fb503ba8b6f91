"""For how long something has not changed, as this process has seen it: no clock but our own is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable


class UnchangedFor:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[Hashable, tuple[object, float]] = {}

    def seconds(self, key: Hashable, value: object) -> float:
        """Since when `value` has been the same at every look."""
        now = self._clock()
        before = self._seen.get(key)
        if before is None or before[0] != value:
            self._seen[key] = (value, now)
            return 0.0
        return now - before[1]

    def keep(self, keys: Collection[Hashable]) -> None:
        self._seen = {key: seen for key, seen in self._seen.items() if key in keys}

    def forget(self) -> None:
        """We could not look: what was silent meanwhile was silent for us alone."""
        self._seen.clear()

"""How long to wait before the next try of what failed. One rule for loops, crawlers and pages."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from storage.base.away import StorageAway

logger = logging.getLogger(__name__)

T = TypeVar("T")

_MAX_DOUBLINGS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Twice as long after each failure. It decides, and does not wait itself.

    `spread`: a wait is up to this share shorter or longer, so that many who failed at the same
    moment do not all try again at the same moment.
    """

    first_seconds: float
    max_seconds: float
    spread: float = 0.0

    def seconds(self, failures: int) -> float:
        """The wait after so many failures in a row, from 1."""
        # An outage of an hour and a half is a thousand failures, and 2.0**1024 is no float any more.
        wait = self.first_seconds * 2.0 ** min(failures - 1, _MAX_DOUBLINGS)
        return spread_out(min(wait, self.max_seconds), self.spread)

    def longer(self, seconds: float) -> float:
        """The wait after one that was too short; 0 is the first."""
        return min(self.max_seconds, max(self.first_seconds, 2 * seconds))


def spread_out(seconds: float, share: float) -> float:
    return seconds * random.uniform(1 - share, 1 + share)


# For what waits for a store: it notices soon that the store is back, and asks one that is away seldom.
STORAGE_BACKOFF = Backoff(first_seconds=0.2, max_seconds=5.0)


def when_storage_is_back(work: Callable[[], T], *, patience_seconds: float) -> T:
    """What `work` returns; it is tried until its store can be reached.

    Blocks. Raises StorageAway when the store is still away after `patience_seconds`.
    """
    deadline = time.monotonic() + patience_seconds
    failures = 0
    while True:
        try:
            return work()
        except StorageAway as error:
            failures += 1
            wait = STORAGE_BACKOFF.seconds(failures)
            if time.monotonic() + wait > deadline:
                raise
            logger.warning("A store is away: %s; next try in %.1f s", error, wait)
        time.sleep(wait)

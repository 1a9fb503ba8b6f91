"""Takes the receipts of monitors, a project at a time, under a lease that one observer holds.

Any number of workers may run it. One that was stopped for longer than its lease cannot commit: the feed's
counter is written under the lease's token.
"""

from __future__ import annotations

import logging
import time
from threading import Event

from control_api.services.monitors.observing import LeaseLost, Observing
from control_api.services.one_by_one import OneByOne
from storage.base.away import StorageAway
from storage.monitors.feeds import FeedLease, Feeds
from storage.monitors.receipts import Receipts
from storage.queue.defects import CountDefect

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.3
LEASE_SECONDS = 15.0
# A receipt is not begun when the lease has less than this left.
SPARE_SECONDS = 2.0


class Observer:
    def __init__(
        self,
        receipts: Receipts,
        feeds: Feeds,
        observing: Observing,
        *,
        stop: Event,
        lease_seconds: float = LEASE_SECONDS,
        spare_seconds: float = SPARE_SECONDS,
        count_defect: CountDefect | None = None,
    ) -> None:
        self._count_defect = count_defect
        self._receipts = receipts
        self._feeds = feeds
        self._observing = observing
        self._stop = stop
        self._lease_seconds = lease_seconds
        self._spare_seconds = spare_seconds

    def step(self) -> float:
        """Take what waits; the seconds until there may be more."""
        is_busy = False
        each = OneByOne()
        for project_id in self._receipts.projects():
            if self._stop.is_set():
                break
            with each.apart(f"the receipts of project {project_id}"):
                is_busy |= self._take_project(project_id)
        each.raise_first()
        return 0.0 if is_busy else IDLE_SECONDS

    def _take_project(self, project_id: str) -> bool:
        """True when receipts were taken."""
        lease = self._feeds.claim(project_id, seconds=self._lease_seconds)
        if lease is None:
            return False
        until = time.monotonic() + self._lease_seconds - self._spare_seconds
        count = 0
        try:
            while time.monotonic() < until and not self._stop.is_set() and self._take_one(lease):
                count += 1
        except LeaseLost:
            logger.warning("the observer of project %s was too slow: another has it", project_id)
            return count > 0
        except StorageAway:
            raise
        except Exception:
            # Its lease stays until it ends: this project is tried again then, and the others go on.
            logger.exception("a receipt of project %s broke", project_id)
            if self._count_defect is not None:
                self._count_defect("observer")
            return count > 0
        self._feeds.release(lease)
        return count > 0

    def _take_one(self, lease: FeedLease) -> bool:
        receipt = self._receipts.find_next(lease.project_id)
        if receipt is None:
            return False
        self._observing.take(receipt, lease)
        return True

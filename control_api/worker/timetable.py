"""Runs a step by the clock on APScheduler. When a slot is due is not kept there but in MongoDB, so
that any number of workers share it and a restart forgets nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from storage.clock import utc_now
from storage.connections import StorageUnavailable

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0


class Timetable:
    """Calls `run_due(now)` every second; a call that takes longer is not overtaken by the next."""

    def __init__(
        self,
        name: str,
        run_due: Callable[[datetime], None],
        *,
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        self._name = name
        self._run_due = run_due
        self._tick_began: float | None = None
        # One thread, so that two ticks never run side by side; one may wait.
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}, daemon=True
        )
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=every_seconds,
            next_run_time=utc_now(),
            coalesce=True,
            max_instances=2,
            # None: however late, it runs. The default would drop a tick that is a second late.
            misfire_grace_time=None,
        )

    def start(self) -> None:
        self._scheduler.start()

    def join(self, timeout: float) -> None:
        """End it; a step that runs comes to its end (it is a few transactions)."""
        self._scheduler.shutdown(wait=True)

    def busy_seconds(self) -> float:
        began = self._tick_began
        return 0.0 if began is None else time.monotonic() - began

    def _tick(self) -> None:
        self._tick_began = time.monotonic()
        try:
            self._run_due(utc_now())
        except StorageUnavailable as error:
            logger.warning("%s: %s; next try in a second", self._name, error)
        finally:
            self._tick_began = None

"""Periodic duties on APScheduler. What is due is kept in MongoDB, not here, so that any number of
workers share it and a restart forgets nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from control_api.worker.marks import Mark
from storage.base.away import StorageAway
from storage.base.clock import utc_now
from storage.queue.defects import CountDefect

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Duty:
    """`run` is called every `every_seconds`, and again at once after it returned True: more is left."""

    name: str
    run: Callable[[], bool]
    every_seconds: float
    began: float | None = field(default=None, init=False)


class Timetable:
    """Calls each duty in a thread of its own; a call that takes longer is not overtaken by the next."""

    def __init__(
        self,
        duties: Sequence[Duty],
        *,
        mark: Mark | None = None,
        count_defect: CountDefect | None = None,
    ) -> None:
        self._mark = mark
        self._count_defect = count_defect
        self._duties = duties
        self._is_ending = False
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            # One thread a duty: two calls of one never run side by side, and none waits for another.
            executors={duty.name: ThreadPoolExecutor(1) for duty in duties},
            daemon=True,
        )
        for duty in duties:
            self._scheduler.add_job(
                self._perform,
                "interval",
                args=(duty,),
                id=duty.name,
                executor=duty.name,
                seconds=duty.every_seconds,
                next_run_time=utc_now(),
                coalesce=True,
                # One runs, one may wait.
                max_instances=2,
                # None: however late, it runs. The default would drop a call that is a second late.
                misfire_grace_time=None,
            )

    def start(self) -> None:
        self._scheduler.start()

    def join(self, timeout: float) -> None:
        """End it; a duty that runs comes to its end (it is a few transactions)."""
        self._is_ending = True
        self._scheduler.shutdown(wait=True)

    def busy_seconds(self) -> float:
        """For how long the longest call that runs now has taken; 0 while none runs."""
        began = [duty.began for duty in self._duties if duty.began is not None]
        return time.monotonic() - min(began) if began else 0.0

    def _perform(self, duty: Duty) -> None:
        duty.began = time.monotonic()
        try:
            while duty.run() and not self._is_ending:
                duty.began = time.monotonic()
            if self._mark is not None:
                self._mark(duty.name)
        except StorageAway as error:
            logger.warning(
                "%s: %s; next try in %g s at the latest", duty.name, error, duty.every_seconds
            )
        except Exception:
            # A defect must end neither the duty's next calls nor another duty.
            logger.exception("%s broke", duty.name)
            if self._count_defect is not None:
                self._count_defect(duty.name)
        finally:
            duty.began = None

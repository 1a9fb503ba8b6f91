"""A step that is repeated until the worker stops. A server that is away delays it, nothing more."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Protocol

from control_api.gateways.scrapyd import ScrapydError
from control_api.worker.marks import Mark
from storage.base.away import StorageAway
from storage.base.backoff import Backoff
from storage.queue.defects import CountDefect

logger = logging.getLogger(__name__)

BACKOFF = Backoff(first_seconds=0.4, max_seconds=5.0)


class WorkerLoop(Protocol):
    """What the worker starts when it starts, and waits for when it stops."""

    def start(self) -> None: ...

    def join(self, timeout: float) -> None: ...

    def busy_seconds(self) -> float:
        """For how long its present step has taken; 0 between two steps."""
        ...


class Loop:
    """Calls `step()`, which returns the seconds to wait before the next call; `leave()` at the end."""

    def __init__(
        self,
        name: str,
        step: Callable[[], float],
        stop: Event,
        *,
        leave: Callable[[], None] | None = None,
        mark: Mark | None = None,
        count_defect: CountDefect | None = None,
    ) -> None:
        self._name = name
        self._count_defect = count_defect
        self._mark = mark
        self._leave = leave
        self._step = step
        self._stop = stop
        self._step_began: float | None = None
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def busy_seconds(self) -> float:
        began = self._step_began
        return 0.0 if began is None else time.monotonic() - began

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            self._step_began = time.monotonic()
            try:
                pause = self._step()
                failures = 0
                if self._mark is not None:
                    self._mark(self._name)
            except (StorageAway, ScrapydError) as error:
                failures += 1
                pause = BACKOFF.seconds(failures)
                logger.warning("%s: %s; next try in %.1f s", self._name, error, pause)
            except Exception:
                # A bug in one step must not end the loop for ever without a word.
                failures += 1
                pause = BACKOFF.seconds(failures)
                logger.exception("%s broke; next try in %.1f s", self._name, pause)
                if self._count_defect is not None:
                    self._count_defect(self._name)
            self._step_began = None
            if pause > 0:
                self._stop.wait(pause)
        if self._leave is not None:
            with suppress(StorageAway):
                self._leave()

"""Tells MongoDB that a loop goes round: `/metrics` shows the one that stands still."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from storage.base.away import StorageAway
from storage.runs.loop_marks import LoopMarks

logger = logging.getLogger(__name__)

# Loops go round many times a second.
EVERY_SECONDS = 5.0
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

# Called with a loop's name after each step that succeeded.
Mark = Callable[[str], None]


class Marks:
    def __init__(self, store: LoopMarks, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}
        self._worker = f"{socket.gethostname()}:{os.getpid()}"

    def mark(self, loop: str) -> None:
        with self._lock:
            now = self._clock()
            if now - self._told.get(loop, float("-inf")) < EVERY_SECONDS:
                return
            self._told[loop] = now
        try:
            self._store.mark(self._worker, loop, resident_bytes=_resident_bytes())
        except StorageAway as error:
            logger.warning("%s was not marked: %s", loop, type(error).__name__)


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES

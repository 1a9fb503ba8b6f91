"""A file that is touched while no step hangs: the worker has no port that could be asked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from control_api.worker.loop import WorkerLoop

logger = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
# Longer than any step of a worker that is well: each is a few transactions, or bounded by timeouts.
HANGS_AFTER_SECONDS = 300.0


class SignOfLife:
    """`file` None: nobody looks."""

    def __init__(self, file: Path | None, loops: Sequence[WorkerLoop]) -> None:
        self._file = file
        self._loops = loops

    def give(self) -> None:
        if self._file is None:
            return
        longest = max((loop.busy_seconds() for loop in self._loops), default=0.0)
        if longest < HANGS_AFTER_SECONDS:
            self._file.touch()
        else:
            logger.error("A step has taken %.0f s: no sign of life", longest)

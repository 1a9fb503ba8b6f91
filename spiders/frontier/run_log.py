"""A dedicated run's log, on its way to the job."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from threading import Lock

MAX_CHARACTERS = 4_000
# What a beat carries at most; a spider that logs faster loses its oldest lines, and is told so.
MAX_LINES = 2_000
_BYTES_A_BEAT = 256 * 1024


class RunLog(logging.Handler):
    """Keeps lines until they are taken."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: list[str] = []
        self._lines: deque[str] = deque()
        self._lost = 0
        self._guard = Lock()
        self.setFormatter(logging.Formatter("%(asctime)s [%(name)s] %(levelname)s: %(message)s"))

    def hide(self, secrets: Sequence[str]) -> None:
        """From now on, texts that must not be in any line."""
        self._secrets = [secret for secret in secrets if secret]

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001 (as every handler: a bad log call must not end the crawl)
            self.handleError(record)
            return
        for secret in self._secrets:
            text = text.replace(secret, "***")
        with self._guard:
            for line in text.splitlines():
                self._lines.append(_cut(line))
            while len(self._lines) > MAX_LINES:
                self._lines.popleft()
                self._lost += 1

    def take(self) -> list[str]:
        """The lines of one beat, oldest first."""
        taken: list[str] = []
        size = 0
        with self._guard:
            if self._lost:
                taken.append(f"... {self._lost} lines were logged too fast, and are lost")
                self._lost = 0
            while self._lines and size < _BYTES_A_BEAT:
                taken.append(self._lines.popleft())
                size += len(taken[-1])
        return taken

    def put_back(self, lines: Sequence[str]) -> None:
        with self._guard:
            self._lines.extendleft(reversed(lines))


def _cut(line: str) -> str:
    # What UTF-8 cannot hold, MongoDB cannot.
    line = line.encode(errors="replace").decode()
    if len(line) <= MAX_CHARACTERS:
        return line
    return f"{line[:MAX_CHARACTERS]}... ({len(line)} characters)"

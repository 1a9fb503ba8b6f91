"""Reads saved pages with the crawlers' parser, in a process for each: pages of strangers are parsed neither in a
process that serves requests, nor in one that has secrets."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

import orjson

_MODULE = "spiders.saved.reader_process"
# It starts in half a second, and on a busy machine a second of CPU time takes longer.
_WALL_SECONDS = 15.0
# A request waits so long for its turn.
_TURN_SECONDS = 5.0
_MAX_ANSWER_BYTES = 32 * 1024 * 1024


class PageReaderBusy(Exception):
    """Others' pages are being read."""


class PageUnread(Exception):
    """The parser was ended over the page, or broke on it; the message says how."""


class PageReader:
    """One page at a time: a request that shows a page must not take the machine from the others."""

    def __init__(self, *, cpu_seconds: float, memory_mb: int) -> None:
        self._limits = [str(max(1, round(cpu_seconds))), str(memory_mb)]
        self._turn = threading.Lock()

    def read(self, head: Mapping[str, Any], body: bytes, *, explains: bool) -> dict[str, Any]:
        """What spiders/saved/reading.py says of the page. `body` may be gzip."""
        if not self._turn.acquire(timeout=_TURN_SECONDS):
            raise PageReaderBusy
        try:
            done = self._run(orjson.dumps({"head": head, "explains": explains}) + b"\n" + body)
        except subprocess.TimeoutExpired as error:
            raise PageUnread("the parser did not come to an end") from error
        finally:
            self._turn.release()
        if done.returncode < 0:
            raise PageUnread("the parser took more time or memory than a page may")
        if done.returncode or len(done.stdout) > _MAX_ANSWER_BYTES:
            raise PageUnread("the parser broke on the page")
        answer: dict[str, Any] = orjson.loads(done.stdout)
        if "unreadable" in answer:
            raise PageUnread(answer["unreadable"])
        return answer

    def _run(self, sent: bytes) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", _MODULE, *self._limits]
        return subprocess.run(
            command,
            input=sent,
            capture_output=True,
            timeout=_WALL_SECONDS,
            check=False,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8"},
        )

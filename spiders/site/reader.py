"""One reader process, as the crawler holds it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import orjson

from spiders.site.reader_process import HEAD, task_as_json
from spiders.site.reading import NotRead, ReadPage, ReadTask
from storage.base.records import Failure

_NICE = 10
_CPUCLOCK_SCHED = 2


class ReaderDied(Exception):
    """The process is gone; `code` as subprocess has it, negative for a signal."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Reader(asyncio.Protocol):
    """`on_end` is called when the process is ready for its next page, or gone: with what became of the
    page, or with None when it had none (its start is over)."""

    def __init__(
        self,
        *,
        cpu_seconds: float,
        memory_mb: int,
        on_end: Callable[[Reader, ReadPage | Exception | None], None],
    ) -> None:
        self._on_end = on_end
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._is_ended = False
        self._worked_before = 0.0
        self.has_stepped_back = False
        # The process ends after its present answer.
        self.retires = False
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._socket = ours
        command = [sys.executable, "-m", "spiders.site.reader_process"]
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno()), f"{cpu_seconds:g}", str(memory_mb)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Neither the stores' passwords nor anything else: it reads pages, that is all.
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": _import_path()},
            )

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: self, sock=self._socket)

    def read(self, task: ReadTask, body: bytes) -> None:
        assert self._transport is not None
        self._worked_before = self._processor_seconds()
        head = task_as_json(task)
        self._transport.write(HEAD.pack(len(head), len(body)) + head + body)

    def worked_seconds(self) -> float:
        """Processor time that the page has taken until now."""
        return self._processor_seconds() - self._worked_before

    def _processor_seconds(self) -> float:
        # What clock_getcpuclockid(3) gives, which Python does not have.
        clock = ~self._process.pid << 3 | _CPUCLOCK_SCHED
        try:
            return time.clock_gettime(clock)
        except OSError:
            # The process has just ended; the loop will tell.
            return self._worked_before

    def step_back(self) -> None:
        """Let others have the processor first; there is no way back from that."""
        self.has_stepped_back = True
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICE)

    def has_died(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> None:
        """At once, and without a word to `on_end`."""
        self._is_ended = True
        self._process.kill()
        self._process.wait()
        if self._transport is not None:
            self._transport.abort()
        else:
            self._socket.close()

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's by their class.
        self._transport = cast(asyncio.Transport, transport)
        if self._is_ended:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) < HEAD.size:
            return
        size, _ = HEAD.unpack_from(self._received)
        if len(self._received) < HEAD.size + size:
            return
        answer = bytes(self._received[HEAD.size :])
        self._received.clear()
        if not self._is_ended:
            self._on_end(self, self._outcome_of(answer) if answer else None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._is_ended:
            self._is_ended = True
            # The socket closes a moment before the process can be waited for.
            self._process.kill()
            self._on_end(self, ReaderDied(self._process.wait()))

    def _outcome_of(self, answer: bytes) -> ReadPage | NotRead:
        fields: dict[str, Any] = orjson.loads(answer)
        self.retires = fields.pop("retires")
        if failure := fields.get("failure"):
            return NotRead(Failure(*failure))
        links = [(key, url) for key, url in fields.pop("links")]
        following = fields.pop("following")
        return ReadPage(**fields, links=links, following=tuple(following) if following else None)


def _import_path() -> str:
    return os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)

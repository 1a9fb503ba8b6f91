"""The reader processes of a crawler: what users write as selectors never runs in its event loop.

A page is begun in a quick place. One that takes long goes on in a slow place, at the lowest priority,
and its quick place is free again. So whoever writes selectors that take minutes waits for the own
pages, and nobody else does.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from spiders.site.reader import Reader, ReaderDied
from spiders.site.reader_process import OUT_OF_MEMORY
from spiders.site.reading import NotRead, ReadPage, ReadTask
from spiders.work.failures import FailureCode
from storage.base.records import Failure

logger = logging.getLogger(__name__)

# Of processor time.
QUICK_SECONDS = 0.3
LOOK_SECONDS = 0.05
SLOW_PLACES = 1
# On a machine that is busy otherwise a second of CPU time takes longer.
WALL_SECONDS_A_CPU_SECOND = 6.0
MAX_SLOW_OWNERS = 1_000
MAX_BODY_IN_MEMORY = 64 * 1024
MAX_START_FAILURES = 3


@dataclass(eq=False, slots=True)
class _Wanted:
    task: ReadTask
    body: bytes
    owner: str
    answer: asyncio.Future[ReadPage]
    is_slow: bool = False
    began_at: float = 0.0
    timer: asyncio.TimerHandle | None = None
    file: IO[bytes] | None = None

    def put_aside(self) -> None:
        """Hundreds of large pages may wait for the slow place: not in memory."""
        if self.file is None and len(self.body) > MAX_BODY_IN_MEMORY and not self.answer.done():
            self.file = TemporaryFile(prefix="azscraper-page-")  # noqa: SIM115 (closed when read)
            self.file.write(self.body)
            self.body = b""

    def drop_file(self, _: object = None) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None

    def take_body(self) -> bytes:
        if self.file is None:
            return self.body
        with self.file as file:
            file.seek(0)
            self.file = None
            return file.read()


class FairQueue:
    """Whose page is next: owners take turns, each one's pages come in their order."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, deque[_Wanted]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._owners)

    def add(self, wanted: _Wanted) -> None:
        self._owners.setdefault(wanted.owner, deque()).append(wanted)

    def take(self) -> _Wanted | None:
        while self._owners:
            owner, line = self._owners.popitem(last=False)
            wanted = line.popleft()
            if line:
                self._owners[owner] = line
            if not wanted.answer.done():
                return wanted
        return None

    def take_all(self, owner: str) -> Iterable[_Wanted]:
        return self._owners.pop(owner, ())


class PageReaders:
    """`places`: quick ones. `cpu_seconds`, `memory_mb`: what one page may take."""

    def __init__(self, *, places: int, cpu_seconds: float, memory_mb: int) -> None:
        self._places = places
        self._cpu_seconds = cpu_seconds
        self._memory_mb = memory_mb
        self._quick, self._slow = FairQueue(), FairQueue()
        self._starting: set[Reader] = set()
        self._idle: list[Reader] = []
        self._busy: dict[Reader, _Wanted] = {}
        self._slow_busy = 0
        self._start_failures = 0
        # Whose last page was slow: the next one begins in a slow place.
        self._slow_owners: OrderedDict[str, None] = OrderedDict()
        self._connecting: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def read(self, task: ReadTask, body: bytes, *, owner: str) -> asyncio.Future[ReadPage]:
        """Its exception may be NotRead. `owner`: whoever is to wait only for the own slow pages.
        Cancel it when nobody waits for the page any more."""
        answer: asyncio.Future[ReadPage] = asyncio.get_running_loop().create_future()
        wanted = _Wanted(task, body, owner, answer)
        # Nobody waits for it any more: its file goes with it.
        answer.add_done_callback(wanted.drop_file)
        if owner in self._slow_owners:
            self._put_off(wanted)
        else:
            self._quick.add(wanted)
        self._go_on()
        return answer

    def close(self) -> None:
        self._is_closed = True
        for reader in (*self._starting, *self._idle, *self._busy):
            reader.end()
        for busy in self._busy.values():
            self._forget_time(busy)
            busy.answer.cancel()
        for line in (self._quick, self._slow):
            while wanted := line.take():
                wanted.answer.cancel()
        self._starting.clear()
        self._idle.clear()
        self._busy.clear()

    def _go_on(self) -> None:
        """Begin what there are places for, and start what processes that needs."""
        self._drop_dead()
        while self._idle and self._quick_busy < self._places and (wanted := self._quick.take()):
            self._begin(self._idle.pop(), wanted)
        while self._idle and self._slow_busy < SLOW_PLACES and (wanted := self._slow.take()):
            self._slow_busy += 1
            wanted.is_slow = True
            reader = self._idle.pop()
            reader.step_back()
            self._begin(reader, wanted)
        self._start_what_lacks()

    def _drop_dead(self) -> None:
        """A process that died while it had no page must get none: the event loop may hear of it later."""
        for reader in [reader for reader in self._idle if reader.has_died()]:
            self._idle.remove(reader)
            reader.end()

    def _put_off(self, wanted: _Wanted) -> None:
        wanted.put_aside()
        self._slow.add(wanted)

    @property
    def _quick_busy(self) -> int:
        return len(self._busy) - self._slow_busy

    def _start_what_lacks(self) -> None:
        """All quick places have a process, ahead of their pages: a start takes as long as fifty pages.
        A slow page takes one away for good."""
        lacking = self._places - self._quick_busy - len(self._idle) - len(self._starting)
        for _ in range(max(0, lacking) if not self._is_closed else 0):
            reader = Reader(
                cpu_seconds=self._cpu_seconds, memory_mb=self._memory_mb, on_end=self._on_end
            )
            self._starting.add(reader)
            task = asyncio.create_task(reader.connect())
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    def _begin(self, reader: Reader, wanted: _Wanted) -> None:
        loop = asyncio.get_running_loop()
        self._busy[reader] = wanted
        wanted.began_at = loop.time()
        if wanted.is_slow:
            seconds = self._cpu_seconds * WALL_SECONDS_A_CPU_SECOND
            wanted.timer = loop.call_later(seconds, self._on_late, reader)
        else:
            wanted.timer = loop.call_later(QUICK_SECONDS, self._on_slow, reader)
        body = wanted.take_body()
        # A quick page may yet be begun anew, in a slow place.
        wanted.body = b"" if wanted.is_slow else body
        reader.read(wanted.task, body)

    def _on_end(self, reader: Reader, outcome: ReadPage | Exception | None) -> None:
        """A process is ready for its next page, or gone."""
        wanted = self._busy.pop(reader, None)
        if isinstance(outcome, ReaderDied):
            self._on_death(reader, outcome)
        elif reader.retires or reader.has_stepped_back or self._is_closed:
            reader.end()
        else:
            self._idle.append(reader)
            self._start_failures = 0
        self._starting.discard(reader)
        if wanted is not None:
            self._settle(wanted, outcome)
        self._go_on()

    def _on_death(self, reader: Reader, death: ReaderDied) -> None:
        if reader in self._idle:
            self._idle.remove(reader)
        if reader in self._starting:
            logger.error("A process that reads pages has not started (exit code %s)", death.code)
            self._start_failures += 1
            if self._start_failures >= MAX_START_FAILURES:
                # Whoever waits hears of it; the next page tries again.
                self._start_failures = 0
                self._fail_all("no process to read the page could be started")

    def _settle(self, wanted: _Wanted, outcome: ReadPage | Exception | None) -> None:
        self._forget_time(wanted)
        if wanted.is_slow:
            self._slow_busy -= 1
            if asyncio.get_running_loop().time() - wanted.began_at < QUICK_SECONDS:
                self._slow_owners.pop(wanted.owner, None)
        if wanted.answer.done():
            return
        if isinstance(outcome, ReaderDied):
            self._fail(wanted, self._reason_of_death(outcome.code))
        elif isinstance(outcome, NotRead) and outcome.failure.message == OUT_OF_MEMORY:
            self._fail(wanted, self._memory_reason)
        elif isinstance(outcome, Exception):
            wanted.answer.set_exception(outcome)
        elif outcome is not None:
            wanted.answer.set_result(outcome)

    def _on_slow(self, reader: Reader) -> None:
        wanted = self._busy[reader]
        loop = asyncio.get_running_loop()
        lacking = QUICK_SECONDS - reader.worked_seconds()
        longest = QUICK_SECONDS * WALL_SECONDS_A_CPU_SECOND
        if lacking > 0 and loop.time() - wanted.began_at < longest:
            # It is the machine that is slow. A process more for that would take still more from it.
            wanted.timer = loop.call_later(max(lacking, LOOK_SECONDS), self._on_slow, reader)
            return
        self._slow_owners[wanted.owner] = None
        self._slow_owners.move_to_end(wanted.owner)
        while len(self._slow_owners) > MAX_SLOW_OWNERS:
            self._slow_owners.popitem(last=False)
        if self._slow_busy < SLOW_PLACES:
            self._slow_busy += 1
            wanted.is_slow, wanted.body = True, b""
            reader.step_back()
            seconds = self._cpu_seconds * WALL_SECONDS_A_CPU_SECOND
            wanted.timer = loop.call_later(seconds, self._on_late, reader)
        else:
            # It begins anew in its turn: little is lost.
            del self._busy[reader]
            reader.end()
            self._put_off(wanted)
        # Its owner's pages that stand in line for a quick place would only be put off later.
        for other in self._quick.take_all(wanted.owner):
            self._put_off(other)
        self._go_on()

    def _on_late(self, reader: Reader) -> None:
        wanted = self._busy.pop(reader)
        reader.end()
        seconds = self._cpu_seconds * WALL_SECONDS_A_CPU_SECOND
        failure = Failure(
            FailureCode.PARSE_ERROR, f"reading this page took longer than {seconds:.0f} s"
        )
        self._settle(wanted, NotRead(failure))
        self._go_on()

    def _forget_time(self, wanted: _Wanted) -> None:
        if wanted.timer is not None:
            wanted.timer.cancel()

    def _fail_all(self, message: str) -> None:
        for line in (self._quick, self._slow):
            while wanted := line.take():
                self._fail(wanted, message)

    def _fail(self, wanted: _Wanted, message: str) -> None:
        wanted.answer.set_exception(NotRead(Failure(FailureCode.PARSE_ERROR, message)))

    @property
    def _memory_reason(self) -> str:
        return f"reading this page took more than {self._memory_mb} MB of memory (PAGE_MEMORY_MB)"

    def _reason_of_death(self, code: int) -> str:
        if code == -signal.SIGPROF:
            return (
                f"the selectors took more than {self._cpu_seconds:g} s of processor time on this"
                " page (PAGE_CPU_SECONDS)"
            )
        if code in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV):
            return self._memory_reason
        return f"the page has ended the process that read it (exit code {code})"

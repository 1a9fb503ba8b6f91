"""Finding and ending the stack's processes by the mark in their environment.

Process groups and sessions are not enough: crawlers run in sessions of their own and outlive the
scrapyd that started them.
"""

import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from deploy.embedded.plan import MARK

_ESCALATION = ((signal.SIGINT, 5.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True, slots=True)
class Marked:
    pid: int
    session: int
    # Start time in clock ticks since boot: with the pid it names one process, never a later one.
    started: int
    parent: int
    command: str

    @property
    def started_at(self) -> datetime:
        boot = next(
            int(line.split()[1])
            for line in Path("/proc/stat").read_text().splitlines()
            if line.startswith("btime")
        )
        return datetime.fromtimestamp(boot + self.started / os.sysconf("SC_CLK_TCK"), UTC)

    def is_alive(self) -> bool:
        now = _stat(self.pid)
        return now is not None and now.started == self.started


def is_alive(pid: int) -> bool:
    return _stat(pid) is not None


def marked_processes(mark: str) -> list[Marked]:
    """Living processes that carry the mark, without this one and its ancestors."""
    wanted = f"{MARK}={mark}".encode()
    spared = _self_and_ancestors()
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [
        process
        for pid in pids
        if pid not in spared and wanted in _environ(pid) and (process := _marked(pid)) is not None
    ]


def end_processes(
    find: Callable[[], list[Marked]],
    *,
    escalation: Iterable[tuple[signal.Signals, float]] = _ESCALATION,
) -> list[Marked]:
    """INT, TERM, then KILL all that `find` finds, until it finds nothing; returns what was ended."""
    ended: dict[tuple[int, int], Marked] = {}
    for number, grace_seconds in escalation:
        deadline = time.monotonic() + grace_seconds
        signalled: set[tuple[int, int]] = set()
        while left := find():
            for process in left:
                key = (process.pid, process.started)
                ended[key] = process
                # Children may appear between two looks; each gets its signal once.
                if key not in signalled:
                    signalled.add(key)
                    _signal(process, number)
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        if not left:
            break
    return list(ended.values())


def _signal(process: Marked, number: signal.Signals) -> None:
    if not process.is_alive():
        return
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        # Gone between the look and the signal: what we wanted.
        return


def _marked(pid: int) -> Marked | None:
    stat = _stat(pid)
    if stat is None:
        return None
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None
    command = line.replace(b"\0", b" ").decode(errors="replace").strip()
    return Marked(pid, stat.session, stat.started, stat.parent, command)


class _Stat(NamedTuple):
    parent: int
    session: int
    started: int


def _stat(pid: int) -> _Stat | None:
    """None for what has ended; a zombie has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in brackets may hold spaces and brackets itself: count fields after the last one.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else _Stat(*(int(fields[n]) for n in (1, 3, 19)))


def _environ(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        # Another user's process, or one that has just ended.
        return []


def _self_and_ancestors() -> set[int]:
    pids = set()
    pid = os.getpid()
    while pid > 0 and pid not in pids:
        pids.add(pid)
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            break
        pid = int(text.rpartition(")")[2].split()[1])
    return pids

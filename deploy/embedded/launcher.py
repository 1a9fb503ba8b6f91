"""The background process of the stack: honcho over the Procfile, ended in the right order.

`python -m deploy.embedded.launcher DATA NAME...`, with the stack's environment, in a session of its
own. `startup.py` starts it.
"""

import fcntl
import logging
import os
import shlex
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Message, Printer

from deploy.embedded.errors import StackError
from deploy.embedded.layout import PROJECT_ROOT, Layout
from deploy.embedded.marked import Marked, end_processes, is_alive, marked_processes
from deploy.embedded.plan import environment_of

# Who needs whom decides the order of the end: callers first, the stores last, so that everyone
# can still write what it has in hand.
_STOP_ORDER = (("worker", "scrapyd"), ("api",), ("sandbox",), ("redis", "mongod"))
_NEEDS_STORES = ("scrapyd", "worker", "api")
_GRACE_SECONDS = 8.0
# INT, TERM and KILL of a runner, each with its five seconds.
_RUNNER_SECONDS = 16.0
_RUNNER = "deploy.scrapyd.runner"
_LOG_BYTES = 10 * 1024 * 1024


class LogPrinter(Printer):
    """Each process' lines into a file of its own that cannot grow for ever."""

    def __init__(self, folder: Path, output: TextIO) -> None:
        super().__init__(output)
        self._folder = folder
        self._logs: dict[str, RotatingFileHandler] = {}

    def write(self, message: Message) -> None:
        super().write(message)
        data = message.data
        line = data.decode(errors="replace") if isinstance(data, bytes) else data
        text = f"{message.time:%Y-%m-%d %H:%M:%S} {line.rstrip()}"
        record = logging.LogRecord(message.name, logging.INFO, "", 0, text, None, None)
        self._log(message.name).emit(record)

    def _log(self, name: str) -> RotatingFileHandler:
        if name not in self._logs:
            path = self._folder / f"{name}.log"
            self._logs[name] = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1)
        return self._logs[name]


class OrderedManager(Manager):
    """honcho's manager; it ends the processes tier by tier, and crawlers that scrapyd left."""

    def __init__(self, layout: Layout, printer: Printer) -> None:
        super().__init__(printer=printer)
        self._is_ending = False
        self._mark = layout.mark

    def terminate(self) -> None:
        if self._is_ending:
            return
        self._is_ending = True
        for tier in _STOP_ORDER:
            pids = [pid for name in tier if (pid := self._pid(name)) is not None]
            for pid in pids:
                self._procmgr.terminate(pid)
            self._wait(pids)
            if "scrapyd" in tier:
                self._end_crawlers()
        if any(is_alive(pid) for pid in self._pids()):
            self.kill()

    def _pids(self) -> list[int]:
        return [pid for name in self._processes if (pid := self._pid(name)) is not None]

    def _pid(self, name: str) -> int | None:
        known = self._processes.get(name, {})
        return None if "returncode" in known else known.get("pid")

    def _wait(self, pids: list[int]) -> None:
        deadline = time.monotonic() + _GRACE_SECONDS
        while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _end_crawlers(self) -> None:
        """Their runners end them when scrapyd is gone; a second signal would make Scrapy hurry."""
        deadline = time.monotonic() + _RUNNER_SECONDS
        while any(_RUNNER in process.command for process in self._strays()):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        end_processes(self._strays)

    def _strays(self) -> list[Marked]:
        """Processes of the stack outside honcho's tree: each of its processes leads a session."""
        ours = {os.getsid(0), *(pid for pid in self._pids() if is_alive(pid))}
        return [process for process in marked_processes(self._mark) if process.session not in ours]


def keeper_command(name: str, command: str, *, layout: Layout) -> str:
    words = [sys.executable, "-m", "deploy.embedded.keeper", name, command]
    words += ["--up", str(layout.ready)]
    if name in _NEEDS_STORES:
        words += ["--after", str(layout.stores_ready)]
    return "exec " + shlex.join(words)


def procfile_commands(names: list[str]) -> dict[str, str]:
    commands: dict[str, str] = parse_procfile((PROJECT_ROOT / "Procfile").read_text()).processes
    return {name: commands[name] for name in names}


def hold_lock(layout: Layout) -> TextIO:
    """One launcher a data folder. The kernel drops the lock with the process, whatever ends it."""
    lock = layout.lock.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StackError(f"another stack is running in {layout.data}") from error
    return lock


def main() -> int:
    layout = Layout(Path(sys.argv[1]))
    try:
        lock = hold_lock(layout)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    with lock:
        layout.pid_file.write_text(str(os.getpid()))
        manager = OrderedManager(layout, LogPrinter(layout.logs, sys.stdout))
        for name, command in procfile_commands(sys.argv[2:]).items():
            kept = keeper_command(name, command, layout=layout)
            environ = environment_of(name, os.environ)
            manager.add_process(name, kept, env=environ, cwd=str(PROJECT_ROOT))
        manager.loop()
        layout.pid_file.unlink(missing_ok=True)
        layout.ready.unlink(missing_ok=True)
    return int(manager.returncode or 0)


if __name__ == "__main__":
    raise SystemExit(main())

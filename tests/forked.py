"""`python -m MODULE` without its imports: processes forked from one that has the libraries loaded.

A crawl of a few pages is a second of imports and a tenth of a second of work, and the tests start
hundreds. A forked process has the arguments, the folder, the environment and the streams that it
would have had, runs the same module as `__main__`, and ends by the interpreter's own end. What reads
the environment when it is imported (the modules of Scrapy's settings) is not loaded before the fork.
"""

from __future__ import annotations

import array
import asyncio
import atexit
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_MAX_REQUEST = 1_000_000
# They change what an interpreter does before it runs a line.
_OF_THE_INTERPRETER = ("PYTHON", "LD_", "LC_", "LANG")
_LOADED = (
    *("scrapy.cmdline", "scrapy.crawler", "scrapy.core.engine", "scrapy.utils.asyncio"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.extensions.feedexport", "scrapy.exporters"),
    *("aiohttp", "aiohttp.web", "orjson", "lxml.html", "parsel", "playwright.async_api"),
    *("selectolax.lexbor", "pymongo", "redis.asyncio", "scrapy_redis.spiders", "itemadapter"),
    *("twisted.internet.asyncioreactor", "twisted.web.client", "structlog", "prometheus_client"),
    *("spiders.amazon.search", "spiders.amazon.detail", "spiders.site.spider", "spiders.loader"),
    *("spiders.commands.crawl", "spiders.commands.extract", "spiders.probe.spider", "pipelines"),
    *("pipelines.results", "spiders.middlewares.pace", "spiders.middlewares.robots"),
    *("spiders.extensions.exporters", "spiders.extensions.page_download", "spiders.visitors.gate"),
)


class ForkedProcess:
    """What tests use of `subprocess.Popen`."""

    def __init__(self, pid: int, ends: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ends = ends

    def poll(self) -> int | None:
        return self._receive(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._receive(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _receive(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._ends.settimeout(timeout)
            try:
                self.returncode = int(self._ends.recv(16))
            except (BlockingIOError, TimeoutError):
                return None
            self._ends.close()
        return self.returncode


def start(
    module: str,
    words: Sequence[str],
    *,
    folder: Path,
    environ: Mapping[str, str],
    stdin: int,
    stdout: int,
    stderr: int,
) -> ForkedProcess | subprocess.Popen[bytes]:
    """As `python -m module words…`: forked, unless only a fresh interpreter would be the same."""
    if folder != ROOT or any(name.startswith(_OF_THE_INTERPRETER) for name in environ):
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=folder,
            env=environ,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
    request = {"module": module, "words": list(words), "environ": dict(environ)}
    ours, theirs = socket.socketpair()
    with theirs:
        fds = array.array("i", [stdin, stdout, stderr, theirs.fileno()])
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)]
        _server().sendmsg([json.dumps(request).encode()], rights)
    pid = int(ours.recv(16))
    return ForkedProcess(pid, ours)


def run(
    module: str,
    words: Sequence[str],
    *,
    folder: Path,
    environ: Mapping[str, str],
    stdin: str = "",
    timeout: float,
) -> subprocess.CompletedProcess[str]:
    """`subprocess.run` of `python -m module words…`, its output captured as text."""
    with TemporaryFile("w+") as given, TemporaryFile("w+") as out, TemporaryFile("w+") as errors:
        given.write(stdin)
        given.seek(0)
        process = start(
            module,
            words,
            folder=folder,
            environ=environ,
            stdin=given.fileno(),
            stdout=out.fileno(),
            stderr=errors.fileno(),
        )
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        # The other side moved them.
        out.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess([module, *words], code, out.read(), errors.read())


@cache
def _server() -> socket.socket:
    """One for each process of the tests; it ends with them."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.forked", str(theirs.fileno())],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
            pass_fds=[theirs.fileno()],
        )
    assert ours.recv(16) == b"loaded"
    atexit.register(child.wait)
    atexit.register(ours.close)
    return ours


def _serve(control: socket.socket) -> tuple[str, list[str]] | None:
    """Forks for each request. In the forked process: what it must run. None: nobody asks any more."""
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not control:
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    _report(key.data, children.pop(key.data))
                    continue
                message, fds, _, _ = socket.recv_fds(control, _MAX_REQUEST, 4)
                if not message:
                    return None
                pid = os.fork()
                if pid == 0:
                    for ends in children.values():
                        ends.close()
                    control.close()
                    return _become(json.loads(message), fds)
                ends = socket.socket(fileno=fds[3])
                ends.send(str(pid).encode().ljust(16))
                children[pid] = ends
                for fd in fds[:3]:
                    os.close(fd)
                selector.register(os.pidfd_open(pid), selectors.EVENT_READ, pid)


def _report(pid: int, ends: socket.socket) -> None:
    _, status = os.waitpid(pid, 0)
    with ends, suppress(OSError):
        ends.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(request: dict[str, Any], fds: Sequence[int]) -> tuple[str, list[str]]:
    for target, fd in enumerate(fds[:3]):
        os.dup2(fd, target)
    for fd in fds:
        os.close(fd)
    os.environ.clear()
    os.environ.update(request["environ"])
    time.tzset()
    return request["module"], request["words"]


def _load() -> None:
    for name in _LOADED:
        import_module(name)
    # The modules of Scrapy's settings read the environment; a reactor is a process' own.
    loaded_too_early = {"twisted.internet.reactor", "settings.scrapy_base"} & set(sys.modules)
    assert not loaded_too_early, loaded_too_early
    gc.collect()
    gc.freeze()


def _main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    _load()
    control.send(b"loaded")
    asked = _serve(control)
    if asked is None:
        return
    module, words = asked
    gc.unfreeze()
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        _close_event_loops()


def _close_event_loops() -> None:
    """Scrapy makes a loop, and another of the wanted class in its place. What is left of the first would
    be closed at the interpreter's end, which in a forked process takes its sockets before: a traceback."""
    # Asked of its type: what a weak proxy points at may be gone.
    for loop in [one for one in gc.get_objects() if issubclass(type(one), asyncio.BaseEventLoop)]:
        if not loop.is_running():
            loop.close()


if __name__ == "__main__":
    _main()

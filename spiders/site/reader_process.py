"""A process that reads pages for a crawler, one at a time: `python -m spiders.site.reader_process FD ...`.

The kernel ends it where a page takes more CPU time or memory than it may; the crawler sees that, says
so of the page, and starts another. It speaks over one socket, given as a file descriptor.
"""

from __future__ import annotations

import ctypes
import re
import resource
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

import orjson

from spiders.site.reading import NotRead, ReadTask, read_page
from spiders.sites.page_urls import Reach
from spiders.work.failures import FailureCode

# Lengths of a message's JSON, and of the bytes that follow it.
HEAD = struct.Struct("!II")
LARGE_BYTES = 512 * 1024
OUT_OF_MEMORY = "out of memory"
_PR_SET_PDEATHSIG = 1


def main() -> None:
    descriptor, cpu_seconds, memory_mb = sys.argv[1:]
    _end_with_the_crawler()
    memory_bytes = int(memory_mb) * 1024 * 1024
    before = mapped_bytes()
    resource.setrlimit(resource.RLIMIT_AS, (before + memory_bytes, before + memory_bytes))
    with socket.socket(fileno=int(descriptor)) as channel:
        channel.sendall(HEAD.pack(0, 0))
        serve(channel, cpu_seconds=float(cpu_seconds), full_bytes=before + memory_bytes // 2)


def serve(channel: socket.socket, *, cpu_seconds: float, full_bytes: int) -> None:
    """Until the crawler hangs up, or the pages have filled this process' memory by half."""
    number = 0
    while head := _received(channel, HEAD.size):
        number += 1
        size, body_size = HEAD.unpack(head)
        task, body = orjson.loads(_received(channel, size)), _received(channel, body_size)
        # Counts the time of this process alone, to the millisecond; its signal ends us in any C code.
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        answer = _answer(task, body, full_bytes)
        signal.setitimer(signal.ITIMER_PROF, 0)
        # A look at it takes as long as a small page.
        retires = (body_size > LARGE_BYTES or number % 100 == 0) and _peak_bytes() > full_bytes
        encoded = orjson.dumps({**answer, "retires": retires})
        channel.sendall(HEAD.pack(len(encoded), 0) + encoded)
        if retires:
            return


def task_as_json(task: ReadTask) -> bytes:
    fields = {name: getattr(task, name) for name in ReadTask.__slots__}
    reach = {"hosts": sorted(task.reach.hosts), "domains": list(task.reach.domains)}
    return orjson.dumps({**fields, "selectors": dict(task.selectors), "reach": reach})


def mapped_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _answer(fields: dict[str, Any], body: bytes, full_bytes: int) -> dict[str, Any]:
    reach = fields.pop("reach")
    task = ReadTask(**fields, reach=Reach(frozenset(reach["hosts"]), tuple(reach["domains"])))
    try:
        page = read_page(task, body)
    except NotRead as error:
        return {"failure": [error.failure.code, error.failure.message]}
    except Exception as error:  # noqa: BLE001 - a page may break lxml in any way; the next one is read
        is_memory = isinstance(error, MemoryError) or _peak_bytes() > full_bytes
        reason = OUT_OF_MEMORY if is_memory else f"the page cannot be read: {error}"[:500]
        return {"failure": [FailureCode.PARSE_ERROR, reason]}
    return {name: getattr(page, name) for name in page.__slots__}


def _received(channel: socket.socket, size: int) -> bytes:
    """Empty when the crawler has hung up."""
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(size - len(parts), 1024 * 1024))
        if not part:
            return b""
        parts += part
    return bytes(parts)


def _end_with_the_crawler() -> None:
    """Its supervisor signals the whole group; the crawler has then still pages to finish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _peak_bytes() -> int:
    """The most that was ever mapped; lxml does not always say that it is memory that it lacks."""
    found = re.search(r"VmPeak:\s*(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main()

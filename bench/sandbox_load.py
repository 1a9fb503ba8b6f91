"""How many product pages the practice marketplace serves a second, and how much memory it takes.

    python -m bench.sandbox_load [--pages 10000] [--passes 3] [--connections 64] [--kind search]

The server runs on one core, the client (this process) on another. The first pass finds an empty
page cache. Pages per CPU second say what the server could do if nobody else used its core.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvloop

from sandbox.goods.asins import AsinCode

SEED = 1
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n")


@dataclass
class Tally:
    pages: int = 0
    bytes: int = 0
    failures: int = 0


class Reader(asyncio.Protocol):
    """Asks for the next path as soon as an answer is complete; bodies are counted, not kept."""

    def __init__(self, paths: Iterator[str], tally: Tally, done: asyncio.Event) -> None:
        self._paths = paths
        self._tally = tally
        self._done = done
        self._missing = 0
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done.set()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            found = _LENGTH.search(self._head, 0, end + 2)
            length = int(found[1]) if found else 0
            self._tally.failures += not self._head.startswith(b"HTTP/1.1 200 ")
            self._tally.bytes += length
            self._missing = length - (len(self._head) - end - 4)
            self._head = b""
        if self._missing <= 0:
            self._missing = 0
            self._tally.pages += 1
            self._ask()

    def _ask(self) -> None:
        path = next(self._paths, None)
        if path is None:
            self._transport.close()
            return
        self._transport.write(
            f"GET {path} HTTP/1.1\r\nHost: sandbox.test\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )


async def load(port: int, paths: Iterator[str], connections: int) -> Tally:
    tally = Tally()
    loop = asyncio.get_running_loop()
    ends = []
    for _ in range(connections):
        done = asyncio.Event()
        ends.append(done.wait())
        await loop.create_connection(
            lambda done=done: Reader(paths, tally, done),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*ends)
    return tally


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> dict[str, float]:
    text = Path(f"/proc/{pid}/status").read_text()
    found = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+) kB", text))
    return {name: int(kib) / 1024 for name, kib in found.items()}


def paths_of(kind: str, count: int) -> list[str]:
    if kind == "search":
        return [f"/s?k=practice+{number // 3}&page={number % 3 + 1}" for number in range(count)]
    code = AsinCode(SEED)
    return [f"/dp/{code.asin(number)}?th=1&psc=1" for number in range(count)]


def start_server(core: int) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        ["taskset", "-c", str(core), sys.executable, "-m", "sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    return process, int(line.rsplit(":", 1)[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--kind", choices=("product", "search"), default="product")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    server, port = start_server(cores[0])
    os.sched_setaffinity(0, {cores[-1]})
    paths = paths_of(options.kind, options.pages)
    try:
        for number in range(options.passes):
            wall, cpu = time.perf_counter(), cpu_seconds(server.pid)
            tally = uvloop.run(load(port, iter(paths), options.connections))
            wall, cpu = time.perf_counter() - wall, cpu_seconds(server.pid) - cpu
            memory = memory_mib(server.pid)
            print(
                f"pass {number + 1} ({'cold' if number == 0 else 'warm'}): "
                f"{tally.pages / wall:,.0f} pages/s, {tally.pages / cpu:,.0f} pages per CPU second, "
                f"{tally.bytes / wall / 1e6:,.0f} MB/s, {tally.failures} failures, "
                f"RSS {memory['VmRSS']:.0f} MiB (peak {memory['VmHWM']:.0f})"
            )
    finally:
        server.terminate()
        server.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())

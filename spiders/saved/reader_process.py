"""Reads one saved page in a process of its own: `python -m spiders.saved.reader_process CPU_SECONDS MEMORY_MB`.

A page of a stranger may be made to take a parser minutes, or all memory: the kernel ends this process
then, and whoever waits for it says so. It reads a line of JSON and the body from its standard input,
and writes JSON. It has no credentials and needs none.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import orjson

# Rows of ours are dataclasses. To load what else may be an item elsewhere takes four fifths of the start.
_NOT_NEEDED = ("scrapy", "pydantic")


def main() -> int:
    sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # type: ignore[arg-type]
    from spiders.saved.reading import SavedHead, UnreadablePage, json_of, read_saved

    cpu_seconds, memory_mb = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    memory = _mapped_bytes() + memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # It writes no file.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    asked = orjson.loads(sys.stdin.buffer.readline())
    body = sys.stdin.buffer.read()
    try:
        answer = read_saved(SavedHead(**asked["head"]), body, explains=asked["explains"])
    except UnreadablePage as error:
        answer = {"unreadable": str(error)}
    sys.stdout.buffer.write(json_of(answer))
    return 0


def _mapped_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    raise SystemExit(main())

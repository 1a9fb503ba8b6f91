"""Crawler processes as `scrapy crawl` starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from settings.config import Config
from tests.forked import ForkedProcess, run, start

ROOT = Path(__file__).resolve().parents[2]
SCRAPY = str(Path(sys.executable).with_name("scrapy"))
# A busy machine needs many of them to start a browser.
PATIENCE_SECONDS = 60.0


def environment(**variables: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables}


@contextmanager
def pool_crawler(
    config: Config, spider: str, *options: str, log: Path, **variables: str
) -> Iterator[subprocess.Popen[bytes] | ForkedProcess]:
    """A pool crawler on the test's stores; it is stopped as scrapyd would, and must obey."""
    env = environment(
        SCRAPY_PROJECT="azscraper",
        MONGODB_URI=config.mongodb_uri,
        MONGODB_DATABASE=config.mongodb_database,
        REDIS_URL=config.redis_url,
        **{"HEARTBEAT_SECONDS": "0.5", **variables},
    )
    with open(os.devnull, "r+b") as nothing:
        child = start(
            "scrapy",
            ["crawl", spider, "--logfile", str(log), *options],
            folder=ROOT,
            environ=env,
            stdin=nothing.fileno(),
            stdout=nothing.fileno(),
            stderr=nothing.fileno(),
        )
    try:
        yield child
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        child.wait(10)
    finally:
        child.kill()
        child.wait()


def direct_crawl(
    spider: str, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """`scrapy crawl` to its end, with MongoDB and Redis out of reach."""
    return scrapy_command("crawl", spider, *arguments, **variables)


def scrapy_command(
    *words: str,
    folder: Path = ROOT,
    stdin: str | None = None,
    **variables: str,
) -> subprocess.CompletedProcess[str]:
    """`scrapy` in `folder`, with MongoDB and Redis out of reach."""
    env = environment(
        **{
            "MONGODB_URI": "mongodb://127.0.0.1:1/",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            **variables,
        }
    )
    return run(
        "scrapy",
        words,
        folder=folder,
        environ=env,
        stdin=stdin or "",
        timeout=PATIENCE_SECONDS,
    )


def wait_until(holds: Callable[[], bool], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS:g} s: {what()}"
        time.sleep(0.05)

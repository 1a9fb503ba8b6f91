"""Settings of a node: a line with what is seen by each of two values.

A line looks at a real process that is deaf to every request to end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.nodes.scrapyd_node import wait_until
from tests.spiders.crawling import ROOT, environment
from tests.stores import Store

# A dedicated run whose job nobody knows: it is not to go on, and its spider holds up the event loop.
FENCED = """
import asyncio, time
from scrapy.utils.test import get_crawler
from settings.config import current_config
from spiders.frontier.dedicated import DedicatedRun
from spiders.frontier.orphan import Supervised
from storage.runs.run_claims import Claim

async def work():
    claim = Claim(job_id="nobody", attempt=1, claimant="b")
    run = DedicatedRun(get_crawler(), current_config(), claim, supervised=Supervised(0))
    await run.spider_opened(None)
    print("begun", flush=True)
    time.sleep(60)

asyncio.run(work())
"""


@dataclass(frozen=True)
class Scene:
    environ: dict[str, str]
    folder: Path

    def start(self, *words: str, **options: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, *words]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environ, start_new_session=True, **options
        )


def seconds_to_end(process: subprocess.Popen[bytes]) -> float:
    started = time.monotonic()
    try:
        process.wait(30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return time.monotonic() - started


def spider_is_left_time(scene: Scene) -> bool:
    """The runner asks it twice to end, and then kills it."""
    pids = scene.folder / "pids"
    words = ("-m", "deploy.scrapyd.runner", "crawl", "stubborn", "-a", f"pids_file={pids}")
    with scene.start(*words, stderr=subprocess.DEVNULL) as runner:
        wait_until(lambda: pids.exists() and pids.read_text(), "the spider", seconds=40)
        runner.terminate()
        return seconds_to_end(runner) > 3.9


def fenced_run_is_left_time(scene: Scene) -> bool:
    """It ends itself after three times as long."""
    with scene.start("-c", FENCED, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"begun\n"
        return seconds_to_end(run) > 3.9


@dataclass(frozen=True)
class Line:
    looks: tuple[Callable[[Scene], Any], ...]
    seen: dict[str, Any]


TABLE: dict[str, Line] = {
    "STOP_GRACE_SECONDS": Line(
        (spider_is_left_time, fenced_run_is_left_time), {"0.1": False, "2": True}
    ),
}
CASES = [
    (name, look, value)
    for name, line in TABLE.items()
    for look in line.looks
    for value in line.seen
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "look", "value"), CASES)
def test_a_setting_makes_its_difference(
    store: Store, tmp_path: Path, name: str, look: Callable[[Scene], Any], value: str
) -> None:
    environ = environment(
        MONGODB_URI=store.config.mongodb_uri,
        MONGODB_DATABASE=store.config.mongodb_database,
        REDIS_URL=store.config.redis_url,
        HEARTBEAT_SECONDS="0.1",
        EXTRA_SPIDER_MODULES="tests.nodes.spiders",
        PYTHONPATH=str(ROOT),
        **{name: value},
    )
    assert look(Scene(environ, tmp_path)) == TABLE[name].seen[value]

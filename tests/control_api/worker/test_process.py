"""`python -m control_api.worker` as a process: it starts, works, and stops when it is told to."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from deploy.embedded.layout import PROJECT_ROOT
from tests.control_api.worker.process import COMMAND, environment
from tests.spiders.crawling import wait_until
from tests.stores import SPIDER, Store


@pytest.mark.alone
def test_a_worker_feeds_what_waits_and_a_job_that_comes_and_ends_when_told(store: Store) -> None:
    first = store.add_job(3)
    worker = subprocess.Popen(
        COMMAND, cwd=PROJECT_ROOT, env=environment(store), stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: store.queue.depth(SPIDER).ready == 3, lambda: f"feed of {first.id}")
        store.add_job(2)
        begun = time.monotonic()
        store.queue.wake_feeder()
        wait_until(lambda: store.queue.depth(SPIDER).ready == 5, lambda: "feed of the second job")
        assert time.monotonic() - begun < 0.9, "it was woken, it did not look by chance"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(5) == 0
    finally:
        worker.kill()
        worker.wait()


def test_a_wrong_variable_stops_the_worker_with_one_line(store: Store) -> None:
    done = subprocess.run(
        COMMAND,
        cwd=PROJECT_ROOT,
        env=environment(store, FEED_WINDOW="none"),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "FEED_WINDOW" in done.stderr

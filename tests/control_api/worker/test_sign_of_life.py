"""The worker's file for those who look whether it is well."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from control_api.worker import sign_of_life
from control_api.worker.loop import Loop
from control_api.worker.sign_of_life import SignOfLife
from control_api.worker.timetable import Duty, Timetable
from deploy.embedded.layout import PROJECT_ROOT
from tests.control_api.worker.process import COMMAND, environment
from tests.deploy.manifests import containers
from tests.spiders.crawling import wait_until
from tests.stores import Store


@contextmanager
def hanging_step() -> Iterator[tuple[Event, Event]]:
    """(the step has begun, let it end)"""
    begun, end = Event(), Event()
    try:
        yield begun, end
    finally:
        end.set()


def test_a_step_that_hangs_takes_the_sign_away_and_a_pause_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_of_life, "HANGS_AFTER_SECONDS", 0.1)
    file, stop = tmp_path / "alive", Event()
    with hanging_step() as (begun, end):

        def step() -> float:
            begun.set()
            end.wait(10)
            return 60.0

        hanging, pausing = Loop("one", step, stop), Loop("two", lambda: 60.0, stop)
        life = SignOfLife(file, [hanging, pausing])
        life.give()
        assert file.exists()
        file.unlink()
        hanging.start()
        pausing.start()
        assert begun.wait(5)
        time.sleep(0.2)
        life.give()
        assert not file.exists()
        end.set()
        wait_until(lambda: hanging.busy_seconds() == 0.0, lambda: "the step ends")
        time.sleep(0.2)
        life.give()
        assert file.exists()
    stop.set()
    for loop in (hanging, pausing):
        loop.join(5)


def test_a_tick_that_hangs_is_seen_as_well() -> None:
    with hanging_step() as (begun, end):

        def tick() -> bool:
            begun.set()
            end.wait(10)
            return False

        timetable = Timetable([Duty("test", tick, every_seconds=60)])
        timetable.start()
        assert begun.wait(5)
        time.sleep(0.05)
        assert timetable.busy_seconds() > 0.04
        end.set()
        wait_until(lambda: timetable.busy_seconds() == 0.0, lambda: "the tick ends")
        timetable.join(5)


def test_the_probe_of_the_manifest_believes_a_worker_that_works(
    store: Store, tmp_path: Path
) -> None:
    _, container = containers()["worker"]
    (variable,) = container["env"]
    command = container["livenessProbe"]["exec"]["command"]
    file = tmp_path / "worker-alive"
    probe = [word.replace(variable["value"], str(file)) for word in command]
    assert probe != command
    assert subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode != 0
    worker = subprocess.Popen(
        COMMAND,
        cwd=PROJECT_ROOT,
        env=environment(store, **{variable["name"]: str(file)}),
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(file.exists, lambda: "the worker's sign of life")
        assert subprocess.run(probe, check=False).returncode == 0
    finally:
        worker.kill()
        worker.wait()
    long_ago = time.time() - 600
    os.utime(file, (long_ago, long_ago))
    assert subprocess.run(probe, check=False).returncode != 0

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

import pytest

from control_api.gateways.scrapyd import ScrapydError
from control_api.worker.loop import Loop
from storage.base.away import StorageAway
from storage.queue.defects import CountDefect, Defects
from tests.stores import Store


def run_until(
    steps: int, step: Callable[[int], float], *, count_defect: CountDefect | None = None
) -> list[float]:
    """Run a loop until its `steps`-th step; when each was made."""
    stop, made = Event(), list[float]()

    def counted() -> float:
        made.append(time.monotonic())
        if len(made) == steps:
            stop.set()
        return step(len(made))

    loop = Loop("test", counted, stop, count_defect=count_defect)
    loop.start()
    assert stop.wait(5), f"only {len(made)} of {steps} steps"
    loop.join(1)
    return made


def test_a_loop_pauses_as_long_as_its_step_says() -> None:
    made = run_until(3, lambda number: 0.1 if number == 1 else 0.0)
    assert made[1] - made[0] >= 0.1
    assert made[2] - made[1] < 0.1


@pytest.mark.parametrize("error", [ScrapydError("away"), RuntimeError("a defect")])
def test_a_step_that_breaks_is_made_again_later(error: Exception) -> None:
    def step(number: int) -> float:
        if number == 1:
            raise error
        return 0.0

    made = run_until(2, step)
    assert 0.3 < made[1] - made[0] < 2


def test_each_failure_makes_the_next_pause_longer() -> None:
    def step(number: int) -> float:
        raise ScrapydError("away")

    made = run_until(3, step)
    assert made[2] - made[1] > 1.5 * (made[1] - made[0])


def test_a_duplicate_key_of_ours_is_logged_counted_and_ends_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    projects = store.database["projects"]
    projects.insert_one({"_id": "one"})

    def step(number: int) -> float:
        if number < 3:
            projects.insert_one({"_id": "one"})
        return 0.0

    run_until(3, step, count_defect=Defects(store.redis).count)
    assert Defects(store.redis).get_all() == {"test": 2}
    assert "test broke; next try in 0.4 s" in caplog.text
    assert "DuplicateKeyError" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("error", [ScrapydError("away"), StorageAway("away")])
def test_what_is_away_is_no_defect(error: Exception) -> None:
    def step(number: int) -> float:
        if number == 1:
            raise error
        return 0.0

    defects: list[str] = []
    run_until(2, step, count_defect=defects.append)
    assert defects == []


def test_a_loop_in_a_long_pause_stops_at_once() -> None:
    stop = Event()
    loop = Loop("test", lambda: 60.0, stop)
    loop.start()
    time.sleep(0.05)
    begun = time.monotonic()
    stop.set()
    loop.join(5)
    assert time.monotonic() - begun < 1

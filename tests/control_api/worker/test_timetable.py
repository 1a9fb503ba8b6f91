from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

import pytest

from control_api.worker.timetable import Duty, Timetable
from storage.base.away import StorageAway


def timetable(run: Callable[[], bool], *, every_seconds: float = 0.05) -> Timetable:
    return Timetable([Duty("schedules", run, every_seconds)])


def test_it_ticks_with_the_time_until_it_is_joined() -> None:
    calls: list[float] = []

    def run() -> bool:
        calls.append(time.monotonic())
        return False

    ticking = timetable(run)
    ticking.start()
    time.sleep(0.5)
    ticking.join(5)
    count = len(calls)
    assert 5 <= count <= 12
    assert time.monotonic() - calls[-1] < 1
    time.sleep(0.2)
    assert len(calls) == count


def test_a_long_call_is_not_overtaken() -> None:
    running: list[int] = []
    most: list[int] = []

    def slow() -> bool:
        running.append(1)
        most.append(len(running))
        time.sleep(0.2)
        running.pop()
        return False

    ticking = timetable(slow)
    ticking.start()
    time.sleep(0.7)
    ticking.join(5)
    assert len(most) >= 3
    assert max(most) == 1


def test_a_duty_that_hangs_holds_up_no_other() -> None:
    release, called = Event(), Event()

    def hang() -> bool:
        return release.wait(10)

    def other() -> bool:
        called.set()
        return False

    ticking = Timetable([Duty("retention", hang, 0.05), Duty("schedules", other, 0.05)])
    ticking.start()
    assert called.wait(5)
    called.clear()
    assert called.wait(5)
    assert ticking.busy_seconds() > 0
    release.set()
    ticking.join(5)
    assert ticking.busy_seconds() == 0


def test_a_duty_that_has_more_to_do_is_called_again_at_once() -> None:
    calls: list[float] = []
    done = Event()

    def sweep() -> bool:
        calls.append(time.monotonic())
        if len(calls) == 4:
            done.set()
        return len(calls) < 4

    ticking = timetable(sweep, every_seconds=60)
    ticking.start()
    assert done.wait(5)
    time.sleep(0.2)
    ticking.join(5)
    assert len(calls) == 4


def test_one_that_always_has_more_to_do_ends_with_the_timetable() -> None:
    called = Event()

    def endless() -> bool:
        called.set()
        time.sleep(0.01)
        return True

    ticking = timetable(endless)
    ticking.start()
    assert called.wait(5)
    ticking.join(5)
    assert ticking.busy_seconds() == 0


def test_a_database_that_is_away_delays_it_only(caplog: pytest.LogCaptureFixture) -> None:
    came_back = Event()
    calls: list[float] = []

    def away_at_first() -> bool:
        calls.append(time.monotonic())
        if len(calls) < 3:
            raise StorageAway("away")
        came_back.set()
        return False

    ticking = timetable(away_at_first)
    ticking.start()
    assert came_back.wait(5)
    ticking.join(5)
    assert "schedules: away; next try in 0.05 s at the latest" in caplog.text


def test_a_defect_is_counted_and_ends_neither_its_duty_nor_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    came_back, other_called = Event(), Event()
    calls: list[int] = []

    def broken_at_first() -> bool:
        calls.append(1)
        if len(calls) < 3:
            raise KeyError("a defect")
        came_back.set()
        return False

    def other() -> bool:
        if len(calls) >= 2:
            other_called.set()
        return False

    defects: list[str] = []
    duties = [Duty("schedules", broken_at_first, 0.05), Duty("retention", other, 0.05)]
    ticking = Timetable(duties, count_defect=defects.append)
    ticking.start()
    assert came_back.wait(5)
    assert other_called.wait(5)
    ticking.join(5)
    assert defects == ["schedules", "schedules"]
    assert "schedules broke" in caplog.text
    assert "KeyError" in caplog.text

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Event

import pytest

from control_api.worker.timetable import Timetable
from storage.connections import StorageUnavailable


def test_it_ticks_with_the_time_until_it_is_joined() -> None:
    ticks: list[datetime] = []
    timetable = Timetable("test", ticks.append, every_seconds=0.05)
    timetable.start()
    time.sleep(0.5)
    timetable.join(5)
    count = len(ticks)
    assert 5 <= count <= 12
    assert abs((datetime.now(UTC) - ticks[-1]).total_seconds()) < 1
    time.sleep(0.2)
    assert len(ticks) == count


def test_a_long_step_is_not_overtaken() -> None:
    running: list[int] = []
    most: list[int] = []

    def slow(now: datetime) -> None:
        running.append(1)
        most.append(len(running))
        time.sleep(0.2)
        running.pop()

    timetable = Timetable("test", slow, every_seconds=0.05)
    timetable.start()
    time.sleep(0.7)
    timetable.join(5)
    assert len(most) >= 3
    assert max(most) == 1


def test_a_database_that_is_away_delays_it_only(caplog: pytest.LogCaptureFixture) -> None:
    came_back = Event()
    calls: list[datetime] = []

    def away_at_first(now: datetime) -> None:
        calls.append(now)
        if len(calls) < 3:
            raise StorageUnavailable[0]("away")
        came_back.set()

    timetable = Timetable("schedules", away_at_first, every_seconds=0.05)
    timetable.start()
    assert came_back.wait(5)
    timetable.join(5)
    assert "schedules: away; next try in a second" in caplog.text

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence

import pytest

from control_api.http.end_watch import EndWatch
from control_api.services.errors import StorageAway

DEFECTS: list[str] = []


class Jobs:
    """Answers as the database would; `away`: so many questions fail first."""

    def __init__(self, *still_open: str, away: int = 0) -> None:
        self.still_open = set(still_open)
        self.away = away
        self.questions: list[list[str]] = []

    def open_among(self, job_ids: Sequence[str]) -> Collection[str]:
        self.questions.append(sorted(job_ids))
        if len(self.questions) <= self.away:
            raise StorageAway("away")
        return self.still_open.intersection(job_ids)


async def seconds_until_ended(watch: EndWatch, job_id: str, seconds: float) -> float:
    began = time.monotonic()
    await watch.until_ended(job_id, seconds)
    return time.monotonic() - began


def test_all_who_wait_are_one_question() -> None:
    jobs = Jobs("a")

    async def run() -> list[float]:
        watch = EndWatch(jobs.open_among, count_defect=DEFECTS.append)
        waits = [seconds_until_ended(watch, job, 1) for job in ("a", "a", "b", "c")]
        return await asyncio.gather(*waits)

    first, second, third, fourth = asyncio.run(run())
    assert jobs.questions[0] == ["a", "b", "c"]
    assert min(first, second) >= 1
    assert max(third, fourth) < 0.8
    assert all(question == ["a"] for question in jobs.questions[1:])


def test_a_database_that_comes_back_ends_the_wait() -> None:
    jobs = Jobs(away=2)
    seconds = asyncio.run(
        seconds_until_ended(EndWatch(jobs.open_among, count_defect=DEFECTS.append), "a", 10)
    )
    assert len(jobs.questions) == 3
    assert seconds < 5


def test_a_defect_is_counted_and_the_next_look_follows() -> None:
    asked: list[int] = []

    def broken_once(job_ids: Sequence[str]) -> Collection[str]:
        asked.append(1)
        if len(asked) == 1:
            raise KeyError("a defect")
        return ()

    defects: list[str] = []
    watch = EndWatch(broken_once, count_defect=defects.append)
    assert asyncio.run(seconds_until_ended(watch, "a", 10)) < 5
    assert defects == ["waiting"]


def test_nobody_is_asked_when_nobody_waits() -> None:
    jobs = Jobs("a")

    async def run() -> int:
        watch = EndWatch(jobs.open_among, count_defect=DEFECTS.append)
        await watch.until_ended("a", 0.3)
        await asyncio.sleep(0.2)
        asked = len(jobs.questions)
        await asyncio.sleep(0.4)
        assert len(jobs.questions) == asked
        await watch.until_ended("a", 0.3)
        return len(jobs.questions) - asked

    assert asyncio.run(run()) >= 1


@pytest.mark.parametrize("is_early", [True, False])
def test_the_end_of_the_server_lets_everybody_go(is_early: bool) -> None:
    async def run() -> float:
        watch = EndWatch(Jobs("a").open_among, count_defect=DEFECTS.append)
        asyncio.get_running_loop().call_later(0 if is_early else 0.3, watch.close)
        await asyncio.sleep(0.05)
        return await seconds_until_ended(watch, "a", 10)

    assert asyncio.run(run()) < 2

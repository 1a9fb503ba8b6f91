from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from storage.base.away import StorageAway
from storage.base.backoff import Backoff, spread_out, when_storage_is_back

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("control_api", "pipelines", "spiders", "storage", "settings", "deploy")


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0.2), (2, 0.4), (3, 0.8), (5, 3.2), (6, 5.0), (60, 5.0)]
)
def test_each_failure_doubles_the_wait_up_to_its_limit(failures: int, seconds: float) -> None:
    assert Backoff(first_seconds=0.2, max_seconds=5.0).seconds(failures) == seconds


def test_an_outage_of_days_is_still_a_number_of_seconds() -> None:
    assert Backoff(first_seconds=0.2, max_seconds=5.0).seconds(1_000_000) == 5.0


def test_a_first_wait_above_the_limit_is_the_limit() -> None:
    assert Backoff(first_seconds=60.0, max_seconds=30.0).seconds(1) == 30.0


def test_no_wait_stays_no_wait() -> None:
    assert Backoff(first_seconds=0.0, max_seconds=30.0).seconds(7) == 0.0


def test_waits_are_spread_around_their_middle() -> None:
    backoff = Backoff(first_seconds=10.0, max_seconds=100.0, spread=0.25)
    waits = [backoff.seconds(2) for _ in range(300)]
    assert 15.0 <= min(waits) < 16.5
    assert 23.5 < max(waits) <= 25.0
    assert len(set(waits)) > 100
    assert spread_out(3.0, 0.0) == 3.0


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.25), (0.2, 0.4), (0.05, 0.25), (4.0, 5.0)])
def test_what_was_too_short_becomes_longer(before: float, after: float) -> None:
    assert Backoff(first_seconds=0.25, max_seconds=5.0).longer(before) == after


def test_work_is_tried_until_its_store_is_back() -> None:
    tries: list[int] = []

    def work() -> str:
        tries.append(1)
        if len(tries) < 2:
            raise StorageAway("away")
        return "done"

    assert when_storage_is_back(work, patience_seconds=30) == "done"
    assert len(tries) == 2


def test_patience_ends() -> None:
    def work() -> None:
        raise StorageAway("away")

    began = time.monotonic()
    with pytest.raises(StorageAway):
        when_storage_is_back(work, patience_seconds=0.3)
    assert time.monotonic() - began < 5


def test_what_waiting_cannot_heal_is_tried_once() -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError):
        when_storage_is_back(work, patience_seconds=30)
    assert len(tries) == 1


def test_nobody_else_computes_how_long_to_wait() -> None:
    doubling = re.compile(r"\* 2 ?\*\* ?\(?\w|2 ?\*\* ?\(?(failures|attempt|tries|strikes)")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in PRODUCT
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "backoff.py"
        for line in path.read_text().splitlines()
        if doubling.search(line)
    ]
    assert found == []

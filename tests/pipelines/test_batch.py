from __future__ import annotations

import time

import pytest

from pipelines.batch import MAX_ENDS, Batch
from spiders.work.failures import FailureCode
from spiders.work.target import LeasedTarget
from storage.base.records import Failure, NewRow

NEVER = float("inf")
GONE = Failure(FailureCode.NOT_FOUND, "gone")


def leased(name: str, *, until: float = NEVER, job: str | None = "j") -> LeasedTarget:
    return LeasedTarget(
        id=name, url="", params={}, job_id=job, token=3, deaths=0, lease_until=until
    )


@pytest.fixture
def batch() -> Batch:
    return Batch()


def take(batch: Batch, *, now: float = 0.0, flush: bool = False, marks_after: float = 0.5) -> Batch:
    return batch.take(now=now, flush=flush, marks_after=marks_after)


def test_ended_targets_become_records_with_rows_or_reason(batch: Batch) -> None:
    good = leased("a")
    good.rows.append(NewRow(1, 1, {"asin": "B000000001"}))
    batch.end(good, None)
    batch.end(leased("b"), GONE)
    started, ends = take(batch).records()
    assert started == []
    assert [(end.id, end.token, len(end.rows)) for end in ends] == [("a", 3, 1), ("b", 3, 0)]
    assert ends[0].failure is None
    assert ends[1].failure is not None
    assert ends[1].failure.code == "NOT_FOUND"
    assert not batch


def test_what_lost_its_lease_is_not_written_but_given_up(batch: Batch) -> None:
    batch.end(leased("late", until=10.0), None)
    batch.end(leased("good", until=10.1), None)
    due = take(batch, now=10.0)
    assert [target.id for target in due.ended_targets()] == ["good"]
    assert [target.id for target in due.expired] == ["late"]


def test_a_start_is_marked_only_when_the_target_takes_long(batch: Batch) -> None:
    batch.start(leased("a"))
    begun = time.monotonic()
    assert not take(batch, now=begun)
    started, _ = take(batch, now=begun + 0.6).records()
    assert [mark.id for mark in started] == ["a"]
    assert not take(batch, now=begun + 9)


def test_a_target_that_ended_needs_no_start_mark(batch: Batch) -> None:
    batch.start(leased("a"))
    batch.end(leased("a"), None)
    started, ends = take(batch, now=time.monotonic() + 9).records()
    assert (started, len(ends)) == ([], 1)


def test_a_seed_by_hand_has_no_start_mark(batch: Batch) -> None:
    batch.start(leased("hand:1", job=None))
    assert not take(batch, now=time.monotonic() + 9)


def test_flushing_writes_the_ends_and_forgets_the_starts(batch: Batch) -> None:
    batch.start(leased("a"))
    batch.end(leased("b"), None)
    started, ends = take(batch, flush=True, now=time.monotonic() + 9).records()
    assert (started, [end.id for end in ends]) == ([], ["b"])
    assert not batch


def test_one_commit_takes_no_more_than_its_share(batch: Batch) -> None:
    for number in range(MAX_ENDS + 1):
        batch.end(leased(f"{number:04d}"), None)
    assert len(take(batch)) == MAX_ENDS
    assert len(take(batch)) == 1


def test_what_is_put_back_comes_first_again(batch: Batch) -> None:
    batch.end(leased("a"), None)
    due = take(batch)
    batch.end(leased("b"), None)
    batch.put_back(due)
    assert [target.id for target in take(batch).ended_targets()] == ["a", "b"]


def test_failing_a_batch_drops_its_rows(batch: Batch) -> None:
    target = leased("a")
    target.rows.append(NewRow(1, 1, {}))
    batch.end(target, None)
    batch.fail(GONE)
    _, (end,) = take(batch).records()
    assert (end.rows, end.failure is not None) == ([], True)

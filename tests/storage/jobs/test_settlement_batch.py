from __future__ import annotations

from storage.base.records import Failure, NewRow, StartedTarget, TargetEnd
from storage.jobs.settlement_batch import (
    batches_of,
    end_fields,
    moves_of,
    of_open,
    places_of,
    updates_of,
)


def started(number: int, *, job: str = "j", token: int = 1) -> StartedTarget:
    return StartedTarget(f"{job}:{number:06d}", job, token)


def ended(
    number: int, *, job: str | None = "j", token: int = 1, failure: Failure | None = None
) -> TargetEnd:
    rows = [NewRow(1, 1, {})]
    return TargetEnd(id=f"{job}:{number:06d}", job_id=job, token=token, failure=failure, rows=rows)


def open_target(status: str = "pending", token: int = 0) -> dict[str, object]:
    return {"status": status, "token": token}


def test_a_later_lease_keeps_an_older_one_out_and_an_equal_one_in() -> None:
    known = {"j:000001": open_target("running", token=2)}
    for token, is_in in ((1, False), (2, True), (3, True)):
        batches = batches_of([started(1, token=token)], [ended(1, token=token)], known)
        assert bool(batches["j"].started) is is_in, token
        assert bool(batches["j"].ends) is is_in, token


def test_what_is_not_open_is_left_out() -> None:
    assert batches_of([started(1)], [ended(1)], {}) == {}


def test_of_two_starts_the_later_lease_holds_and_two_ends_are_one() -> None:
    known = {"j:000001": open_target()}
    starts = [started(1, token=1), started(1, token=3), started(1, token=2)]
    batches = batches_of(starts, [ended(1, token=3), ended(1, token=3)], known)
    assert [one.token for one in batches["j"].started] == [3]
    assert len(batches["j"].ends) == 1


def test_batches_are_by_job_and_ends_by_hand_are_in_none() -> None:
    known = {"a:000000": open_target(), "b:000000": open_target()}
    ends = [ended(0, job="a"), ended(0, job="b"), ended(0, job=None)]
    batches = batches_of([], ends, known)
    assert sorted(batches) == ["a", "b"]


def test_counts_move_from_where_each_target_stood() -> None:
    known = {
        "j:000001": open_target("pending"),
        "j:000002": open_target("running"),
        "j:000003": open_target("pending"),
        "j:000004": open_target("running"),
    }
    gone = Failure("NOT_FOUND", "words")
    ends = [ended(1), ended(2, failure=gone)]
    batch = batches_of([started(1), started(3), started(4)], ends, known)["j"]
    # 1 has begun and ended at once; 4 had begun before.
    moves = moves_of(batch, known)
    assert moves == {"pending": -2, "running": 0, "success": 1, "failed": 1}
    assert sum(moves.values()) == 0
    assert of_open(moves) == [-2, 0]


def test_places_are_the_numbers_within_the_job() -> None:
    known = {f"j:{number:06d}": open_target() for number in (7, 12)}
    assert places_of(batches_of([], [ended(7), ended(12)], known)["j"]) == [7, 12]


def test_the_end_of_a_target_says_its_lease_its_rows_and_why() -> None:
    fields = end_fields(ended(1, token=5))
    assert (fields["status"], fields["token"], fields["rowCount"]) == ("success", 5, 1)
    assert "failure" not in fields
    fields = end_fields(ended(1, failure=Failure("TIMEOUT", "words")))
    assert fields["status"] == "failed"
    assert fields["failure"] == {"code": "TIMEOUT", "message": "words"}
    assert fields["rowCount"] == 1


def test_a_lease_is_counted_at_its_first_word_and_not_again_at_the_end() -> None:
    """How often a target was given to a crawler: a start and an end under one token are one."""
    known = {"j:000001": open_target("running", token=2), "j:000002": open_target(token=0)}
    batch = batches_of([started(2, token=1)], [ended(1, token=2)], known)["j"]
    counted = {
        update._filter["_id"]: update._doc["$inc"]["leases"] for update in updates_of(batch, known)
    }
    assert counted == {"j:000001": 0, "j:000002": 1}

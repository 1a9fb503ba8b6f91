"""Where targets and jobs end: exactly once, and with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from storage.base.records import Counts, FoundTarget, Job, JobStatus, NewRow, TargetEnd
from storage.jobs.settlement import DocumentRefused
from tests.stores import Store, count_events, failure, recount, rows_by_hand, started, success


def counts_agree(store: Store, job_id: str) -> None:
    counts = store.job(job_id).counts
    assert counts == recount(store.database, job_id)


# The ends of targets


def test_a_target_settles_once_and_its_replay_writes_nothing(store: Store) -> None:
    job = store.add_job(2)
    first = store.settlement.commit([], [success(job, 0, rows=3)])
    again = store.settlement.commit([], [success(job, 0, rows=3, token=9)])
    assert (first.settled, again.settled) == ([f"{job.id}:000000"], [])
    assert store.results.count(job.id) == 3
    assert store.job(job.id).result_count == 3
    assert store.job(job.id).counts == Counts(total=2, pending=1, success=1)
    counts_agree(store, job.id)


def test_a_target_given_twice_in_one_commit_counts_once(store: Store) -> None:
    job = store.add_job(2)
    store.settlement.commit([started(job, 1), started(job, 1)], [success(job, 0), success(job, 0)])
    assert store.job(job.id).counts == Counts(total=2, pending=0, running=1, success=1)
    assert store.results.count(job.id) == 1
    counts_agree(store, job.id)


def test_a_failure_keeps_its_reason_and_the_rows_that_were_good(store: Store) -> None:
    job = store.add_job(2)
    end = TargetEnd(
        id=f"{job.id}:000000",
        job_id=job.id,
        token=1,
        rows=[NewRow(1, 1, {"asin": "B000000001"})],
        failure=failure(job, 0, code="BLOCKED_CAPTCHA").failure,
    )
    store.settlement.commit([], [end])
    target = store.targets.values(job.id)[0]
    assert target.failure is not None
    assert (target.status, target.failure.code) == ("failed", "BLOCKED_CAPTCHA")
    assert store.results.count(job.id) == 1


def test_an_older_lease_cannot_settle_what_a_later_one_has_started(store: Store) -> None:
    job = store.add_job(1)
    store.settlement.commit([started(job, 0, token=5)], [])
    late = store.settlement.commit([started(job, 0, token=4)], [success(job, 0, token=4)])
    assert late.settled == []
    assert store.job(job.id).counts == Counts(total=1, pending=0, running=1)
    assert store.results.count(job.id) == 0
    assert store.settlement.commit([], [success(job, 0, token=5)]).settled == [f"{job.id}:000000"]


def test_a_start_that_comes_after_the_end_moves_nothing(store: Store) -> None:
    job = store.add_job(2)
    store.settlement.commit([], [success(job, 0)])
    store.settlement.commit([started(job, 0, token=9)], [])
    assert store.job(job.id).counts == Counts(total=2, pending=1, success=1)
    counts_agree(store, job.id)


def test_an_empty_commit_is_nothing(store: Store) -> None:
    report = store.settlement.commit([], [])
    assert (report.settled, report.ended_jobs) == ([], [])


def test_one_commit_may_settle_targets_of_several_jobs(store: Store) -> None:
    one, two = store.add_job(1), store.add_job(2)
    report = store.settlement.commit([], [success(one, 0), success(two, 0)])
    assert report.ended_jobs == [one.id]
    assert store.job(one.id).status is JobStatus.COMPLETED
    assert store.job(two.id).status is JobStatus.RUNNING


def test_a_commit_that_cannot_write_one_row_writes_nothing_at_all(store: Store) -> None:
    job = store.add_job(2)
    twins = TargetEnd(
        id=f"{job.id}:000001", job_id=job.id, token=1, rows=[NewRow(1, 1, {}), NewRow(1, 1, {})]
    )
    with pytest.raises(DocumentRefused):
        store.settlement.commit([], [success(job, 0), twins])
    assert store.results.count(job.id) == 0
    assert store.job(job.id).counts == Counts(total=2, pending=2)


def test_a_row_that_no_document_can_hold_is_refused_by_name_and_writes_nothing(
    store: Store,
) -> None:
    """MongoDB's limit is 16 MB; the driver sends what is larger only inside of other commands."""
    job = store.add_job(1)
    facts = {"text": "x" * 17_000_000}
    too_large = replace(success(job, 0), facts=facts)
    with pytest.raises(DocumentRefused):
        store.settlement.commit([], [too_large])
    assert store.job(job.id).counts == Counts(total=1, pending=1)


def test_of_two_starts_of_a_target_in_one_batch_the_later_lease_holds(store: Store) -> None:
    job = store.add_job(2)
    store.settlement.commit([started(job, 0, token=1), started(job, 0, token=2)], [])
    counts = store.job(job.id).counts
    assert (counts.pending, counts.running) == (1, 1)
    assert counts == recount(store.database, job.id)
    assert store.settlement.commit([], [success(job, 0, token=1)]).settled == []
    assert len(store.settlement.commit([], [success(job, 0, token=2)]).settled) == 1


# Targets that are discovered


def discovering(job: Job, index: int, *keys: str, token: int = 1) -> TargetEnd:
    found = [FoundTarget(key, key) for key in keys]
    return replace(success(job, index, token=token, rows=0), discovered=found)


def values(store: Store, job: Job) -> list[str]:
    return [target.value for target in store.targets.values(job.id)]


def test_a_job_grows_by_what_its_targets_discover_each_key_once(store: Store) -> None:
    job = store.add_job(2, target_limit=10)
    store.settlement.commit([], [discovering(job, 0, "a", "b", "a"), discovering(job, 1, "b", "c")])
    assert values(store, job)[2:] == ["a", "b", "c"]
    assert store.job(job.id).counts == Counts(total=5, pending=3, success=2)
    store.settlement.commit([], [discovering(job, 2, "c", "d")])
    assert values(store, job)[5:] == ["d"]
    counts_agree(store, job.id)


def test_a_job_never_grows_past_its_limit(store: Store) -> None:
    job = store.add_job(1, target_limit=3)
    store.settlement.commit([], [discovering(job, 0, "a", "b", "c", "d")])
    assert values(store, job)[1:] == ["a", "b"]
    store.settlement.commit([], [discovering(job, 1, "e")])
    assert store.job(job.id).counts.total == 3


def test_a_discovered_target_keeps_its_text_and_store_and_its_finder_its_facts(
    store: Store,
) -> None:
    job = store.add_job(1, target_limit=3)
    found = FoundTarget("https://x.test/1", "DE/1", {"asin": "1"}, value="1", marketplace="DE")
    end = replace(discovering(job, 0), discovered=[found], facts={"noOffers": True})
    store.settlement.commit([], [end])
    first, second = store.targets.values(job.id)
    assert first.facts == {"noOffers": True}
    assert (second.value, second.marketplace, second.key, second.facts) == ("1", "DE", "DE/1", {})


def test_what_the_last_open_target_discovers_keeps_the_job_open(store: Store) -> None:
    job = store.add_job(1, target_limit=3)
    report = store.settlement.commit([], [discovering(job, 0, "a")])
    assert report.ended_jobs == []
    assert store.jobs.organizations_to_feed(job.spider) == [job.organization_id]
    assert store.settlement.commit([], [discovering(job, 1)]).ended_jobs == [job.id]


def test_a_replay_and_a_cancelled_job_discover_nothing(store: Store) -> None:
    job = store.add_job(2, target_limit=9)
    store.settlement.commit([], [discovering(job, 0, "a")])
    store.settlement.commit([], [discovering(job, 0, "b", token=2)])
    store.settlement.cancel(job.id)
    store.settlement.commit([], [discovering(job, 1, "c")])
    assert values(store, job)[2:] == ["a"]


def test_parallel_discoveries_of_the_same_targets_add_each_once(store: Store) -> None:
    job = store.add_job(4, target_limit=7)
    settlement = store.settlement
    race(
        *[
            lambda index=index: settlement.commit([], [discovering(job, index, "a", "b", "c", "d")])
            for index in range(4)
        ]
    )
    assert sorted(values(store, job)[4:]) == ["a", "b", "c"]
    counts_agree(store, job.id)


# The end of the job


@pytest.mark.parametrize(
    ("ends", "status", "outcome"),
    [
        ((success, success), "completed", "succeeded"),
        ((success, failure), "completed", "partial"),
        ((failure, failure), "failed", "failed"),
    ],
)
def test_a_job_ends_with_its_last_target_and_tells_so_once(
    store: Store, ends: tuple[Callable[..., TargetEnd], ...], status: str, outcome: str
) -> None:
    job = store.add_job(len(ends))
    for index, end in enumerate(ends):
        assert count_events(store.database, job.id) == 0
        store.settlement.commit([], [end(job, index)])
    ended = store.job(job.id)
    assert (ended.status, ended.outcome) == (status, outcome)
    assert ended.completed_at is not None
    assert ended.started_at is not None
    store.settlement.commit([], [end(job, index, token=9) for index, end in enumerate(ends)])
    assert store.settlement.cancel(job.id) is None
    (event,) = store.database["outbox"].find({"jobId": job.id})
    assert event["type"] == f"job.{status}"
    assert event["data"]["counts"]["success"] == ended.counts.success
    counts_agree(store, job.id)


def test_a_target_that_succeeds_without_rows_is_a_success(store: Store) -> None:
    job = store.add_job(1)
    store.settlement.commit([], [success(job, 0, rows=0)])
    assert store.job(job.id).outcome == "succeeded"


# Cancel


def test_after_a_cancel_no_row_is_written_and_no_target_moves(store: Store) -> None:
    job = store.add_job(3)
    store.settlement.commit([started(job, 1)], [success(job, 0)])
    cancelled = store.settlement.cancel(job.id)
    assert cancelled is not None
    assert cancelled.counts == Counts(total=3, pending=0, success=1, cancelled=2)
    late = store.settlement.commit([started(job, 2)], [success(job, 1), failure(job, 2)])
    assert (late.settled, late.ended_jobs) == ([], [])
    assert store.results.count(job.id) == 1
    store.settlement.close_targets(job.id)
    assert store.statuses(job.id) == ["success", "cancelled", "cancelled"]
    assert store.job(job.id).counts == cancelled.counts
    counts_agree(store, job.id)


def test_repeating_a_cancel_changes_nothing(store: Store) -> None:
    job = store.add_job(1)
    assert store.settlement.cancel(job.id) is not None
    before = store.raw_job(job.id)
    assert store.settlement.cancel(job.id) is None
    assert store.raw_job(job.id) == before
    assert count_events(store.database, job.id) == 1


def test_a_cancel_whose_caller_died_is_found_until_its_targets_are_closed(store: Store) -> None:
    job = store.add_job(1)
    store.settlement.cancel(job.id)
    assert store.settlement.cancelled_with_open_targets() == [job.id]
    store.settlement.close_targets(job.id)
    assert store.settlement.cancelled_with_open_targets() == []


def test_cancelling_a_job_that_is_not_there_is_none(store: Store) -> None:
    assert store.settlement.cancel("no-such-job") is None


def test_cancelling_one_job_leaves_the_other_alone(store: Store) -> None:
    one, two = store.add_job(1), store.add_job(1)
    store.settlement.cancel(one.id)
    store.settlement.close_targets(one.id)
    store.settlement.commit([], [success(two, 0)])
    assert store.job(two.id).status is JobStatus.COMPLETED
    assert store.results.count(two.id) == 1


# Races


def race(*works: Callable[[], Any]) -> list[Any]:
    """All at once, each in a thread of its own; their results in order."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.parametrize("round_", range(5))
def test_a_commit_that_races_with_a_cancel_is_whole_or_nothing(store: Store, round_: int) -> None:
    job = store.add_job(4)
    settlement = store.settlement
    ends = [success(job, index, rows=2) for index in range(3)]
    report, cancelled = race(lambda: settlement.commit([], ends), lambda: settlement.cancel(job.id))
    settlement.close_targets(job.id)
    assert cancelled is not None
    assert len(report.settled) in (0, 3)
    assert store.results.count(job.id) == 2 * len(report.settled)
    assert store.job(job.id).counts.success == len(report.settled)
    assert count_events(store.database, job.id) == 1
    counts_agree(store, job.id)


def test_the_last_commit_and_a_cancel_end_the_job_once_between_them(store: Store) -> None:
    settlement = store.settlement
    for _ in range(5):
        job = store.add_job(1)
        report, cancelled = race(
            lambda job=job: settlement.commit([], [success(job, 0)]),
            lambda job=job: settlement.cancel(job.id),
        )
        assert bool(report.ended_jobs) != bool(cancelled)
        assert count_events(store.database, job.id) == 1


def test_parallel_commits_on_one_job_add_up(store: Store) -> None:
    job = store.add_job(40)
    settlement = store.settlement

    def commit_slice(first: int) -> list[str]:
        settled = []
        for index in range(first, 40, 4):
            ends = [success(job, index) if index % 3 else failure(job, index)]
            settled += settlement.commit([started(job, (index + 4) % 40)], ends).settled
        return settled

    reports = race(*[lambda first=first: commit_slice(first) for first in range(4)])
    assert sum(len(settled) for settled in reports) == 40
    ended = store.job(job.id)
    assert ended.counts == Counts(total=40, pending=0, success=26, failed=14)
    assert ended.result_count == store.results.count(job.id) == 26
    assert count_events(store.database, job.id) == 1
    counts_agree(store, job.id)


def test_two_crawlers_that_settle_the_same_target_at_once_write_it_once(store: Store) -> None:
    job = store.add_job(8)
    settlement = store.settlement
    reports = race(
        *[
            lambda token=token: settlement.commit(
                [], [success(job, index, token=token, rows=2) for index in range(8)]
            )
            for token in (1, 2, 3)
        ]
    )
    assert sorted(len(report.settled) for report in reports) == [0, 0, 8]
    assert store.results.count(job.id) == 16
    counts_agree(store, job.id)


def test_parallel_reservations_never_take_more_than_there_is(store: Store) -> None:
    organization = store.add_organization(balance=10)
    ledger, transactions = store.credits, store.transactions

    def reserve(number: int) -> bool:
        return transactions.run(
            lambda session: ledger.reserve(organization, 3, job_id=f"job-{number}", session=session)
        )

    taken = race(*[lambda number=number: reserve(number) for number in range(12)])
    assert sum(taken) == 3
    assert store.credits.get_balance(organization) == (1, 9)
    assert store.credits.recompute(organization) == (1, 9)


# Seeds pushed by hand


def test_rows_of_a_seed_by_hand_belong_to_no_job(store: Store) -> None:
    end = TargetEnd(id="hand:1", job_id=None, token=1, rows=[NewRow(1, 1, {"asin": "B000000001"})])
    assert store.settlement.commit([], [end]).settled == ["hand:1"]
    (row,) = rows_by_hand(store.database)
    assert row == {"asin": "B000000001"}
    assert store.database["outbox"].count_documents({}) == 0


def test_a_redelivered_seed_by_hand_adds_no_row(store: Store) -> None:
    for token in (1, 2):
        row = NewRow(1, 1, {"asin": "B000000001", "price": token})
        end = TargetEnd(id="hand:1", job_id=None, token=token, rows=[row])
        store.settlement.commit([], [end])
    (stored,) = rows_by_hand(store.database)
    assert stored["price"] == 2

"""Promises C1, C3 and C4: what becomes of slots that are due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from control_api.services.schedules.slot_runner import MAX_MISSED_AT_ONCE
from storage.accounts.credits import Credits
from storage.events.schedules import CrawlConfig, Overlap, ScheduleChange
from tests.control_api.services.scheduling import Scheduling

START = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
FIRST = datetime(2026, 1, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(scheduling: Scheduling, schedule) -> list[tuple[int, str, str | None]]:
    """(hours after FIRST, status, reason) of each recorded slot."""
    return [
        (round((slot.slot_at - FIRST) / HOUR), slot.status.value, slot.reason)
        for slot in scheduling.slots_of(schedule)
    ]


def test_nothing_happens_before_the_slot(scheduling: Scheduling) -> None:
    schedule = scheduling.add(since=START)
    scheduling.runner().run_due(FIRST - timedelta(seconds=1))
    assert scheduling.slots_of(schedule) == []
    assert scheduling.now(schedule).next_run_at == FIRST


def test_a_due_slot_starts_one_job(scheduling: Scheduling) -> None:
    schedule = scheduling.add(since=START)
    runner = scheduling.runner()
    runner.run_due(FIRST)
    runner.run_due(FIRST + timedelta(seconds=1))
    [job] = scheduling.jobs_of(schedule)
    assert (job.kind, job.schedule_id, job.created_by) == ("search", schedule.id, "a-user")
    assert scheduling.store.statuses(job.id) == ["pending"]
    [slot] = scheduling.slots_of(schedule)
    assert (slot.status, slot.reason, slot.job_id) == ("started", None, job.id)
    after = scheduling.now(schedule)
    assert (after.next_run_at, after.last_run_at) == (FIRST + HOUR, FIRST)
    assert (after.last_job_id, after.last_outcome) == (job.id, "started")
    assert scheduling.wakes == 1
    entry = scheduling.store.database["audit"].find_one({"entityId": job.id})
    assert entry["metadata"]["scheduleId"] == schedule.id


def test_many_workers_start_one_job_a_slot(scheduling: Scheduling) -> None:
    """C1: one slot starts at most one job, whatever the number of workers."""
    schedules = [scheduling.add(since=START) for _ in range(4)]
    together = Barrier(5)

    def work(runner) -> None:
        for hour in range(6):
            together.wait()
            runner.run_due(FIRST + hour * HOUR)
            together.wait()
            scheduling.end_jobs()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, [scheduling.runner() for _ in range(5)]))
    for schedule in schedules:
        assert told(scheduling, schedule) == [(hour, "started", None) for hour in range(6)]
        assert len(scheduling.jobs_of(schedule)) == 6


def test_an_open_crawl_skips_the_slot(scheduling: Scheduling) -> None:
    """C3: overlap is about the crawl: while the last job of a schedule is open, the slot is skipped."""
    schedule = scheduling.add(since=START)
    runner = scheduling.runner()
    runner.run_due(FIRST)
    runner.run_due(FIRST + HOUR)
    scheduling.end_jobs()
    runner.run_due(FIRST + 2 * HOUR)
    assert told(scheduling, schedule) == [
        (0, "started", None),
        (1, "skipped", "overlap"),
        (2, "started", None),
    ]


def test_or_queues_it_until_the_crawl_has_ended(scheduling: Scheduling) -> None:
    """C3: … recorded as skipped (default) or queued."""
    schedule = scheduling.add(since=START, overlap=Overlap.QUEUE)
    runner = scheduling.runner()
    for hour in range(3):
        runner.run_due(FIRST + hour * HOUR)
    assert told(scheduling, schedule) == [
        (0, "started", None),
        (1, "queued", "overlap"),
        (2, "skipped", "overlap"),
    ]
    assert len(scheduling.jobs_of(schedule)) == 1
    scheduling.end_jobs()
    with ThreadPoolExecutor(5) as pool:
        runners = [scheduling.runner() for _ in range(5)]
        list(pool.map(lambda one: one.run_due(FIRST + 2 * HOUR + timedelta(minutes=5)), runners))
    assert len(scheduling.jobs_of(schedule)) == 2
    assert told(scheduling, schedule)[1] == (1, "started", None)
    scheduling.end_jobs()
    runner.run_due(FIRST + 3 * HOUR)
    assert told(scheduling, schedule)[3] == (3, "started", None)


def test_after_downtime_one_run_makes_up_for_all(scheduling: Scheduling) -> None:
    """C4: after downtime at most one catch-up run; each missed slot is recorded with its reason."""
    schedule = scheduling.add(since=START)
    scheduling.runner().run_due(FIRST + timedelta(hours=5, minutes=20))
    missed = [(hour, "missed", "missed") for hour in range(5)]
    assert told(scheduling, schedule) == [*missed, (5, "started", None)]
    assert len(scheduling.jobs_of(schedule)) == 1
    assert scheduling.now(schedule).next_run_at == FIRST + 6 * HOUR


def test_a_long_downtime_is_recorded_in_pieces(scheduling: Scheduling) -> None:
    schedule = scheduling.add("* * * * *", since=START)
    runner = scheduling.runner()
    minutes = 2 * MAX_MISSED_AT_ONCE + 10
    first = scheduling.now(schedule).next_run_at
    assert first is not None
    for _ in range(4):
        runner.run_due(first + timedelta(minutes=minutes))
    slots = scheduling.slots_of(schedule)
    assert [slot.slot_at for slot in slots] == [
        first + timedelta(minutes=minute) for minute in range(minutes + 1)
    ]
    assert {slot.status for slot in slots[:-1]} == {"missed"}
    assert slots[-1].status == "started"
    assert len(scheduling.jobs_of(schedule)) == 1


def test_without_credits_the_slot_is_skipped(scheduling: Scheduling) -> None:
    """C4: also: no credits."""
    organization = scheduling.add_organization("free", balance=7)
    schedule = scheduling.add(since=START, organization=organization)
    runner = scheduling.runner()
    for hour in range(2):
        runner.run_due(FIRST + hour * HOUR)
        scheduling.end_jobs()
    assert told(scheduling, schedule) == [(0, "started", None), (1, "skipped", "no_credits")]
    assert Credits(scheduling.store.database).get_balance(organization) == (2, 5)
    after = scheduling.now(schedule)
    assert (after.last_outcome, after.last_reason) == ("skipped", "no_credits")
    assert after.last_job_id == scheduling.jobs_of(schedule)[0].id


def test_beyond_the_quota_the_slot_is_skipped(scheduling: Scheduling) -> None:
    """C4: quota reached."""
    organization = scheduling.add_organization("free", balance=1_000)
    crawl = CrawlConfig("search", [f"word {index}" for index in range(60)], {})
    schedule = scheduling.add(since=START, organization=organization, crawl=crawl)
    runner = scheduling.runner()
    for hour in range(2):
        runner.run_due(FIRST + hour * HOUR)
        scheduling.end_jobs()
    assert told(scheduling, schedule) == [(0, "started", None), (1, "skipped", "quota_reached")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"$set": {"archived": True}}, "project_archived"),
        ({"$set": {"organizationId": "nobody"}}, "project_deleted"),
    ],
)
def test_without_its_project_the_slot_is_skipped(
    scheduling: Scheduling, change: dict, reason: str
) -> None:
    schedule = scheduling.add(since=START)
    scheduling.store.database["projects"].update_one({"_id": schedule.project_id}, change)
    scheduling.runner().run_due(FIRST)
    assert told(scheduling, schedule) == [(0, "skipped", reason)]
    # A schedule of a project that is gone never fires again.
    assert scheduling.now(schedule).enabled == (reason == "project_archived")


def test_a_schedule_that_cannot_run_stops_no_other(
    scheduling: Scheduling, caplog: pytest.LogCaptureFixture
) -> None:
    bad = scheduling.add(since=START, crawl=CrawlConfig("details", ["no asin"], {}))
    broken = scheduling.add(since=START, crawl=CrawlConfig("no such kind", ["x"], {}))
    good = scheduling.add(since=START)
    scheduling.runner().run_due(FIRST)
    assert told(scheduling, bad) == [(0, "skipped", "invalid_request")]
    assert told(scheduling, broken) == [(0, "skipped", "internal_error")]
    assert scheduling.defects == ["schedules"]
    assert told(scheduling, good) == [(0, "started", None)]
    assert "KeyError" in caplog.text


def test_a_disabled_schedule_does_not_fire(scheduling: Scheduling) -> None:
    schedule = scheduling.add(since=START)
    change = ScheduleChange(next_run_at=None, enabled=False)
    scheduling.store.transactions.run(
        lambda session: scheduling.schedules.update(schedule.id, change, session)
    )
    scheduling.runner().run_due(FIRST + HOUR)
    assert scheduling.slots_of(schedule) == []


def test_a_slot_that_is_recorded_does_not_run_again(scheduling: Scheduling) -> None:
    """A clock that is behind, in the process that takes a change, may compute it once more."""
    schedule = scheduling.add(since=START)
    runner = scheduling.runner()
    runner.run_due(FIRST)
    scheduling.end_jobs()
    again = ScheduleChange(next_run_at=FIRST)
    scheduling.store.transactions.run(
        lambda session: scheduling.schedules.update(schedule.id, again, session)
    )
    runner.run_due(FIRST + timedelta(seconds=5))
    assert len(scheduling.jobs_of(schedule)) == 1
    assert scheduling.now(schedule).next_run_at == FIRST + HOUR

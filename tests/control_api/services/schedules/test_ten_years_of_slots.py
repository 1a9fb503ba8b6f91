"""Five workers, a fake clock, 10,000 slots over ten years in four time zones (a year in `make test`)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from control_api.services.schedules.cron import Cron
from tests.control_api.services.scheduling import Scheduling

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
# Clocks change on Sundays, at these hours.
CRONS = ["30 2 * * SUN", "0 2 * * SUN", "45 1 * * SUN", "15 2 * * SUN", "0 3 * * SUN"]
WORKERS = 5
START = datetime(2020, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weeks", "least"),
    [(27, 500), pytest.param(523, 10_000, marks=[pytest.mark.chaos, pytest.mark.timeout(600)])],
)
def test_each_due_slot_starts_one_job(scheduling: Scheduling, weeks: int, least: int) -> None:
    """C1 and C2. Wednesdays pass, and with each of them every schedule's Sunday."""
    organizations = [scheduling.add_organization() for _ in CRONS]
    schedules = [
        scheduling.add(cron, zone, since=START, organization=organization)
        for zone in ZONES
        for cron, organization in zip(CRONS, organizations, strict=True)
    ]
    runners = [scheduling.runner() for _ in range(WORKERS)]
    now = START
    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in range(weeks):
            now += timedelta(weeks=1)
            list(pool.map(lambda runner, at=now: runner.run_due(at), runners))
            scheduling.end_jobs()
    started = 0
    for schedule in schedules:
        cron = Cron(schedule.cron, schedule.timezone)
        first = cron.find_next(START)
        assert first is not None
        slots = scheduling.slots_of(schedule)
        assert [slot.slot_at for slot in slots] == list(cron.due_times(first, now))
        assert {slot.status for slot in slots} == {"started"}
        by_slot = Counter(slot.job_id for slot in slots)
        assert by_slot == Counter(job.id for job in scheduling.jobs_of(schedule))
        assert set(by_slot.values()) == {1}
        started += len(slots)
    assert started >= least

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from control_api.services.schedules.cron import CannotRun, Cron

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
FIRST_YEAR, LAST_YEAR = 2020, 2029


def expected_daily(zone: ZoneInfo, hour: int, minute: int) -> list[datetime]:
    """One a day: the wall-clock time's first coming, or the first minute that exists after it."""
    times = []
    day = datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001 (wall-clock time)
    while day.year <= LAST_YEAR:
        wall = day.replace(hour=hour, minute=minute)
        while (
            wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall
        ):
            wall += timedelta(minutes=1)
        times.append(wall.replace(tzinfo=zone, fold=0).astimezone(UTC))
        day += timedelta(days=1)
    return times


def due_times(cron: Cron, zone: ZoneInfo) -> list[datetime]:
    first = cron.find_next(datetime(FIRST_YEAR, 1, 1, tzinfo=zone) - timedelta(seconds=1))
    assert first is not None
    end = datetime(LAST_YEAR, 12, 31, 23, 59, tzinfo=zone)
    return list(cron.due_times(first, end.astimezone(UTC)))


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize(("hour", "minute"), [(2, 30), (1, 45), (2, 0), (0, 0), (3, 0)])
def test_a_time_of_day_comes_once_a_day_for_ten_years(
    zone_name: str, hour: int, minute: int
) -> None:
    """C2: 02:30 in a spring gap runs once at the next valid time, in an autumn overlap once."""
    zone = ZoneInfo(zone_name)
    found = due_times(Cron(f"{minute} {hour} * * *", zone_name), zone)
    assert found == expected_daily(zone, hour, minute)


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        ("Europe/Berlin", "2024-03-31", "2024-03-31T01:00"),
        ("Europe/Berlin", "2024-10-27", "2024-10-27T00:30"),
        ("America/New_York", "2024-03-10", "2024-03-10T07:00"),
        ("America/New_York", "2024-11-03", "2024-11-03T07:30"),
        # Lord Howe moves by half an hour: 02:00 to 02:30, so 02:30 is there.
        ("Australia/Lord_Howe", "2024-10-06", "2024-10-05T15:30"),
        ("Asia/Kathmandu", "2024-03-31", "2024-03-30T20:45"),
    ],
)
def test_half_past_two_on_days_of_change(zone: str, day: str, utc: str) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    found = Cron("30 2 * * *", zone).find_next(midnight)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_several_times_of_a_gap_are_one_slot() -> None:
    cron = Cron("0,15,30 2 * * *", "Europe/Berlin")
    gap = datetime(2024, 3, 31, 1, 0, tzinfo=UTC)
    assert list(cron.due_times(gap, gap + timedelta(hours=12))) == [gap]


def test_no_slot_lies_before_the_moment_that_was_asked_after() -> None:
    second_coming = datetime(2024, 10, 27, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    found = Cron("30 2 * * *", "Europe/Berlin").find_next(second_coming)
    assert found == datetime(2024, 10, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "day", [datetime(2024, 3, 31, tzinfo=UTC), datetime(2024, 10, 27, tzinfo=UTC)]
)
def test_hourly_stays_hourly_through_a_change(day: datetime) -> None:
    cron = Cron("30 * * * *", "Europe/Berlin")
    first = cron.find_next(day - timedelta(hours=3))
    assert first is not None
    found = list(cron.due_times(first, first + timedelta(hours=10)))
    assert found == [first + timedelta(hours=hour) for hour in range(11)]


@pytest.mark.parametrize(
    "expression",
    [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
        "* * * * 8", "x * * * *", "*/0 * * * *", "5-1 * * * *", "@daily", "0 0 30 2 *",
        "0 0 31 4,6 *", "-1 * * * *", "1.5 * * * *", "٣ * * * *",
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused(expression: str) -> None:
    with pytest.raises(CannotRun):
        Cron(expression, "UTC")


@pytest.mark.parametrize(
    "zone", ["", "Mars/Base", "../etc/passwd", "/etc/localtime", "America", "europe/berlin"]
)
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(CannotRun, match="timezone"):
        Cron("0 0 * * *", zone)


def test_a_leap_day_is_waited_for() -> None:
    found = Cron("0 0 29 2 *", "UTC").find_next(datetime(2025, 1, 1, tzinfo=UTC))
    assert found == datetime(2028, 2, 29, tzinfo=UTC)

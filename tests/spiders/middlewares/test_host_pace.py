"""When the next request to a host may go."""

from datetime import UTC, datetime

import pytest
from scrapy.http import Response

from spiders.middlewares.host_pace import (
    MAX_HOLD_SECONDS,
    SLOWER,
    HostPace,
    retry_after_seconds,
)


def send(pace: HostPace, host: str, *, now: float, delay: float = 0.0) -> float:
    """When the request went: it waits for its turn."""
    at = now + pace.wait_seconds(host, now=now)
    pace.sent(host, now=at, delay=delay)
    return at


def test_a_delay_spaces_the_requests_to_one_host_and_to_no_other() -> None:
    pace = HostPace()
    assert [send(pace, "a.test", now=100.0, delay=2.0) for _ in range(3)] == [100.0, 102.0, 104.0]
    assert send(pace, "b.test", now=100.0, delay=2.0) == 100.0
    assert send(pace, "a.test", now=110.0, delay=2.0) == 110.0


def test_without_a_delay_nobody_waits() -> None:
    pace = HostPace()
    assert [send(pace, "a.test", now=100.0) for _ in range(3)] == [100.0, 100.0, 100.0]


def test_retry_after_keeps_everyone_away_for_so_long_at_most_a_minute() -> None:
    pace = HostPace()
    pace.slow_down("a.test", now=100.0, sent_at=99.0, hold=7.0)
    assert pace.wait_seconds("a.test", now=100.0) == 7.0
    pace.slow_down("b.test", now=100.0, sent_at=99.0, hold=86_400.0)
    assert pace.wait_seconds("b.test", now=100.0) == MAX_HOLD_SECONDS


def test_complaints_about_requests_under_way_slow_down_once_and_later_ones_again() -> None:
    pace = HostPace()
    for _ in range(8):
        pace.slow_down("a.test", now=100.0, sent_at=99.0, hold=0.0)
    assert send(pace, "a.test", now=100.0) == pytest.approx(100 + SLOWER.first_seconds)
    assert send(pace, "a.test", now=100.0) == pytest.approx(100 + 2 * SLOWER.first_seconds)
    pace.slow_down("a.test", now=110.0, sent_at=109.0, hold=0.0)
    assert send(pace, "a.test", now=110.0) == pytest.approx(110 + 2 * SLOWER.first_seconds)


def test_good_answers_bring_the_full_speed_back_also_for_those_who_wait_already() -> None:
    pace = HostPace()
    for now in (100.0, 101.0, 102.0, 103.0):
        pace.slow_down("a.test", now=now, sent_at=now, hold=0.0)
    slow = [send(pace, "a.test", now=103.0) for _ in range(2)]
    assert slow[1] - slow[0] > 1
    for _ in range(20):
        pace.speed_up("a.test")
    last = slow[1] + pace.wait_seconds("a.test", now=slow[1])
    assert [send(pace, "a.test", now=last) for _ in range(3)] == [last, last, last]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Sun, 22 Nov 2026 07:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 06:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    response = Response("http://a.test/", headers={"Retry-After": text})
    now = datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC)
    assert retry_after_seconds(response, now=now) == seconds

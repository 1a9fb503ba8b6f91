"""Promise H4: retries with jitter over about a day, honours Retry-After, 410 disables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from control_api.services.webhooks.webhook_retries import (
    RETRY_SECONDS,
    Verdict,
    jitter,
    verdict_on_try,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def retry_in(status: int | None, *, tries: int = 1, retry_after: str | None = None) -> float:
    verdict = verdict_on_try(
        status, tries=tries, now=NOW, retry_after=retry_after, spread=lambda: 1.0
    )
    assert verdict.retry_at is not None
    return (verdict.retry_at - NOW).total_seconds()


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_only_2xx_is_success(status: int) -> None:
    assert verdict_on_try(status, tries=1, now=NOW) == Verdict(is_delivered=True)


@pytest.mark.parametrize("status", [None, 100, 301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_everything_else_is_tried_again(status: int | None) -> None:
    assert retry_in(status) == 5


def test_410_ends_it_for_good() -> None:
    assert verdict_on_try(410, tries=1, now=NOW) == Verdict(is_gone=True)


def test_the_tries_stretch_over_about_a_day_and_end() -> None:
    waits = [retry_in(500, tries=tries) for tries in range(1, len(RETRY_SECONDS) + 1)]
    assert waits == [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]
    assert 24 <= sum(waits) / 3_600 <= 30
    assert verdict_on_try(500, tries=len(RETRY_SECONDS) + 1, now=NOW) == Verdict()


def test_jitter_spreads_the_tries() -> None:
    spreads = [jitter() for _ in range(200)]
    assert 0.8 <= min(spreads) < 0.9
    assert 1.1 < max(spreads) <= 1.2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("1", 5),
        ("Thu, 01 Jan 2026 00:10:00 GMT", 600),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 5),
        ("99999999999999999999", 86_400),
        ("Thu, 01 Jan 2099 00:00:00 GMT", 86_400),
        ("soon", 5),
        ("-5", 5),
        ("", 5),
        ("²", 5),
    ],
)
def test_retry_after_delays_within_a_day(text: str, seconds: int) -> None:
    assert retry_in(503, retry_after=text) == seconds


def test_retry_after_does_not_hasten() -> None:
    assert retry_in(503, tries=2, retry_after="1") == timedelta(minutes=5).total_seconds()

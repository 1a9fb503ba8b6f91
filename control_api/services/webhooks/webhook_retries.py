"""Decides what follows a try to deliver: delivered, another try and when, or the end. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from storage.base.backoff import spread_out

# After the first, second, … failed try. About 28 hours in all.
RETRY_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
_MAX_RETRY_AFTER = timedelta(days=1)
_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`retry_at` None: no more tries. `is_gone`: the endpoint wants no event ever again."""

    is_delivered: bool = False
    is_gone: bool = False
    retry_at: datetime | None = None


def jitter() -> float:
    """Between 0.8 and 1.2, so that an endpoint that comes back is not hit by all at once."""
    return spread_out(1.0, 0.2)


def verdict_on_try(
    status: int | None,
    *,
    tries: int,
    now: datetime,
    retry_after: str | None = None,
    spread: Callable[[], float] = jitter,
) -> Verdict:
    """`status` None: no answer. `tries`: how many there were, with this one."""
    if status is not None and 200 <= status < 300:
        return Verdict(is_delivered=True)
    if status == _GONE:
        return Verdict(is_gone=True)
    if tries > len(RETRY_SECONDS):
        return Verdict()
    planned = now + timedelta(seconds=RETRY_SECONDS[tries - 1] * spread())
    asked = _moment_from_retry_after(retry_after, now)
    return Verdict(retry_at=max(planned, min(asked, now + _MAX_RETRY_AFTER)))


def _moment_from_retry_after(text: str | None, now: datetime) -> datetime:
    """The header holds seconds or a date; what is neither asks for nothing."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        # A number of any length: more than a day is cut to a day anyway.
        return now + timedelta(seconds=min(int(text[:10]), 10**6))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return now
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

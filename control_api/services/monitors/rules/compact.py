"""A field's history as one flat list of integers: a minute and a value by turns, as price trackers exchange it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from control_api.services.monitors.rules.conditions import number_of
from control_api.services.monitors.rules.steps import Span
from control_api.services.monitors.rules.stored_values import scale_of
from control_api.services.monitors.rules.watch_state import Step

# 2011-01-01, in minutes since 1970: minutes of this form fit into 32 bits for a long time.
EPOCH_MINUTES = 21_564_000
ABSENT = -1
_EPOCH = datetime(2011, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def minutes_of(at: datetime) -> int:
    return (at - _EPOCH) // _MINUTE


def compact_series(steps: Iterable[Step]) -> list[int]:
    """Of several steps within one minute the last one counts."""
    by_minute: dict[int, int] = {}
    for step in steps:
        number = number_of(step.value)
        value = ABSENT if number is None else int(number * scale_of(step.field))
        by_minute[minutes_of(step.at)] = value
    found: list[int] = []
    for minute, value in by_minute.items():
        if not found or found[-1] != value:
            found += (minute, value)
    return found


def compact_spans(spans: Sequence[Span]) -> list[int]:
    return [minutes_of(at) for one in spans for at in (one.start, one.end)]

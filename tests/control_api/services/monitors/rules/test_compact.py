"""The compact form of a history says what its steps say, to the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from control_api.services.monitors.rules.compact import (
    EPOCH_MINUTES,
    compact_series,
    compact_spans,
)
from control_api.services.monitors.rules.fields import RankValue
from control_api.services.monitors.rules.steps import Span
from control_api.services.monitors.rules.watch_state import Step
from tests.control_api.services.monitors.rules.law import LAW
from tests.control_api.services.monitors.rules.looks import hour

D = Decimal
START = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = int(START.timestamp()) // 60 - EPOCH_MINUTES


def test_a_number_is_an_integer_of_its_scale() -> None:
    assert compact_series([Step("price", START, D("19.9"))]) == [FIRST, 199_000]
    assert compact_series([Step("rating", START, D("4.5"))]) == [FIRST, 45]
    assert compact_series([Step("rank", START, RankValue("1", 12))]) == [FIRST, 12]
    assert compact_series([Step("price", START, None)]) == [FIRST, -1]


def test_the_last_step_of_a_minute_counts() -> None:
    steps = [
        Step("price", START + timedelta(seconds=seconds), D(value))
        for seconds, value in ((0, 20), (70, 2), (90, 20), (130, 21))
    ]
    assert compact_series(steps) == [FIRST, 200_000, FIRST + 2, 210_000]


def test_spans_have_a_beginning_and_an_end() -> None:
    spans = [Span(hour(0), hour(1)), Span(hour(2), hour(4))]
    first, *others = compact_spans(spans)
    assert [one - first for one in others] == [60, 120, 240]


@LAW
@given(st.lists(st.tuples(st.integers(1, 500), st.none() | st.integers(0, 10**12)), max_size=20))
def test_each_value_can_be_read_back(moves: list[tuple[int, int | None]]) -> None:
    at, steps, told = START, [], []
    for minutes, units in moves:
        at += timedelta(minutes=minutes)
        value = None if units is None else D(units).scaleb(-4)
        if not steps or steps[-1].value != value:
            steps.append(Step("price", at, value))
    flat = compact_series(steps)
    for minute, number in zip(flat[::2], flat[1::2], strict=True):
        when = datetime.fromtimestamp((minute + EPOCH_MINUTES) * 60, UTC)
        told.append(Step("price", when, None if number == -1 else D(number).scaleb(-4)))
    assert told == steps

"""Steps and cells of a chart: M13 – no peak is lost, and means are those of the steps."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_api.services.monitors.rules.chunks import (
    CheckMade,
    add_check,
    checks_of,
    count_checks,
    good_times,
)
from control_api.services.monitors.rules.steps import (
    Averages,
    Span,
    calendar_edges,
    cells_of,
    even_edges,
    lowest_of,
    moment_of,
    steps_within,
    time_of,
    unknown_spans,
)
from control_api.services.monitors.rules.watch_state import Step, WatchOutcome
from tests.control_api.services.monitors.rules.law import LAW
from tests.control_api.services.monitors.rules.looks import hour

D = Decimal


def moments(times: Iterable[datetime]) -> list[int]:
    return [moment_of(at) for at in times]


def test_a_moment_is_a_time_to_the_microsecond() -> None:
    at = datetime(2026, 3, 29, 1, 0, 0, 123_457, tzinfo=UTC)
    assert (moment_of(at) % 1_000_000, time_of(moment_of(at))) == (123_457, at)


def priced(*prices: str | None, every: float = 1) -> list[Step]:
    return [
        Step("price", hour(number * every), None if price is None else D(price))
        for number, price in enumerate(prices)
    ]


def test_a_value_holds_until_the_next_one() -> None:
    [cell] = cells_of(priced("10", "20"), [], [hour(0), hour(4)], hour(4))
    assert (cell.open, cell.min, cell.max, cell.close) == (D(10), D(10), D(20), D(20))
    assert (cell.mean, cell.observed) == (D("17.5"), D(1))


def test_time_in_which_nobody_looked_has_no_weight() -> None:
    unknown = [Span(hour(1), hour(3))]
    [cell] = cells_of(priced("10", "20", every=3), unknown, [hour(0), hour(4)], hour(4))
    assert (cell.mean, cell.observed) == (D(15), D("0.5"))


def test_a_time_without_a_value_has_no_weight() -> None:
    [cell] = cells_of(priced("10", None, "20"), [], [hour(0), hour(3)], hour(3))
    assert (cell.mean, cell.observed) == (D(15), D("0.6667"))


def test_a_cell_in_which_nothing_is_known_is_empty() -> None:
    cells = cells_of(priced("10"), [], [hour(-1), hour(0), hour(1)], hour(1))
    assert (cells[0].open, cells[0].mean, cells[0].observed) == (None, None, D(0))
    assert cells[1].open == D(10)
    assert cells_of([], [], [hour(0), hour(1)], hour(1))[0].open is None


def test_the_last_look_is_a_point() -> None:
    [cell] = cells_of(priced("10"), [], [hour(0), hour(1)], hour(0))
    assert (cell.max, cell.mean, cell.observed) == (D(10), D(10), D(0))


def test_spans_without_a_good_look_are_three_times_as_long_as_usual() -> None:
    times = [hour(0), hour(1), hour(2), hour(6), hour(7)]
    assert unknown_spans(moments(times), hour(0), hour(9)) == [Span(hour(2), hour(6))]
    assert unknown_spans(moments(times), hour(3), hour(20)) == [
        Span(hour(3), hour(6)),
        Span(hour(7), hour(20)),
    ]
    assert unknown_spans([], hour(0), hour(1)) == [Span(hour(0), hour(1))]


def test_only_good_looks_count() -> None:
    looks = [(1, WatchOutcome.OK), (2, WatchOutcome.BLOCKED), (0, WatchOutcome.OK), (4, WatchOutcome.LATE)]  # fmt: skip
    chunk = None
    for at, outcome in looks:
        chunk = add_check(chunk, CheckMade(hour(at), outcome), [], {}).open
    assert chunk is not None
    assert good_times([chunk]) == moments([hour(0), hour(1)])
    assert [one.at for one in checks_of(chunk)] == [hour(at) for at, _ in looks]


@LAW
@given(
    st.lists(st.integers(0, 5_000), max_size=30),
    st.tuples(st.floats(-10, 5_010), st.floats(-10, 5_010)).map(sorted),
)
def test_looks_of_a_time_are_counted(seconds: list[int], part: list[float]) -> None:
    since, until = (hour(0) + timedelta(seconds=one) for one in part)
    checks = [CheckMade(hour(0) + timedelta(seconds=one), WatchOutcome.OK) for one in seconds]
    chunk = None
    for one in checks:
        chunk = add_check(chunk, one, [], {}).open
    found = count_checks([chunk] if chunk else [], since, until)
    assert found == sum(since <= one.at <= until for one in checks)


def test_a_part_begins_with_what_was_in_force() -> None:
    found = steps_within(priced("10", "20", "30"), hour(0.5), hour(1))
    assert [(step.at, step.value) for step in found] == [(hour(0.5), D(10)), (hour(1), D(20))]
    assert steps_within(priced("10"), hour(-2), hour(-1)) == []


def test_the_lowest_price_and_when_it_was_seen_first() -> None:
    assert lowest_of(priced("12", "10", "11", "10")) == (D(10), hour(1))
    assert lowest_of(priced(None)) is None


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5),
        ("Asia/Kathmandu", (2026, 6, 1), 24),
    ],
)
def test_m13_days_are_those_of_the_zone(zone: str, day: tuple[int, int, int], hours: float) -> None:
    noon = datetime(*day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    edges = calendar_edges(noon, noon, "1d", ZoneInfo(zone))
    assert len(edges) == 2
    assert edges[1] - edges[0] == timedelta(hours=hours)


def test_weeks_begin_on_monday_and_hours_on_the_clocks() -> None:
    edges = calendar_edges(hour(0), hour(24 * 8), "1w", ZoneInfo("UTC"))
    assert [edge.weekday() for edge in edges] == [0, 0, 0]
    hours = calendar_edges(hour(0.25), hour(1.5), "1h", ZoneInfo("UTC"))
    assert (hours[0], hours[-1] > hour(1.5)) == (hour(0), True)


@LAW
@given(
    st.lists(st.none() | st.integers(1, 50).map(str), min_size=1, max_size=20),
    st.integers(1, 9),
    st.lists(st.integers(0, 19), max_size=3, unique=True),
)
def test_m13_no_peak_is_lost_and_means_add_up(
    prices: list[str | None], count: int, gaps: list[int]
) -> None:
    steps, until = priced(*prices), hour(len(prices))
    unknown = [
        Span(hour(gap + 0.25), hour(gap + 0.75)) for gap in sorted(gaps) if gap < len(prices)
    ]
    edges = even_edges(hour(0), until, count)
    cells = cells_of(steps, unknown, edges, until)
    [whole] = cells_of(steps, unknown, [hour(0), until], until)
    values = [D(price) for price in prices if price is not None]
    assert max((cell.max for cell in cells if cell.max is not None), default=None) == (
        max(values) if values else None
    )
    assert min((cell.min for cell in cells if cell.min is not None), default=None) == (
        min(values) if values else None
    )
    for step in steps:
        if step.value is not None:
            [home] = [
                c
                for c, (a, b) in zip(cells, itertools.pairwise(edges), strict=True)
                if a <= step.at < b
            ]
            assert home.min is not None
            assert home.max is not None
            assert home.min <= step.value <= home.max
    if whole.mean is not None:
        weights = sum(cell.observed for cell in cells)
        weighted = sum(cell.mean * cell.observed for cell in cells if cell.mean is not None)
        assert weights == 0 or abs(D(weighted) / D(weights) - whole.mean) < D("0.01")


def test_an_average_has_no_weight_where_nobody_looked() -> None:
    good = [hour(0), hour(1), hour(2), hour(8), hour(9), hour(10)]
    steps = [Step("price", hour(0), D(10)), Step("price", hour(8), D(20))]
    found = Averages(steps, moments(good), hour(10))
    # Two hours of 10, six that nobody saw, two of 20.
    assert found.mean(hour(0), hour(10)) == D(15)
    assert found.mean(hour(1), hour(9)) == D(15)
    assert found.mean(hour(9), hour(10)) == D(20)
    assert found.mean(hour(3), hour(7)) is None
    assert found.mean(hour(-5), hour(-1)) is None
    assert Averages([], [], hour(1)).mean(hour(0), hour(1)) is None


@LAW
@given(
    st.lists(st.none() | st.integers(1, 50).map(str), min_size=2, max_size=20),
    st.lists(st.integers(1, 18), max_size=6, unique=True),
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted),
)
def test_an_average_is_the_mean_of_the_cell(
    prices: list[str | None], missed: list[int], part: list[int]
) -> None:
    steps = priced(*prices)
    since, until = hour(part[0] / 2), hour(part[1] / 2)
    good = [step.at for number, step in enumerate(steps) if number not in missed]
    [cell] = cells_of(
        steps, unknown_spans(moments(good), hour(0), hour(19)), [since, until], hour(19)
    )
    found = Averages(steps, moments(good), hour(19)).mean(since, until)
    if cell.observed == 0 or since == until:
        assert found is None
    else:
        assert found is not None
        assert cell.mean is not None
        assert abs(found - cell.mean) < D("0.000001")

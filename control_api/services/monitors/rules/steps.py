"""A field's history as steps, and as cells of a chart. A value holds until the next one was seen; of time
without a good check nothing is said."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from operator import attrgetter, sub
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from control_api.services.monitors.rules.conditions import number_of
from control_api.services.monitors.rules.watch_state import Step

# A span without a good check is unknown when it is so many times as long as they usually are.
_LONG = 3
# Of a watch with one good check: nothing says how often it is looked at.
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHARE = Decimal("0.0001")
_AT, _START, _END = attrgetter("at"), attrgetter("start"), attrgetter("end")


def moment_of(at: datetime) -> int:
    """Microseconds since 1970: many times are compared and subtracted faster so."""
    return (at - _EPOCH) // _MICROSECOND


def time_of(moment: int) -> datetime:
    return _EPOCH + timedelta(microseconds=moment)


@dataclass(frozen=True, slots=True)
class Span:
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Numbers over the observed part of a span; `mean` weighs each by the time that it held.
    `observed`: the share of the span that was observed."""

    start: datetime
    open: Decimal | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    close: Decimal | None = None
    mean: Decimal | None = None
    observed: Decimal = Decimal(0)


class _Held(NamedTuple):
    start: datetime
    end: datetime
    value: Decimal


def unknown_spans(good: Sequence[int], since: datetime, until: datetime) -> list[Span]:
    """Between good checks that stand too far apart, and behind the last one. `good`: their moments, in order."""
    if not good:
        return [Span(since, until)]
    gaps = list(map(sub, good[1:], good))
    longest = _LONG * _median(gaps) if gaps else _DAY // _MICROSECOND
    found = [(at, at + gap) for at, gap in zip(good, gaps, strict=False) if gap > longest]
    if moment_of(until) - good[-1] > longest:
        found.append((good[-1], moment_of(until)))
    clipped = [Span(max(time_of(start), since), min(time_of(end), until)) for start, end in found]
    return [one for one in clipped if one.start < one.end]


def _median(gaps: Sequence[int]) -> float:
    ordered, half = sorted(gaps), len(gaps) // 2
    return (ordered[half] + ordered[~half]) / 2


def steps_within(steps: Sequence[Step], since: datetime, until: datetime) -> list[Step]:
    """With the value in force at `since`, as a step at that time."""
    before = [step for step in steps if step.at <= since]
    later = [step for step in steps if since < step.at <= until]
    return [Step(before[-1].field, since, before[-1].value), *later] if before else later


def in_force_since(steps: Sequence[Step], since: datetime) -> list[Step]:
    """With the one that was in force at that time already."""
    return list(steps[max(0, bisect_right(steps, since, key=_AT) - 1) :])


def cells_of(
    steps: Sequence[Step], unknown: Sequence[Span], edges: Sequence[datetime], until: datetime
) -> list[Cell]:
    """A cell between each two edges. `until`: nothing was observed after it."""
    held = list(_held(steps, unknown, until))
    return [_cell(held, start, end) for start, end in itertools.pairwise(edges)]


def even_edges(since: datetime, until: datetime, count: int) -> list[datetime]:
    width = (until - since) / count
    return [since + width * number for number in range(count)] + [until]


def calendar_edges(since: datetime, until: datetime, bucket: str, zone: ZoneInfo) -> list[datetime]:
    """Hours of the clock, days or weeks of the zone: a day has 23 or 25 hours when clocks change."""
    if bucket == "1h":
        first = since.replace(minute=0, second=0, microsecond=0)
        hours = int((until - first) / timedelta(hours=1)) + 1
        return [first + timedelta(hours=number) for number in range(hours + 1)]
    day = since.astimezone(zone).date()
    step = timedelta(days=7 if bucket == "1w" else 1)
    if bucket == "1w":
        day -= timedelta(days=day.weekday())
    edges = []
    while True:
        edges.append(datetime.combine(day, time(), zone).astimezone(UTC))
        if edges[-1] > until:
            return edges
        day += step


def _held(steps: Sequence[Step], unknown: Sequence[Span], until: datetime) -> Iterator[_Held]:
    """What was held when, without the spans in which nobody looked."""
    ends = [*(step.at for step in steps[1:]), until]
    for step, end in zip(steps, ends, strict=False):
        value = number_of(step.value)
        if value is None or step.at > end:
            continue
        start = step.at
        for span in unknown:
            if span.end <= start or span.start >= end:
                continue
            yield _Held(start, max(start, span.start), value)
            start = min(span.end, end)
        # A value that was seen once, before a time in which nobody looked, is a point.
        if start < end or start == step.at:
            yield _Held(start, end, value)


def _cell(held: Sequence[_Held], start: datetime, end: datetime) -> Cell:
    # A chart of hours over a year has thousands of cells: each looks at its own part alone.
    first, last = bisect_left(held, start, key=_END), bisect_left(held, end, key=_START)
    inside = [
        _Held(max(one.start, start), min(one.end, end), one.value)
        for one in held[first:last]
        if one.end > start or one.start >= start
    ]
    if not inside:
        return Cell(start=start)
    values = [one.value for one in inside]
    weights = [_weight(one) for one in inside]
    total, width = sum(weights), (end - start) // _MICROSECOND
    weighted = sum((one * value for one, value in zip(weights, values, strict=True)), Decimal(0))
    return Cell(
        start=start,
        open=values[0],
        min=min(values),
        max=max(values),
        close=values[-1],
        mean=weighted / total if total else values[-1],
        observed=(Decimal(total) / width).quantize(_SHARE) if width else Decimal(0),
    )


class Averages:
    """Means of a field's number over any part of its history, each value weighed by the observed time."""

    def __init__(self, steps: Sequence[Step], good: Sequence[int], until: datetime) -> None:
        """`good`: the moments of the good checks, in order."""
        unknown = unknown_spans(good, time_of(good[0]), until) if good else []
        held = [one for one in _held(steps, unknown, until) if one.start < one.end]
        self._held = held
        self._starts = [one.start for one in held]
        # Up to the beginning of each: the time, and the sum of values times time.
        self._times = [0, *itertools.accumulate(map(_weight, held))]
        self._sums = [
            Decimal(0),
            *itertools.accumulate(_weight(one) * one.value for one in held),
        ]

    def mean(self, since: datetime, until: datetime) -> Decimal | None:
        """None where nothing was observed."""
        (from_time, from_sum), (to_time, to_sum) = self._up_to(since), self._up_to(until)
        time_held = to_time - from_time
        return (to_sum - from_sum) / time_held if time_held > 0 else None

    def _up_to(self, at: datetime) -> tuple[int, Decimal]:
        place = bisect_left(self._starts, at)
        if place == 0:
            return 0, Decimal(0)
        last = self._held[place - 1]
        part = _weight(_Held(last.start, min(at, last.end), last.value))
        return self._times[place - 1] + part, self._sums[place - 1] + part * last.value


def _weight(held: _Held) -> int:
    return (held.end - held.start) // _MICROSECOND


def lowest_of(steps: Sequence[Step]) -> tuple[Any, datetime] | None:
    """The lowest number, and when it was first seen."""
    numbers = [(found, step.at) for step in steps if (found := number_of(step.value)) is not None]
    return min(numbers, key=lambda one: (one[0], one[1])) if numbers else None

"""A price over time as steps: it holds until another was seen, and is never drawn where nobody looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from control_api.services.monitors.histories.histories import History
from control_api.services.monitors.rules.conditions import number_of

_WIDTH, _HEIGHT = 1000.0, 200.0
_MARGIN = 12.0


@dataclass(frozen=True, slots=True)
class Run:
    """A time in which one price was seen."""

    start: datetime
    end: datetime
    value: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Band:
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lines and bands in a box of 1000 by 200. `unseen`: nobody looked; `out`: not to be had."""

    lines: Sequence[Line]
    unseen: Sequence[Band]
    out: Sequence[Band]
    runs: Sequence[Run]
    lowest: Decimal
    highest: Decimal
    currency: str
    since: datetime
    until: datetime


def chart_of(history: History) -> Chart | None:
    """None where no price was ever seen."""
    runs = runs_of(history, "price")
    if not runs or history.since >= history.until:
        return None
    lowest, highest = min(run.value for run in runs), max(run.value for run in runs)
    place = _Place(history.since, history.until, lowest, highest)
    return Chart(
        lines=list(_lines(runs, place)),
        unseen=[place.band(one.start, one.end) for one in history.unknown],
        out=_times_out(history, place),
        runs=runs,
        lowest=lowest,
        highest=highest,
        currency=history.currency or "",
        since=history.since,
        until=history.until,
    )


def runs_of(history: History, field: str) -> list[Run]:
    found = history.fields.get(field)
    if found is None:
        return []
    ends = [*(step.at for step in found.steps[1:]), history.until]
    runs: list[Run] = []
    for step, end in zip(found.steps, ends, strict=True):
        value = number_of(step.value)
        if value is None:
            continue
        start = step.at
        for span in history.unknown:
            if span.end <= start or span.start >= end:
                continue
            runs.append(Run(start, max(start, span.start), value))
            start = min(span.end, end)
        if start < end or start == step.at:
            runs.append(Run(start, end, value))
    return runs


@dataclass(frozen=True, slots=True)
class _Place:
    since: datetime
    until: datetime
    lowest: Decimal
    highest: Decimal

    def x(self, at: datetime) -> float:
        return round(_WIDTH * ((at - self.since) / (self.until - self.since)), 2)

    def y(self, value: Decimal) -> float:
        if self.highest == self.lowest:
            return _HEIGHT / 2
        share = float((value - self.lowest) / (self.highest - self.lowest))
        return round(_HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN), 2)

    def band(self, start: datetime, end: datetime) -> Band:
        return Band(self.x(start), round(self.x(end) - self.x(start), 2))


def _lines(runs: Sequence[Run], place: _Place) -> list[Line]:
    """A price that was seen once is a short line, not a point that nobody sees."""
    lines = []
    for number, run in enumerate(runs):
        y, x1 = place.y(run.value), place.x(run.start)
        x2 = min(_WIDTH, max(place.x(run.end), x1 + 3))
        lines.append(Line(min(x1, x2 - 3), y, x2, y))
        after = runs[number + 1] if number + 1 < len(runs) else None
        if after is not None and after.start == run.end and after.value != run.value:
            lines.append(Line(x2, y, x2, place.y(after.value)))
    return lines


def _times_out(history: History, place: _Place) -> list[Band]:
    found = history.fields.get("availability")
    if found is None:
        return []
    ends = [*(step.at for step in found.steps[1:]), history.until]
    return [
        place.band(step.at, end)
        for step, end in zip(found.steps, ends, strict=True)
        if step.value in ("out_of_stock", "unavailable")
    ]

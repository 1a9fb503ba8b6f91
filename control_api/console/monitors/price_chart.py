"""A price over time as steps: it holds until another was seen, and is never drawn where nobody looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from control_api.console.monitors.stretches import Seen, stretches_of
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
    """Lines and bands in a box of 1000 by 200. `unseen`: nobody looked; `listed`: the list price."""

    lines: Sequence[Line]
    unseen: Sequence[Band]
    listed: Sequence[Line]
    runs: Sequence[Run]
    lowest: Decimal
    highest: Decimal
    currency: str
    since: datetime
    until: datetime


def chart_of(history: Seen) -> Chart | None:
    """None where no price was ever seen."""
    runs = runs_of(history, "price")
    if not runs or history.since >= history.until:
        return None
    listed = runs_of(history, "listPrice")
    lowest, highest = min(run.value for run in runs), max(run.value for run in runs)
    shown = [run.value for run in (*runs, *listed)]
    place = _Place(history.since, history.until, min(shown), max(shown))
    return Chart(
        lines=list(_lines(runs, place)),
        listed=list(_lines(listed, place)),
        unseen=[place.band(one.start, one.end) for one in history.unknown],
        runs=runs,
        lowest=lowest,
        highest=highest,
        currency=history.currency or "",
        since=history.since,
        until=history.until,
    )


def runs_of(history: Seen, field: str) -> list[Run]:
    """Of a field that has numbers."""
    return [
        Run(one.start, one.end, value)
        for one in stretches_of(history, field)
        if (value := number_of(one.value)) is not None
    ]


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


def place_chart_of(history: Seen, field: str) -> Chart | None:
    """Of a place on a list: the first one is on top. None where it was never within what was read."""
    runs = runs_of(history, field)
    if not runs or history.since >= history.until:
        return None
    best, worst = min(run.value for run in runs), max(run.value for run in runs)
    place = _Place(history.since, history.until, lowest=worst, highest=best)
    return Chart(
        lines=list(_lines(runs, place)),
        listed=(),
        unseen=[place.band(one.start, one.end) for one in history.unknown],
        runs=runs,
        lowest=best,
        highest=worst,
        currency="",
        since=history.since,
        until=history.until,
    )


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

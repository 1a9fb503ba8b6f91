"""Whether the price of now is a good one, by how long it was higher or lower before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from control_api.console.monitors.price_chart import Run

_WINDOW = timedelta(days=180)
# Less says nothing.
_MIN_SEEN = timedelta(days=14)


def verdict_of(runs: Sequence[Run], until: datetime) -> str | None:
    """`runs`: the prices that were seen, in the order of time. None where too little was seen, where the price
    of now is not known, and where it never was another."""
    if not runs or runs[-1].end < until:
        return None
    since = max(until - _WINDOW, runs[0].start)
    price = runs[-1].value
    higher = _time(runs, since, lambda run: run.value > price)
    lower = _time(runs, since, lambda run: run.value < price)
    seen = _time(runs, since, lambda run: True)
    if seen < _MIN_SEEN or not (higher or lower):
        return None
    days = (until - since).days
    if not lower:
        return f"the lowest in {days} days"
    if not higher:
        return f"the highest in {days} days"
    if higher >= lower:
        return f"lower than on {_percent(higher, seen)} % of the last {days} days"
    return f"higher than on {_percent(lower, seen)} % of the last {days} days"


def _time(runs: Sequence[Run], since: datetime, counts: Callable[[Run], bool]) -> timedelta:
    return sum(
        (run.end - max(run.start, since) for run in runs if run.end > since and counts(run)),
        timedelta(),
    )


def _percent(part: timedelta, whole: timedelta) -> int:
    """Never all of it, and never nothing."""
    return min(99, max(1, round(100 * (part / whole))))

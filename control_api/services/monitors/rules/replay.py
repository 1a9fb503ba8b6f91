"""When an alert would have fired at a watch, by its history and its changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from control_api.services.monitors.rules.chunks import (
    CheckMade,
    Chunk,
    checks_of,
    good_times,
    steps_of,
)
from control_api.services.monitors.rules.conditions import Moment
from control_api.services.monitors.rules.firing import AlertRule, AlertState, Fired, judge
from control_api.services.monitors.rules.steps import Averages, in_force_since, time_of
from control_api.services.monitors.rules.watch_state import Change, Step, WatchOutcome

# The history keeps seconds; changes have the page's own time.
_SECOND = timedelta(seconds=1)
_AT = attrgetter("at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Of one watch. `changes`: in the order in which they were told. `known_since`: when it became a watch,
    or was seen first."""

    pieces: Sequence[Chunk]
    changes: Sequence[Change] = ()
    target: Decimal | None = None
    first_at: datetime | None = None
    known_since: datetime | None = None


def replay(rule: AlertRule, past: Past, since: datetime) -> Iterator[Fired]:
    """As if the alert had been made at that time. A change that was told when it was seen twice counts
    from when it was seen first: the history has it there."""
    series = _Series(past.pieces, rule.place_names)
    changes = sorted(past.changes, key=_AT)
    state: AlertState | None = None
    seen = told = 0
    now: dict[str, Any] = {}
    fresh_at = past.known_since
    for check in checks_within(past.pieces):
        end = check.at + _SECOND
        before = now
        steps_end = bisect_left(series.steps, end, seen, key=_AT)
        if steps_end > seen:
            now = now | {step.field: step.value for step in series.steps[seen:steps_end]}
        changes_end = bisect_left(changes, end, told, key=_AT)
        own, seen, told = changes[told:changes_end], steps_end, changes_end
        is_good = check.outcome is WatchOutcome.OK
        if is_good:
            fresh_at = check.at
        if check.at < since or not (is_good or own or rule.judges_age):
            continue
        moment = Moment(
            at=check.at,
            now=now,
            before=before,
            changes=own,
            target=past.target,
            first_at=past.first_at or check.at,
            history=series.before(check.at),
            mean=series.mean_until(check.at),
            fresh_at=fresh_at,
        )
        state, fired = judge(rule, state, moment)
        if fired is not None:
            yield fired


def checks_within(pieces: Sequence[Chunk]) -> list[CheckMade]:
    return sorted((one for piece in pieces for one in checks_of(piece)), key=_AT)


class _Series:
    """The steps of all fields, in order."""

    def __init__(self, pieces: Sequence[Chunk], places: Iterable[str]) -> None:
        names = {name for piece in pieces for name in piece.fields}
        names.update(places)
        self._of_field: Mapping[str, list[Step]] = {name: steps_of(pieces, name) for name in names}
        self._good = good_times(pieces)
        self._averages: dict[str, Averages] = {}
        self.steps = sorted((step for own in self._of_field.values() for step in own), key=_AT)

    def before(self, at: datetime) -> Any:
        def history(name: str, since: datetime) -> Sequence[Step]:
            own = self._of_field.get(name, [])
            return in_force_since(own[: bisect_left(own, at, key=_AT)], since)

        return history

    def mean_until(self, at: datetime) -> Any:
        def mean(name: str, since: datetime) -> Decimal | None:
            if name not in self._averages:
                last = time_of(self._good[-1]) if self._good else at
                self._averages[name] = Averages(self._of_field.get(name, []), self._good, last)
            return self._averages[name].mean(since, at)

        return mean

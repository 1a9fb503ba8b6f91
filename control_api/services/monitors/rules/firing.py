"""When an alert fires for a watch: once a crossing, and not again before it was armed anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from control_api.services.monitors.rules.conditions import (
    Condition,
    Leaf,
    Moment,
    happens,
    holds,
    is_better,
    leaves_of,
    number_of,
)
from control_api.services.monitors.rules.field_tables import is_place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    id: str
    condition: Condition
    rearm_percent: Decimal = Decimal(0)
    again_percent: Decimal | None = None
    cooldown: timedelta = timedelta(0)
    fires_on_first: bool = True
    tags: frozenset[str] = frozenset()
    version: int = 1

    @property
    def judges_age(self) -> bool:
        """Whether a check that brought nothing is one to be judged too."""
        return any(leaf.operator == "stale" for leaf in leaves_of(self.condition))

    @property
    def lead(self) -> Leaf:
        """The part that is told of: the first that has numbers, else the first."""
        found = list(leaves_of(self.condition))
        return next((leaf for leaf in found if leaf.operator in _NUMBERED), found[0])

    @property
    def place_names(self) -> set[str]:
        """Fields that are named by who stands on a list."""
        found = (leaf.field or "" for leaf in leaves_of(self.condition))
        return {name for name in found if is_place(name)}

    def is_for(self, tags: Sequence[str]) -> bool:
        return not self.tags or bool(self.tags & set(tags))


_NUMBERED = frozenset(
    {
        "below", "at_most", "above", "at_least", "lowest_in", "highest_in", "below_average", "below_list",
        "dropped", "rose",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """Of one alert at one watch. `value`: the number that it fired with. `suppressed`: edges that came
    while the alert was to keep quiet."""

    armed: bool = True
    fired_at: datetime | None = None
    value: Decimal | None = None
    suppressed: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """`cause`: level, edge, or again. `items`: who of a list it fired for."""

    cause: str
    field: str | None
    before: Any
    after: Any
    at: datetime
    items: Sequence[str] = ()


def judge(
    rule: AlertRule, state: AlertState | None, moment: Moment
) -> tuple[AlertState, Fired | None]:
    known = state if state is not None and state.version == rule.version else None
    # A new condition begins anew, and still keeps quiet for as long after a firing.
    quiet_since = state.fired_at if state is not None else None
    own = known or AlertState(version=rule.version, fired_at=quiet_since)
    seen = replace(moment, last_fired=own.value)
    if happens(rule.condition, seen):
        return _judge_edge(rule, _rearmed(rule, own, moment), moment)
    is_true = holds(rule.condition, seen)
    if is_true is None:
        return own, None
    if not is_true:
        return _rearmed(rule, own, moment), None
    if known is None and not rule.fires_on_first:
        return replace(own, armed=False), None
    if own.armed:
        return _fire(rule, own, moment, "level") if _may_fire(rule, own, moment) else (own, None)
    if _is_again(rule, own, moment) and _may_fire(rule, own, moment):
        return _fire(rule, own, moment, "again")
    return own, None


def _judge_edge(
    rule: AlertRule, state: AlertState, moment: Moment
) -> tuple[AlertState, Fired | None]:
    if not _may_fire(rule, state, moment):
        return replace(state, suppressed=state.suppressed + 1), None
    return _fire(rule, state, moment, "edge")


def _rearmed(rule: AlertRule, state: AlertState, moment: Moment) -> AlertState:
    if state.armed:
        return state
    is_near = holds(rule.condition, moment.at_rest(), slack_percent=rule.rearm_percent)
    return replace(state, armed=True) if is_near is False else state


def _may_fire(rule: AlertRule, state: AlertState, moment: Moment) -> bool:
    return state.fired_at is None or moment.at - state.fired_at >= rule.cooldown


def _is_again(rule: AlertRule, state: AlertState, moment: Moment) -> bool:
    value = _number(rule, moment)
    if rule.again_percent is None or value is None or state.value is None:
        return False
    return is_better(rule.lead, value, state.value, rule.again_percent)


def _number(rule: AlertRule, moment: Moment) -> Decimal | None:
    return number_of(moment.now.get(rule.lead.field or ""))


def _fire(
    rule: AlertRule, state: AlertState, moment: Moment, cause: str
) -> tuple[AlertState, Fired]:
    lead = rule.lead
    name = lead.field
    moves = moment.list_changes(lead) if lead.is_of_list else ()
    fired = Fired(
        cause=cause,
        field=name,
        before=moves[0].before if moves else moment.before.get(name or ""),
        after=moves[0].after if moves else moment.now.get(name or ""),
        at=moment.at,
        items=[one.item for one in moves if one.item is not None],
    )
    # A level that came true beside the edge is told with it.
    is_told = cause != "edge" or holds(rule.condition, moment.at_rest()) is True
    is_armed = state.armed and not is_told
    after = replace(state, armed=is_armed, fired_at=moment.at, value=_number(rule, moment))
    return after, fired

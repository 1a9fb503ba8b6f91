"""Conditions of alerts, judged with three answers: true, false, and unknown (None)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from control_api.services.monitors.rules.field_tables import KNOWN_FIELDS, is_place
from control_api.services.monitors.rules.fields import RankValue, SellerValue
from control_api.services.monitors.rules.operators import (
    EDGES,
    EVENTS,
    EXTREMES,
    HIGHER,
    LIMITS,
    LIST_EVENTS,
    LISTS,
    LOWER,
    MAX_DAYS,
    OF_ADS,
    OF_PLACES,
)
from control_api.services.monitors.rules.watch_state import Change, ChangeKind, Step

_OBSERVED_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What an alert is judged by. `before`: the values in force before this check.

    `history`: the steps of a field that were in force since a time, without this check's. `mean`: of a
    field's number from a time to this check, each value weighed by how long it was observed to hold.
    `fresh_at`: of the last good check, this one included.
    """

    at: datetime
    now: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    target: Decimal | None = None
    last_fired: Decimal | None = None
    first_at: datetime | None = None
    history: Callable[[str, datetime], Sequence[Step]] = lambda name, since: ()
    mean: Callable[[str, datetime], Decimal | None] = lambda name, since: None
    fresh_at: datetime | None = None

    def change_of(self, name: str) -> Change | None:
        """Quiet fields have no change that is told: theirs is what is known now beside what was before."""
        told = (one for one in self.changes if name in (one.field, _place_name(one)))
        return next(told, None) or self._quiet_change(name)

    def _quiet_change(self, name: str) -> Change | None:
        one = KNOWN_FIELDS.get(name)
        if one is None or one.is_loud or not (name in self.now and name in self.before):
            return None
        before, after = self.before[name], self.now[name]
        is_of_another_context = any(
            change.kind is ChangeKind.CONTEXT_CHANGED for change in self.changes
        )
        if is_of_another_context or one.is_same(before, after):
            return None
        return Change(kind=ChangeKind.CHANGED, at=self.at, field=name, before=before, after=after)

    def at_rest(self) -> Moment:
        """As if nothing had happened at this check, and all had been so before."""
        return replace(self, changes=(), before=self.now)

    def list_changes(self, leaf: Leaf) -> Sequence[Change]:
        """Those of who stands on the list that the leaf asks for."""
        kind = LIST_EVENTS[leaf.operator]
        return [one for one in self.changes if one.kind is kind and leaf.item in (None, one.item)]


def _place_name(change: Change) -> str | None:
    """The place of somebody is a field of its own; that it came to the top is no move of it."""
    is_move = change.kind is ChangeKind.MOVED
    return f"{change.field}:{change.item}" if is_move else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """`item`: who of a list; None: whoever."""

    operator: str
    field: str | None = None
    item: str | None = None
    value: Any = None
    days: int = 0
    hours: int = 0
    percent: Decimal | None = None
    amount: Decimal | None = None
    since: str = "previous"
    or_equal: bool = False

    @property
    def lookback(self) -> timedelta:
        """How much of the past it is judged by."""
        return timedelta(days=MAX_DAYS if self.since == "lowest" else self.days, hours=self.hours)

    @property
    def moving_item(self) -> str | None:
        """Whose moves the leaf waits for: those are told of a monitor's own items alone."""
        if self.is_of_list:
            return self.item if self.operator in OF_PLACES | OF_ADS else None
        is_edge_of_place = self.operator in EDGES and is_place(self.field or "")
        return (self.field or "").partition(":")[2] if is_edge_of_place else None

    @property
    def is_of_list(self) -> bool:
        return self.field is None and self.operator in LIST_EVENTS


@dataclass(frozen=True, slots=True)
class Group:
    """`name`: all, any or not."""

    name: str
    parts: Sequence[Leaf | Group]


Condition = Leaf | Group


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from leaves_of(part)


def holds(
    condition: Condition, moment: Moment, *, slack_percent: Decimal = Decimal(0)
) -> bool | None:
    """`slack_percent`: limits are so much easier to meet; for whether an alert is armed again."""
    if isinstance(condition, Leaf):
        return _leaf_holds(condition, moment, slack_percent)
    answers = [holds(part, moment, slack_percent=slack_percent) for part in condition.parts]
    if condition.name == "not":
        return None if answers[0] is None else not answers[0]
    decisive = condition.name == "any"
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def happens(condition: Condition, moment: Moment) -> bool:
    """Whether the condition is true by what this check has brought, and not by how things stand: `any` of a
    price and of a return to stock happens at the return alone."""
    if isinstance(condition, Leaf):
        return condition.operator in EDGES and _leaf_holds(condition, moment, Decimal(0)) is True
    if condition.name == "not" or not any(happens(part, moment) for part in condition.parts):
        return False
    return condition.name == "any" or holds(condition, moment) is True


def number_of(value: Any) -> Decimal | None:
    """What values of a field are compared and subtracted by; None where they are no numbers."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, RankValue):
        return Decimal(value.rank)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return Decimal(value)


def is_better(leaf: Leaf, value: Decimal, than: Decimal, percent: Decimal) -> bool:
    """Whether the value is further in the leaf's direction by so much."""
    if leaf.operator in LOWER:
        return value <= than * (1 - percent / 100) and value < than
    if leaf.operator in HIGHER:
        return value >= than * (1 + percent / 100) and value > than
    return False


def _leaf_holds(leaf: Leaf, moment: Moment, slack: Decimal) -> bool | None:
    if leaf.operator in EVENTS:
        return any(one.kind is EVENTS[leaf.operator] for one in moment.changes)
    if leaf.operator == "stale":
        return _is_stale(leaf, moment)
    if leaf.is_of_list:
        return bool(moment.list_changes(leaf))
    assert leaf.field is not None
    if leaf.operator in EDGES:
        return _edge_holds(leaf, leaf.field, moment)
    if leaf.field not in moment.now:
        return None
    value = moment.now[leaf.field]
    if leaf.operator in ("absent", "present"):
        return (value is None) is (leaf.operator == "absent")
    if leaf.operator in LIMITS:
        return _limit_holds(leaf, value, moment, slack)
    if leaf.operator in EXTREMES:
        return _is_extreme(leaf, leaf.field, value, moment)
    if leaf.operator == "below_list":
        return _is_below_list(leaf, value, moment, slack)
    if leaf.operator == "below_average":
        return _is_below_average(leaf, leaf.field, value, moment, slack=slack)
    if leaf.operator == "contains":
        return _contains(value, leaf.value)
    wanted = leaf.value if leaf.operator in LISTS else [leaf.value]
    is_among = any(_equals(value, one) for one in wanted)
    return is_among if leaf.operator in ("equals", "one_of") else not is_among


def _edge_holds(leaf: Leaf, name: str, moment: Moment) -> bool:
    change = moment.change_of(name)
    if change is None:
        return False
    if leaf.operator == "became":
        return _equals(change.after, leaf.value)
    if leaf.operator == "left":
        return _equals(change.before, leaf.value)
    if leaf.operator == "changed":
        return True
    before, after = number_of(change.before), number_of(change.after)
    if leaf.since == "last_fired" and moment.last_fired is not None:
        before = moment.last_fired
    if leaf.since == "lowest":
        before = min(_numbers_since(name, timedelta(days=MAX_DAYS), moment), default=None)
    if before is None or after is None:
        return False
    moved = before - after if leaf.operator == "dropped" else after - before
    least = leaf.amount or Decimal(0)
    if leaf.percent is not None:
        least = max(least, abs(before) * leaf.percent / 100)
    return moved > 0 and moved >= least


def _limit_holds(leaf: Leaf, value: Any, moment: Moment, slack: Decimal) -> bool | None:
    limit = moment.target if isinstance(leaf.value, Mapping) else Decimal(leaf.value)
    number = number_of(value)
    if limit is None:
        return None
    if number is None:
        return False
    if leaf.operator in LOWER:
        limit *= 1 + slack / 100
        return number < limit or (leaf.operator == "at_most" and number == limit)
    limit *= 1 - slack / 100
    return number > limit or (leaf.operator == "at_least" and number == limit)


def _is_extreme(leaf: Leaf, name: str, value: Any, moment: Moment) -> bool | None:
    number = number_of(value)
    if number is None:
        return False
    if not _is_followed_long_enough(leaf, moment):
        return None
    numbers = _numbers_since(name, timedelta(days=leaf.days), moment)
    if not numbers:
        # It had none in all this time: nothing is known that it could be beyond.
        return None
    if leaf.operator == "highest_in":
        numbers, number = [-one for one in numbers], -number
    return all(number < one or (leaf.or_equal and number == one) for one in numbers)


def _is_below_average(
    leaf: Leaf, name: str, value: Any, moment: Moment, *, slack: Decimal
) -> bool | None:
    number = number_of(value)
    if number is None:
        return False
    if not _is_followed_long_enough(leaf, moment):
        return None
    mean = moment.mean(name, moment.at - timedelta(days=leaf.days))
    return None if mean is None else _is_so_far_below(leaf, number, mean, slack)


def _is_below_list(leaf: Leaf, value: Any, moment: Moment, slack: Decimal) -> bool | None:
    price, listed = number_of(value), number_of(moment.now.get("listPrice"))
    if price is None or listed is None:
        return False if "listPrice" in moment.now else None
    return _is_so_far_below(leaf, price, listed, slack)


def _is_so_far_below(leaf: Leaf, number: Decimal, reference: Decimal, slack: Decimal) -> bool:
    reference *= 1 + slack / 100
    return number <= reference * (1 - (leaf.percent or Decimal(0)) / 100) and number < reference


def _is_stale(leaf: Leaf, moment: Moment) -> bool | None:
    """Of a check that is older than the last good one nothing is said."""
    if moment.fresh_at is None or moment.at < moment.fresh_at:
        return None
    return moment.at - moment.fresh_at >= timedelta(hours=leaf.hours)


def _is_followed_long_enough(leaf: Leaf, moment: Moment) -> bool:
    followed = moment.at - (moment.first_at or moment.at)
    return followed >= timedelta(days=min(leaf.days, _OBSERVED_DAYS))


def _numbers_since(name: str, age: timedelta, moment: Moment) -> list[Decimal]:
    steps = moment.history(name, moment.at - age)
    return [found for step in steps if (found := number_of(step.value)) is not None]


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, SellerValue):
        return wanted == value.id or _contains(value.name or "", wanted)
    if isinstance(value, str):
        return str(wanted).casefold() in value.casefold()
    return isinstance(value, Sequence) and wanted in value


def _equals(value: Any, wanted: Any) -> bool:
    if isinstance(value, SellerValue):
        return wanted in (value.id, value.name)
    number = number_of(value)
    if number is not None and isinstance(wanted, int | Decimal) and not isinstance(wanted, bool):
        return number == wanted
    return bool(value == wanted)

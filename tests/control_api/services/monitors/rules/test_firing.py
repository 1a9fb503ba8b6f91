"""Alerts: each operator, three answers, and M11 – once a crossing, whatever is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_api.services.monitors.rules.condition_json import BadCondition, condition_from_json
from control_api.services.monitors.rules.conditions import Moment, holds, leaves_of
from control_api.services.monitors.rules.fields import RankValue, SellerValue
from control_api.services.monitors.rules.firing import AlertRule, AlertState, judge
from control_api.services.monitors.rules.watch_state import Change, ChangeKind, Step
from tests.control_api.services.monitors.rules.law import LAW
from tests.control_api.services.monitors.rules.looks import hour

D = Decimal
NOW: Mapping[str, Any] = {
    "price": D("18.99"),
    "listPrice": D("25"),
    "coupon": None,
    "availability": "in_stock",
    "seller": SellerValue("A1", "A shop"),
    "rank": RankValue("Kitchen", 120),
    "title": "A Steel Kettle",
    "badges": ["best_seller"],
}
DROP = Change(
    kind=ChangeKind.CHANGED, at=hour(5), field="price", before=D("24.99"), after=D("18.99")
)
DEAR = Step("price", hour(3), D("30"))


def moment(**more: Any) -> Moment:
    return Moment(**{"at": hour(5), "now": NOW, "first_at": hour(0), **more})


def leaf(name: str | None, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    found = {"field": name, "is": operator, "value": value, **more}
    return {key: one for key, one in found.items() if one is not None}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (leaf("price", "below", 18.99), False),
        (leaf("price", "at_most", 18.99), True),
        (leaf("price", "above", 18.99), False),
        (leaf("price", "at_least", 18.99), True),
        (leaf("price", "equals", 18.99), True),
        (leaf("price", "not_equals", 18.99), False),
        (leaf("availability", "one_of", ["limited", "in_stock"]), True),
        (leaf("seller", "none_of", ["A1"]), False),
        (leaf("seller", "equals", "A shop"), True),
        (leaf("title", "contains", "steel"), True),
        (leaf("seller", "contains", "SHOP"), True),
        (leaf("seller", "contains", "A1"), True),
        (leaf("seller", "contains", "A2"), False),
        (leaf("badges", "contains", "best_seller"), True),
        (leaf("rank", "below", 121), True),
        (leaf("coupon", "absent"), True),
        (leaf("coupon", "present"), False),
        (leaf("coupon", "equals", "5%"), False),
        (leaf("price", "below_list"), True),
        (leaf("price", "below_list", percent=25), False),
        (leaf("rating", "at_least", 4), None),
        (leaf("rating", "absent"), None),
        ({"not": leaf("price", "below", 10)}, True),
        ({"not": leaf("rating", "below", 4)}, None),
        ({"all": [leaf("price", "below", 10), leaf("rating", "below", 4)]}, False),
        ({"all": [leaf("price", "below", 20), leaf("rating", "below", 4)]}, None),
        ({"any": [leaf("price", "below", 20), leaf("rating", "below", 4)]}, True),
        ({"any": [leaf("price", "below", 10), leaf("rating", "below", 4)]}, None),
    ],
)
def test_levels(condition: Any, expected: bool | None) -> None:
    assert holds(condition_from_json(condition), moment()) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (leaf("price", "changed"), True),
        (leaf("title", "changed"), False),
        (leaf("price", "dropped"), True),
        (leaf("price", "rose"), False),
        (leaf("price", "dropped", percent=24), True),
        (leaf("price", "dropped", percent=25), False),
        (leaf("price", "dropped", amount=6), True),
        (leaf("price", "dropped", amount=6.01), False),
        (leaf("price", "became", 18.99), True),
        (leaf("price", "left", 24.99), True),
        (leaf("price", "left", 24.98), False),
        (leaf(None, "gone"), False),
    ],
)
def test_edges(condition: Any, expected: bool) -> None:
    assert holds(condition_from_json(condition), moment(changes=[DROP])) is expected


@pytest.mark.parametrize("kind", ["gone", "returned", "redirected", "context_changed"])
def test_what_happens_to_a_product_as_a_whole(kind: str) -> None:
    change = Change(kind=ChangeKind(kind), at=hour(5))
    assert holds(condition_from_json({"is": kind}), moment(changes=[change])) is True
    assert holds(condition_from_json({"is": kind}), moment()) is False


def test_a_drop_can_be_measured_from_the_last_firing() -> None:
    condition = condition_from_json(leaf("price", "dropped", percent=10, **{"from": "last_fired"}))
    assert holds(condition, moment(changes=[DROP], last_fired=D("20.00"))) is False
    assert holds(condition, moment(changes=[DROP])) is True


def test_the_watchs_own_number() -> None:
    condition = condition_from_json(leaf("price", "at_most", {"note": "target"}))
    assert holds(condition, moment(target=D("19"))) is True
    assert holds(condition, moment(target=D("18"))) is False
    assert holds(condition, moment()) is None


def test_the_lowest_of_some_days() -> None:
    lowest = condition_from_json(leaf("price", "lowest_in", days=1))
    or_equal = condition_from_json(leaf("price", "lowest_in", days=1, orEqual=True))
    steps = [Step("price", hour(0), D("20")), Step("price", hour(2), D("18.99"))]
    seen = moment(first_at=hour(-48), history=lambda name, since: steps)
    assert (holds(lowest, seen), holds(or_equal, seen)) == (False, True)
    higher = moment(first_at=hour(-48), history=lambda name, since: steps[:1])
    assert holds(lowest, higher) is True
    assert holds(condition_from_json(leaf("price", "highest_in", days=1)), higher) is False
    assert holds(lowest, moment(history=lambda name, since: steps[:1])) is None


def test_a_drop_can_be_measured_from_the_lowest_ever() -> None:
    condition = condition_from_json(leaf("price", "dropped", percent=5, **{"from": "lowest"}))
    asked = []

    def history(name: str, since: Any) -> list[Step]:
        asked.append((name, hour(5) - since))
        return [Step("price", hour(0), None), Step("price", hour(1), D("20")), DEAR]

    assert holds(condition, moment(changes=[DROP], history=history)) is True
    assert asked == [("price", timedelta(days=3_650))]
    near = Step("price", hour(2), D("19.5"))
    assert holds(condition, moment(changes=[DROP], history=lambda *_: [near, DEAR])) is False
    assert holds(condition, moment(changes=[DROP])) is False
    assert holds(condition, moment(history=history)) is False


@pytest.mark.parametrize(
    ("mean", "percent", "expected"),
    [
        ("19", None, True),
        ("18.99", None, False),
        ("21.10", 10, True),
        ("21.09", 10, False),
        (None, None, None),
    ],
)
def test_the_average_of_some_days(mean: str | None, percent: Any, expected: bool | None) -> None:
    condition = condition_from_json(leaf("price", "below_average", days=1, percent=percent))
    asked = []

    def found(name: str, since: Any) -> Decimal | None:
        asked.append((name, hour(5) - since))
        return D(mean) if mean else None

    followed = moment(first_at=hour(-48), mean=found)
    assert holds(condition, followed) is expected
    assert asked == [("price", timedelta(days=1))]
    # Nobody knows what is usual for a product that has been followed for an hour.
    assert holds(condition, moment(first_at=hour(4), mean=found)) is None
    absent = moment(first_at=hour(-48), now={"price": None}, mean=found)
    assert holds(condition, absent) is False
    assert holds(condition, moment(now={}, mean=found)) is None


@pytest.mark.parametrize(
    ("fresh", "expected"), [(hour(5), False), (hour(3.5), False), (hour(3), True), (None, None)]
)
def test_how_long_there_was_no_good_look(fresh: Any, expected: bool | None) -> None:
    condition = condition_from_json({"is": "stale", "hours": 2})
    assert holds(condition, moment(fresh_at=fresh)) is expected
    # A page that comes in late is older than what is known: it says nothing of the age.
    assert holds(condition, moment(fresh_at=hour(6))) is None


def test_how_far_back_a_condition_asks() -> None:
    for condition, days in (
        (leaf("price", "below", 1), 0),
        (leaf("price", "lowest_in", days=30), 30),
        (leaf("price", "below_average", days=9), 9),
        ({"is": "stale", "hours": 48}, 2),
        (leaf("price", "dropped", **{"from": "lowest"}), 3_650),
    ):
        [part] = leaves_of(condition_from_json(condition))
        assert part.lookback == timedelta(days=days)


@pytest.mark.parametrize(
    ("when", "values", "at"),
    [
        (leaf("price", "below_list"), ("24", "25", "24", "25.60", "24"), [0, 4]),
        (leaf("price", "below_average", days=1), ("19", "20", "19", "20.50", "19"), [0, 4]),
    ],
)
def test_a_reference_has_to_be_left_behind_too(
    when: Any, values: tuple[str, ...], at: list[int]
) -> None:
    alert, state, found = rule(when=when, rearm_percent=D(2)), None, []
    for number, value in enumerate(values):
        seen = Moment(
            at=hour(number),
            now={"price": D(value), "listPrice": D("25")},
            first_at=hour(-48),
            mean=lambda name, since: D("20"),
        )
        state, told = judge(alert, state, seen)
        if told is not None:
            assert told.field == "price"
            found.append(number)
    assert found == at


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ([], "when must be an object"),
        ({}, "when.is must be one of"),
        (leaf("price", "cheaper", 1), "when.is must be one of"),
        (leaf("cost", "below", 1), "when.field must be one of"),
        (leaf("title", "below", 1), "needs a field of numbers"),
        (leaf("price", "below", "1"), "when.value must be a number"),
        (leaf("price", "below", True), "when.value must be a number"),
        (leaf("price", "equals"), "when.value is missing"),
        (leaf("price", "one_of", 1), "when.value must be a list"),
        (leaf("price", "lowest_in", days=0), "when.days must be"),
        (leaf("price", "lowest_in", days=1, orEqual=1), "when.orEqual must be"),
        (leaf("price", "dropped", percent=0), "when.percent must be"),
        (leaf("price", "dropped", **{"from": "never"}), "when.from must be"),
        (leaf("price", "absent", 1), "`absent` takes no `value`"),
        (leaf("price", "dropped", **{"from": "lowest", "days": 1}), "`dropped` takes no `days`"),
        (leaf("title", "below_average", days=1), "needs a field of numbers"),
        (leaf("price", "below_average"), "when.days must be a whole number from 1 to 3650"),
        ({"is": "stale"}, "when.hours must be a whole number from 1 to 87600"),
        (leaf("price", "stale", hours=1), "`stale` takes no `field`"),
        (leaf("rank", "below_list"), "for the field `price` alone"),
        ({"all": []}, "when.all must be a list"),
        ({"all": [leaf("x", "absent")]}, "when.all.0.field"),
        ({"all": [{}], "any": []}, "must have `all` alone"),
        ({"all": [{"all": [{"all": [{"all": [leaf("price", "absent")]}]}]}]}, "3 deep"),
        ({"all": [leaf("price", "absent")] * 21}, "20 parts"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(condition: Any, said: str) -> None:
    with pytest.raises(BadCondition, match=re.escape(said)):
        condition_from_json(condition)


def rule(**more: Any) -> AlertRule:
    when = more.pop("when", leaf("price", "at_most", 20))
    return AlertRule(id="a", condition=condition_from_json(when), **more)


def fired(alert: AlertRule, *prices: str | None) -> list[int]:
    """At which looks, an hour apart. None: the price is not known."""
    state: AlertState | None = None
    found = []
    for number, price in enumerate(prices):
        now = {} if price is None else {"price": D(price)}
        state, told = judge(alert, state, Moment(at=hour(number), now=now))
        if told is not None:
            found.append(number)
    return found


def test_a_level_fires_once_a_crossing() -> None:
    assert fired(rule(), "25", "20", "19", "18", "21", "20", "21", "19") == [1, 5, 7]


def test_it_is_armed_again_beyond_the_limit() -> None:
    assert fired(rule(rearm_percent=D(10)), "20", "21", "20", "22", "20", "22.01", "20") == [0, 6]


def test_what_is_not_known_neither_fires_nor_arms() -> None:
    assert fired(rule(), "25", "19", None, "19", None, "18") == [1]


def test_a_better_price_can_be_told_again() -> None:
    assert fired(rule(again_percent=D(5)), "20", "19.50", "19", "18.60", "18.05") == [0, 2, 4]


def test_a_condition_that_is_true_at_first_sight() -> None:
    assert fired(rule(), "19") == [0]
    assert fired(rule(fires_on_first=False), "19", "19", "21", "19") == [3]


def test_a_level_that_came_too_early_is_told_when_it_still_holds() -> None:
    quiet = rule(cooldown=timedelta(hours=3))
    assert fired(quiet, "19", "21", "19", "19", "19") == [0, 3]
    assert fired(quiet, "19", "21", "19", "21", "21") == [0]


def test_an_edge_that_comes_too_early_is_counted_and_not_told() -> None:
    alert = rule(when=leaf("price", "changed"), cooldown=timedelta(hours=3))
    state: AlertState | None = None
    told = []
    for number in range(5):
        seen = Moment(at=hour(number), now=NOW, changes=[DROP])
        state, fire = judge(alert, state, seen)
        told.append(fire is not None)
    assert told == [True, False, False, True, False]
    assert state is not None
    assert state.suppressed == 3


def test_a_new_condition_begins_anew() -> None:
    state, _ = judge(rule(), None, Moment(at=hour(0), now={"price": D(19)}))
    _, told = judge(rule(version=2), state, Moment(at=hour(1), now={"price": D(19)}))
    assert told is not None


def test_a_new_condition_keeps_quiet_for_the_rest_of_the_pause() -> None:
    pause = timedelta(hours=3)
    cheap = Moment(at=hour(0), now={"price": D(19)})
    state, told = judge(rule(cooldown=pause), None, cheap)
    assert told is not None
    found = []
    for number in range(1, 6):
        at = replace(cheap, at=hour(number))
        state, told = judge(rule(cooldown=pause, version=2), state, at)
        found.append(told is not None)
    assert found == [False, False, True, False, False]


BACK = Change(
    kind=ChangeKind.CHANGED,
    at=hour(5),
    field="availability",
    before="unavailable",
    after="in_stock",
)
CHEAP_OR_BACK = {
    "any": [leaf("price", "at_most", 20), leaf("availability", "became", "in_stock")],
}
CHEAP_AND_UNSOLD = {
    "all": [leaf("price", "at_most", 20), {"not": leaf("seller", "changed")}],
}


def causes(when: Any, *looks: tuple[str, bool]) -> list[str | None]:
    """`looks`: the price, and whether the product came back."""
    state: AlertState | None = None
    found = []
    for number, (price, is_back) in enumerate(looks):
        changes = [BACK] if is_back else []
        seen = Moment(at=hour(number), now={"price": D(price)}, changes=changes)
        state, told = judge(rule(when=when), state, seen)
        found.append(told.cause if told else None)
    return found


def test_a_level_beside_an_edge_fires_once_a_crossing_too() -> None:
    looks = [
        ("25", False),
        ("19", False),
        ("18", False),
        ("18", True),
        ("19", False),
        ("21", False),
    ]
    told = [None, "level", None, "edge", None, None]
    assert causes(CHEAP_OR_BACK, *looks, ("19", False)) == [*told, "level"]
    # What comes together is told together.
    assert causes(CHEAP_OR_BACK, ("25", False), ("19", True), ("19", False)) == [None, "edge", None]
    assert causes(CHEAP_OR_BACK, ("25", True), ("19", False)) == ["edge", "level"]


def test_that_nothing_happened_is_no_event() -> None:
    looks = [("19", False)] * 3
    assert causes(CHEAP_AND_UNSOLD, *looks, ("21", False), ("19", False)) == [
        "level", None, None, None, "level"
    ]  # fmt: skip
    assert causes({"not": leaf("price", "changed")}, *looks) == ["level", None, None]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (leaf("usedPrice", "dropped", percent=10), True),
        (leaf("usedPrice", "dropped", percent=11), False),
        (leaf("usedPrice", "changed"), True),
        (leaf("stockLeft", "became", 3), True),
        (leaf("newOffers", "changed"), False),
        (leaf("boughtPastMonth", "changed"), False),
        (leaf("rank", "changed"), False),
    ],
)
def test_edges_of_fields_whose_changes_are_not_told(condition: Any, expected: bool) -> None:
    before = {
        "usedPrice": D("10.00"), "stockLeft": 4, "newOffers": 2, "rank": RankValue("Toys", 9),
    }  # fmt: skip
    now = {
        "usedPrice": D("9.00"), "stockLeft": 3, "newOffers": 2, "rank": RankValue("Kitchen", 1),
        "boughtPastMonth": 100,
    }  # fmt: skip
    seen = moment(before=before, now=now)
    assert holds(condition_from_json(condition), seen) is expected
    elsewhere = Change(kind=ChangeKind.CONTEXT_CHANGED, at=hour(5))
    assert not holds(condition_from_json(condition), replace(seen, changes=[elsewhere]))


def test_nothing_is_the_lowest_of_a_time_without_a_price() -> None:
    lowest = condition_from_json(leaf("price", "lowest_in", days=1))
    unsold = [Step("price", hour(-48), None)]
    assert holds(lowest, moment(first_at=hour(-48), history=lambda *_: unsold)) is None


def test_tags_choose_watches() -> None:
    assert rule().is_for([])
    assert rule(tags=frozenset({"own"})).is_for(["own", "other"])
    assert not rule(tags=frozenset({"own"})).is_for(["other"])


def slow_model(prices: list[str | None]) -> list[int]:
    """The same said plainly: the first known price at or below the limit, and each that follows a known
    one above it."""
    known = [(number, D(price)) for number, price in enumerate(prices) if price is not None]
    return [
        number
        for place, (number, price) in enumerate(known)
        if price <= 20 and (place == 0 or known[place - 1][1] > 20)
    ]


@LAW
@given(st.lists(st.none() | st.sampled_from(["18", "19", "20", "21", "30"]), max_size=20))
def test_m11_an_alert_fires_once_per_crossing(prices: list[str | None]) -> None:
    assert fired(rule(), *prices) == slow_model(prices)

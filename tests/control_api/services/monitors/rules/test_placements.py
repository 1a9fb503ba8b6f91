"""Places of a search: R10 and M12 of the design, in words: what was not read is never said to have left."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from control_api.services.monitors.rules.checks import Check, search_check
from control_api.services.monitors.rules.differences import compare
from control_api.services.monitors.rules.placements import PlaceChange, PlaceChanges
from tests.control_api.services.monitors.rules.rows import placement

NOTHING_FOUND = [{"noResults": True, "departmentFallback": None}]


def results(asins: str, said: Any = (), **asked: Any) -> Check:
    """A letter a result; capitals are paid for."""
    rows = [placement(name.lower(), sponsored=name.isupper()) for name in asins]
    return search_check(rows, asked=asked, said=said)


def places(before: Check, after: Check) -> PlaceChanges:
    found = compare(before, after).places
    assert found is not None
    return found


def test_what_entered_left_and_moved() -> None:
    found = places(results("abc"), results("bda"))
    assert set(found.changes) == {
        PlaceChange("b", 2, 1),
        PlaceChange("d", None, 2),
        PlaceChange("a", 1, 3),
        PlaceChange("c", 3, None),
    }
    assert found.depth == 3


def test_the_same_order_is_unchanged_whatever_ads_stand_between() -> None:
    found = compare(results("aXbc"), results("YabZc"))
    assert found.status == "unchanged"
    assert found.places is not None
    assert found.places.share_before == Decimal("0.25")
    assert found.places.share_after == Decimal("0.4")


def test_below_the_smaller_depth_nothing_is_known() -> None:
    found = places(results("abcdef"), results("abc"))
    assert (found.changes, found.depth) == ((), 3)
    found = places(results("ab"), results("xyab"))
    assert {one.asin: (one.before, one.after) for one in found.changes} == {
        "x": (None, 1), "y": (None, 2), "a": (1, None), "b": (2, None),
    }  # fmt: skip
    assert found.depth == 2


def test_a_product_shown_twice_stands_at_its_first_place() -> None:
    assert places(results("aba"), results("abc")).changes == (PlaceChange("c", None, 3),)


def test_a_card_that_does_not_say_whether_it_is_paid_for_has_no_place() -> None:
    rows = [placement("a"), placement("q", sponsored=None), placement("b")]
    check = search_check(rows, asked={}, said=())
    assert places(check, results("ab")).changes == ()


def test_a_search_that_found_nothing_has_lost_all() -> None:
    nothing = results("", said=NOTHING_FOUND)
    assert {one.asin for one in places(results("ab"), nothing).changes} == {"a", "b"}
    assert places(nothing, results("ab")).changes[0] == PlaceChange("a", None, 1)
    empty = places(nothing, nothing)
    assert (empty.changes, empty.depth, empty.share_after) == ((), None, None)


@pytest.mark.parametrize("said", [(), [{"noResults": False, "departmentFallback": None}]])
def test_a_search_without_rows_that_does_not_say_why_is_unknown(said: Any) -> None:
    found = compare(results("ab"), results("", said=said))
    assert (found.status, found.reason) == ("unknown", "NO_ROWS")


def test_ads_that_were_not_kept_have_no_share() -> None:
    found = places(results("aXb"), results("ab", includeSponsored=False))
    assert (found.share_before, found.share_after) == (Decimal("0.3333"), None)


@pytest.mark.parametrize(
    "asked",
    [
        {"sortBy": "newest"},
        {"priceMin": 5},
        {"priceMax": 50},
        {"department": "toys"},
        {"node": "172282"},
        {"refinements": ["p_89:Anker"]},
    ],
)
def test_another_order_is_not_compared(asked: dict[str, Any]) -> None:
    found = compare(results("ab"), results("ba", **asked))
    assert (found.status, found.reason) == ("incomparable", "OTHER_SEARCH")
    assert compare(results("ab", **asked), results("ab", **asked)).status == "unchanged"


def test_the_default_order_may_be_named() -> None:
    assert compare(results("ab"), results("ab", sortBy="relevance")).status == "unchanged"
    one, other = (
        results("ab", refinements=list(order)) for order in (("p_1:a", "p_2:b"), ("p_2:b", "p_1:a"))
    )
    assert compare(one, other).status == "unchanged"


def test_results_of_all_departments_are_not_those_of_one() -> None:
    fallen = [{"noResults": False, "departmentFallback": True}]
    found = compare(results("ab"), results("ba", said=fallen))
    assert (found.status, found.reason) == ("incomparable", "OTHER_SEARCH")


def test_results_for_another_place_are_not_compared() -> None:
    there = results("ba", deliverTo={"postalCode": "10115"})
    assert compare(results("ab"), there).reason == "OTHER_PLACE"
    elsewhere = [placement("b", warnings=["location_mismatch"])]
    check = search_check(elsewhere, asked={}, said=())
    assert compare(results("a"), check).reason == "OTHER_PLACE"

"""What holds of every two checks: a delta adds up, is empty for the same, and has a mirror image."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from control_api.services.monitors.rules.checks import (
    NOT_FOUND,
    Check,
    Outcome,
    product_check,
    search_check,
    unknown_check,
)
from control_api.services.monitors.rules.differences import Difference, Status, compare
from control_api.services.monitors.rules.fields import FIELD_OF_NAME
from tests.control_api.services.monitors.rules.law import LAW
from tests.control_api.services.monitors.rules.rows import money, placement, product

FIELDS = tuple(FIELD_OF_NAME)
MIRRORED = {
    Status.ADDED: Status.REMOVED,
    Status.REMOVED: Status.ADDED,
    Status.GONE: Status.RETURNED,
    Status.RETURNED: Status.GONE,
}

amounts = st.decimals(min_value=0, max_value=10_000, places=2).map(
    lambda amount: money(str(amount))
)
maybe_money = st.none() | amounts
sellers = st.builds(
    lambda number, name: {"id": number, "name": name, "isAmazon": None},
    st.none() | st.sampled_from(["A1", "A2"]),
    st.none() | st.sampled_from(["one", "two"]),
)
product_rows: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "price": maybe_money,
        "listPrice": maybe_money,
        "shippingPrice": maybe_money,
        "usedPrice": maybe_money,
        "buyboxState": st.sampled_from(
            ["featured", "unavailable", "see_all_options", "location_blocked", "unknown"]
        ),
        "availability": st.sampled_from([None, "in_stock", "limited", "unavailable", "unknown"]),
        "seller": st.none() | sellers,
        "rating": st.none() | st.decimals(min_value=1, max_value=5, places=1),
        "title": st.none() | st.sampled_from(["A", "A ", "B"]),
        "stockLeft": st.none() | st.integers(1, 9),
        "pageLanguage": st.sampled_from(["de", "en"]),
        "asin": st.sampled_from(["B000000001", "B000000001", "B000000002"]),
        "warnings": st.lists(
            st.sampled_from(["price_competing", "field_failed:price", "location_mismatch"]),
            max_size=1,
        ),
    }
).map(lambda row: {**product(), **row})
product_checks = product_rows.map(lambda row: product_check(row, asked={}))


def results(letters: str) -> Check:
    """A letter a result; capitals are paid for."""
    rows = [placement(name.lower(), sponsored=name.isupper()) for name in letters]
    said = [{"noResults": not rows, "departmentFallback": None}]
    return search_check(rows, asked={}, said=said)


search_checks = st.text("abcdefghABC", max_size=12).map(results)
ends = st.sampled_from([NOT_FOUND, unknown_check("BLOCKED_CAPTCHA"), unknown_check("TIMEOUT")])
any_two = st.tuples(product_checks | ends, product_checks | ends) | st.tuples(
    search_checks | ends, search_checks | ends
)


def applied(before: Check, difference: Difference) -> dict[str, Any]:
    return {**before.values, **{change.field: change.after for change in difference.fields}}


@LAW
@given(product_checks | search_checks | ends)
def test_nothing_differs_from_itself(check: Check) -> None:
    found = compare(check, check, FIELDS)
    off = check.context.is_off
    expected = Status.INCOMPARABLE if off else Status.UNCHANGED
    assert found.status is (Status.UNKNOWN if check.outcome is Outcome.UNKNOWN else expected)
    assert not found.fields
    assert found.places is None or not found.places.changes


@LAW
@given(product_checks, product_checks)
def test_a_delta_added_to_the_older_page_gives_the_newer(before: Check, after: Check) -> None:
    found = compare(before, after, FIELDS)
    if found.status is Status.INCOMPARABLE:
        assert not found.fields
        return
    sum_of_both = applied(before, found)
    for name, value in after.values.items():
        one = FIELD_OF_NAME[name]
        if name in before.values and (before.language == after.language or not one.is_in_words):
            assert one.is_same(sum_of_both[name], value), name


@LAW
@given(search_checks, search_checks)
def test_a_delta_added_to_the_older_places_gives_the_newer(before: Check, after: Check) -> None:
    assert before.placements is not None
    assert after.placements is not None
    found = compare(before, after).places
    assert found is not None
    depth = min(before.placements.depth, after.placements.depth)
    places: dict[str, int | None] = dict(before.placements.within(depth))
    for change in found.changes:
        assert places.get(change.asin) == change.before
        places[change.asin] = change.after
    assert {asin: place for asin, place in places.items() if place} == after.placements.within(
        depth
    )


@LAW
@given(search_checks, search_checks)
def test_a_product_left_only_where_the_newer_page_reached_its_place(
    before: Check, after: Check
) -> None:
    assert after.placements is not None
    found = compare(before, after).places
    assert found is not None
    for change in found.changes:
        if change.after is None:
            assert change.before is not None
            assert change.before <= after.placements.depth
            assert change.asin not in after.placements.within(change.before)


@LAW
@given(any_two)
def test_a_delta_has_a_mirror_image(pair: tuple[Check, Check]) -> None:
    there, back = compare(*pair, FIELDS), compare(*reversed(pair), FIELDS)
    assert back.status is MIRRORED.get(there.status, there.status)
    assert [(one.field, one.after, one.before) for one in back.fields] == [
        (one.field, one.before, one.after) for one in there.fields
    ]
    if there.places and back.places:
        assert {(one.asin, one.after, one.before) for one in back.places.changes} == {
            (one.asin, one.before, one.after) for one in there.places.changes
        }
        assert there.places.share_before == back.places.share_after


@LAW
@given(product_checks, ends)
def test_a_failure_never_makes_a_change(page: Check, end: Check) -> None:
    for found in (compare(page, end, FIELDS), compare(end, page, FIELDS)):
        assert not found.fields
        assert found.status is not Status.CHANGED
        if end.outcome is Outcome.UNKNOWN:
            assert found.status is Status.UNKNOWN


@LAW
@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_money_is_exact(amount: Decimal) -> None:
    row = product(str(amount))
    assert product_check(row, asked={}).values["price"] == amount

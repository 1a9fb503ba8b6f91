"""What holds of every course of looks: M2 (unknown is nothing), M5's core, M17 (exact money)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from control_api.services.monitors.rules import chunks as chunk_module
from control_api.services.monitors.rules.chunks import (
    CheckMade,
    Chunk,
    add_check,
    checks_of,
    steps_of,
)
from control_api.services.monitors.rules.stored_values import (
    is_storable,
    stored_value,
    value_from_stored,
)
from control_api.services.monitors.rules.watch_state import Look, WatchOutcome
from tests.control_api.services.monitors.rules.law import LAW
from tests.control_api.services.monitors.rules.looks import (
    Watched,
    failed,
    hour,
    missing,
    page,
    watched,
)
from tests.control_api.services.monitors.rules.rows import UNAVAILABLE

unknown_looks = st.sampled_from([failed(), failed("STRIPPED_PAGE"), failed("TIMEOUT")])
pages = st.sampled_from(
    [
        page(), page("18.00"), page("2.00"), page(None), page(**UNAVAILABLE), page("22.10", "USD"),
        page(title="B"), page("18.00", priceSource="x"), page(parserVersion="2"), page(asin="B0OTHER001"),
        page(None, buyboxState="location_blocked"),
    ]
)  # fmt: skip
looks = st.lists(pages | st.just(missing()), min_size=1, max_size=12)


def told(found: Watched) -> list[Any]:
    """Changes without their times of not knowing."""
    return [replace(change, unknown_since=None) for one in found.seen for change in one.changes]


@LAW
@given(looks, st.lists(st.tuples(st.integers(0, 12), unknown_looks), max_size=6))
def test_m2_looks_that_tell_nothing_change_nothing(
    course: list[Look], extra: list[tuple[int, Look]]
) -> None:
    dated = [replace(look, at=hour(number + 1)) for number, look in enumerate(course)]
    mixed = list(dated)
    for place, look in extra:
        mixed.insert(min(place, len(mixed)), replace(look, at=hour(place + 1.5)))
    plain, disturbed = watched(dated), watched(mixed)
    assert told(disturbed) == told(plain)
    assert (disturbed.state.now, disturbed.state.since) == (plain.state.now, plain.state.since)


@LAW
@given(looks)
def test_changes_added_up_are_the_state(course: list[Look]) -> None:
    found = watched([replace(look, at=hour(number + 1)) for number, look in enumerate(course)])
    for one in found.seen:
        for change in one.changes:
            if change.field is not None:
                assert change.before != change.after
    steps = [step for one in found.seen for step in one.steps]
    last = {step.field: step.value for step in steps}
    for name, value in found.state.now.items():
        if name not in found.state.unstepped:
            assert last[name] == value


@LAW
@given(looks, st.integers(1, 5))
def test_the_history_says_what_the_steps_said(course: list[Look], size: int) -> None:
    """Over any number of pieces."""
    found = watched([replace(look, at=hour(number + 1)) for number, look in enumerate(course)])
    sealed: list[Chunk] = []
    current: Chunk | None = None
    now: dict[str, Any] = {}
    whole, chunk_module.MAX_CHECKS = chunk_module.MAX_CHECKS, size
    try:
        for number, one in enumerate(found.seen):
            made = CheckMade(hour(number + 1), one.outcome)
            added = add_check(current, made, one.steps, now)
            if added.sealed:
                sealed.append(added.sealed)
            current = added.open
            for step in one.steps:
                now[step.field] = stored_value(step.field, step.value)
    finally:
        chunk_module.MAX_CHECKS = whole
    assert current is not None
    pieces = [*sealed, current]
    assert [made for piece in pieces for made in checks_of(piece)] == [
        CheckMade(hour(number + 1), one.outcome) for number, one in enumerate(found.seen)
    ]
    for name in now:
        expected: list[Any] = []
        for one in found.seen:
            for step in one.steps:
                if step.field == name and (not expected or expected[-1].value != step.value):
                    expected.append(step)
        assert steps_of(pieces, name) == expected
        for piece in pieces:
            for series in piece.fields.values():
                assert list(series.times) == sorted(series.times)


def test_a_full_piece_is_sealed_and_the_next_opens_with_what_is_in_force() -> None:
    piece: Chunk | None = None
    for number in range(chunk_module.MAX_CHECKS + 1):
        added = add_check(piece, CheckMade(hour(number), WatchOutcome.OK), [], {"price": 200_000})
        piece = added.open
    assert added.sealed is not None
    assert len(added.sealed.checks) == chunk_module.MAX_CHECKS
    assert (piece and piece.start, len(added.open.checks)) == (hour(chunk_module.MAX_CHECKS), 1)
    assert added.open.fields["price"].values == [200_000]


def test_a_piece_ends_after_a_year() -> None:
    first = add_check(None, CheckMade(hour(0), WatchOutcome.OK), [], {}).open
    assert add_check(first, CheckMade(hour(24 * 366), WatchOutcome.OK), [], {}).sealed == first


@LAW
@given(
    st.decimals(min_value=0, max_value=10**9, places=4)
    | st.decimals(min_value=0, max_value=10**9, places=3)
    | st.integers(0, 10**12).map(Decimal)
)
def test_m17_money_in_the_history_is_exact_to_four_places(amount: Decimal) -> None:
    assert is_storable("price", amount)
    kept = stored_value("price", amount)
    assert isinstance(kept, int)
    assert value_from_stored("price", kept) == amount


def test_m17_what_cannot_be_kept_exactly_is_not_kept() -> None:
    assert not is_storable("price", Decimal("1.00005"))
    assert not is_storable("price", Decimal(10**16))

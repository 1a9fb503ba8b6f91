from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from control_api.services.monitors.rules.chunks import (
    CheckMade,
    Chunk,
    add_check,
    lists_of,
    place_names,
    steps_of,
)
from control_api.services.monitors.rules.lists.listings import Entry, Listing
from control_api.services.monitors.rules.lists.orders import Names, packed, unpacked
from control_api.services.monitors.rules.watch_state import WatchOutcome
from tests.control_api.services.monitors.rules.lists.following import PAUSE, START, listing

ENTRIES = st.builds(
    Entry, st.text(min_size=1, max_size=3), st.none() | st.text(max_size=3), st.booleans()
)
LISTINGS = st.builds(
    lambda entries, whole, ads: Listing(entries=entries, is_whole=whole, shows_ads=ads),
    st.lists(ENTRIES, max_size=300, unique_by=lambda one: one.key),
    st.booleans(),
    st.booleans(),
)


@given(LISTINGS, st.integers(0, 127))
def test_an_order_is_read_as_it_was_written(one: Listing, check: int) -> None:
    names = Names().followed_by(one)
    seen = unpacked(packed(one, names, check), names)
    assert (seen.check, seen.listing) == (check, one)


def test_an_entry_of_a_page_takes_a_byte_or_two() -> None:
    """So many names stand in a piece of 128 looks at the results of a keyword."""
    entries = [Entry(f"B{number:09d}", "a brand", number % 4 == 0) for number in range(60)]
    one = Listing(entries=entries)
    assert len(packed(one, Names().followed_by(one), 100)) <= 62


def pieces(*looks: Listing | None) -> list[Chunk]:
    """None: a look that brought no page."""
    found: Chunk | None = None
    for number, one in enumerate(looks):
        outcome = WatchOutcome.OK if one is not None else WatchOutcome.BLOCKED
        made = CheckMade(START + PAUSE * number, outcome)
        found = add_check(found, made, [], {}, one).open
    return [found] if found else []


def test_the_history_of_a_place() -> None:
    own = pieces(listing("ab*c"), None, listing("ba"), listing("b", is_partial=True), listing("bc"))
    assert [(step.at - START, step.value) for step in steps_of(own, "place:a")] == [
        (timedelta(0), 1),
        (2 * PAUSE, 2),
        (4 * PAUSE, None),
    ]
    assert [step.value for step in steps_of(own, "adPlace:c")] == [3, None]
    assert place_names(own) == ["place:a", "place:b", "place:c"]
    assert [one.at - START for one in lists_of(own)] == [PAUSE * n for n in (0, 2, 3, 4)]

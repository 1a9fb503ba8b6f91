"""Who entered, left and moved: the table of docs/monitoring.md, and M12."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_api.services.monitors.rules.lists.listed import Move
from control_api.services.monitors.rules.lists.listings import Listing
from tests.control_api.services.monitors.rules.lists.following import (
    PAUSE,
    START,
    Follower,
    listing,
)

# Of the first three places.
LEFT_D = ("left", "c", 3, None)
ENTERED_D = ("entered", "d", None, 3)


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        pytest.param(["abcd", "abcd"], [], id="nothing moves"),
        pytest.param(["abc", "abdc", "abdc"], [("entered", "d", None, 3), ("left", "c", 3, 4)], id="one for another"),
        pytest.param(["abc", "abd", "abc"], [ENTERED_D], id="gone once is gone for a page"),
        pytest.param(["abc", "ab", "ab"], [], id="read to the second place"),
        pytest.param(["abc", listing("ab", is_whole=True), listing("ab", is_whole=True)], [LEFT_D], id="no more than two"),
        pytest.param(["abc", listing("a", is_partial=True), "abc"], [], id="broke off after one"),
        pytest.param(["abc", listing("", is_whole=True), "abc"], [], id="empty once"),
        pytest.param(["abc", "xyz", "abc"], [], id="another list once"),
        pytest.param(["ab", "abc", "abcd"], [], id="first read too short"),
        pytest.param(["ab", "abc", "dbc", "dbc"], [("entered", "d", None, 1), ("left", "a", 1, None)], id="from then on"),
        pytest.param(["abc", "bca", "cab"], [], id="order within the top"),
    ],
)  # fmt: skip
def test_what_is_told(
    looks: list[str | Listing], told: list[tuple[str, str, int | None, int | None]]
) -> None:
    assert Follower().see_all(looks).told == told


def test_a_departure_is_dated_by_when_it_was_seen_first() -> None:
    follower = Follower().see_all(["abcd", "abdc", listing("a", is_partial=True), "abd"])
    left = next(one for one in follower.moves if one.move is Move.LEFT)
    assert left.at == START + PAUSE
    assert left.before_at == START
    assert (left.is_confirmed, left.label) == (True, "brand c")


def test_a_list_that_was_replaced_is_told_when_it_was_seen_twice() -> None:
    follower = Follower().see_all(["abc", "xyz"])
    assert (follower.told, follower.questioned) == ([], 6)
    follower.see("xyz")
    assert {one.move for one in follower.moves} == {Move.ENTERED, Move.LEFT}
    assert len(follower.moves) == 6 and all(one.is_confirmed for one in follower.moves)


def test_without_questions_everything_is_told_at_once() -> None:
    follower = Follower(questions=False).see_all(["abc", "xyz"])
    assert len(follower.moves) == 6
    assert follower.questioned == 0


def test_what_a_newer_reader_reads_otherwise_must_be_seen_twice() -> None:
    follower = Follower().see_all(["abc"])
    assert follower.see("abd", is_doubtful=True) == []
    assert [one.item for one in follower.see("abd")] == ["c", "d"]


def test_a_monitor_can_ask_for_two_looks_at_everything() -> None:
    follower = Follower(items="a", confirms_all=True, min_move=1).see_all(["abcd", "bacd"])
    assert follower.told == []
    follower.see("bacd")
    assert follower.told == [("moved", "a", 1, 2)]
    assert follower.moves[0].at == START + PAUSE


def test_another_number_of_places_begins_anew() -> None:
    follower = Follower(top=3).see_all(["abcd"])
    follower.rules = Follower(top=2).rules
    assert follower.see("dcba") == []
    assert follower.see("adcb") != []


class TestItems:
    def test_moves_of_at_least_so_many_places(self) -> None:
        follower = Follower(top=1, items="d").see_all(["abcd", "abdc", "adbc", "dabc"])
        # Two places are told of no look; the third place from where it stood is.
        assert ("moved", "d", 4, 1) in follower.told
        assert [one for one in follower.told if one[0] == "moved"] == [("moved", "d", 4, 1)]

    def test_one_that_is_missing_is_told_when_it_is_missing_twice(self) -> None:
        follower = Follower(top=1, items="c").see_all(["abc", "abd", "abd"])
        assert follower.told == [("moved", "c", 3, None)]
        follower.see("acb")
        assert follower.told[-1] == ("moved", "c", None, 2)

    def test_a_list_that_was_not_read_down_to_its_place_does_not_miss_it(self) -> None:
        follower = Follower(top=1, items="d").see_all(["abcd", "abc", "abc", "abc"])
        assert follower.told == []
        assert follower.see("adbc") == []
        follower.see("dabc")
        assert ("moved", "d", 4, 1) in follower.told

    def test_an_item_that_was_added_begins_where_it_is(self) -> None:
        follower = Follower(top=1).see_all(["abcd"])
        follower.rules = Follower(top=1, items="d").rules
        assert follower.see("dabc") != []
        assert [one.move for one in follower.moves] == [Move.ENTERED]


class TestAdvertisements:
    def test_begin_at_once_and_end_when_they_are_missing_twice(self) -> None:
        follower = Follower(items="ab").see_all(["*cabd", "*a*cabd", "*cabd", "*a*cabd", "*cabd"])
        assert follower.told == [("ad_started", "a", None, 1)]
        follower.see("*cabd")
        assert follower.told[1:] == [("ad_stopped", "a", 1, None)]

    def test_are_unknown_where_they_were_not_kept(self) -> None:
        plain = listing("abcd", shows_ads=False)
        follower = Follower(items="a").see_all(["*aabcd", plain, plain, plain])
        assert follower.told == []

    def test_first_look_that_shows_them_is_the_beginning(self) -> None:
        follower = Follower(items="a").see_all([listing("abcd", shows_ads=False), "*aabcd"])
        assert follower.told == []

    def test_of_a_list_that_broke_off_do_not_end(self) -> None:
        broken = listing("abcd", is_partial=True)
        assert Follower(items="a").see_all(["*aabcd", broken, broken]).told == []


KEYS = "abcdefgh"
LISTINGS = st.builds(
    lambda keys, depth, ads, kind: listing(
        "".join(keys[:depth]) + "".join(f"*{key}" for key in ads),
        is_whole=kind == "whole",
        is_partial=kind == "partial",
    ),
    st.permutations(KEYS),
    st.integers(0, len(KEYS)),
    st.lists(st.sampled_from(KEYS), max_size=2),
    st.sampled_from(["", "", "whole", "partial"]),
)
TOPS = st.sampled_from([1, 3, 5, None])


@given(st.lists(LISTINGS, max_size=9), TOPS, st.booleans())
def test_m12_nobody_is_said_to_have_left_by_a_list_that_was_not_read_so_far(
    looks: list[Listing], top: int | None, questions: bool
) -> None:
    follower = Follower(top=top, items="ab", questions=questions)
    reaching = 0
    for seen in looks:
        told = follower.see(seen)
        left = {one.item for one in told if one.move is Move.LEFT}
        entered = {one.item for one in told if one.move is Move.ENTERED}
        first = {key for key, place in seen.places.items() if top is None or place <= top}
        if left or entered:
            assert seen.reaches(top)
            assert reaching >= (2 if left and questions else 1)
        assert not left & first
        assert entered <= first
        for one in told:
            if one.move is Move.MOVED and one.after is None:
                assert seen.is_whole or seen.depth >= (one.before or 0)
        reaching += seen.reaches(top)


@given(st.lists(LISTINGS, max_size=6), TOPS)
def test_who_is_believed_to_be_there_is_what_was_told(
    looks: list[Listing], top: int | None
) -> None:
    """The first sight, and what entered and left since, are the members of the top."""
    follower = Follower(top=top)
    believed: set[str] | None = None
    for seen in looks:
        for one in follower.see(seen):
            assert believed is not None
            (believed.add if one.move is Move.ENTERED else believed.remove)(one.item)
        listed = follower.listed
        assert listed is not None
        if believed is None and listed.top is not None:
            believed = set(listed.top)
        assert believed == (set(listed.top) if listed.top is not None else None)

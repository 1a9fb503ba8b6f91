"""The table of examples of docs/monitoring.md, a test a line (M9), and the rules behind it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from control_api.services.monitors.rules.watch_state import WatchRules
from tests.control_api.services.monitors.rules.looks import (
    Watched,
    failed,
    hour,
    missing,
    page,
    watched,
)
from tests.control_api.services.monitors.rules.rows import UNAVAILABLE

D = Decimal


class TestM9OneRoundGlitches:
    """What is wrong for one round makes no change."""

    @pytest.mark.parametrize(
        ("glitch", "outcome"),
        [
            (failed(), "blocked"),
            (failed("STRIPPED_PAGE"), "blocked"),
            (failed("TIMEOUT"), "failed"),
            (missing(), "not_found"),
            (page(None), "ok"),
            (page("0"), "ok"),
            (page("2.00"), "ok"),
            (page("40.00"), "ok"),
            (page("22.10", "USD"), "off_context"),
            (page("5.00", asin="B0OTHER001"), "redirected"),
            (page("18.00", warnings=["price_competing"]), "ok"),
            (page("18.00", warnings=["location_mismatch"]), "off_context"),
            (page(None, buyboxState="location_blocked"), "off_context"),
            (page("18.00", asked={"deliverTo": "10115"}), "off_context"),
            (page(title="Ein Kessel", pageLanguage="en"), "ok"),
        ],
    )
    def test_no_change(self, glitch: Any, outcome: str) -> None:
        found = watched([page(), glitch, page()])
        assert found.told == []
        assert found.outcomes == ["ok", outcome, "ok"]
        assert found.state.now["price"] == D("20.00")
        assert not found.state.pending

    def test_a_jump_is_counted_as_questioned(self) -> None:
        assert watched([page(), page("2.00"), page()]).questioned == 1


def test_the_first_sight_is_a_baseline() -> None:
    found = watched([page()])
    assert [change.kind.value for change in found.seen[0].changes] == ["started"]
    assert found.told == []
    assert {step.field for step in found.seen[0].steps} == set(found.state.now)


def test_a_failure_between_two_prices_is_named_and_nothing_more() -> None:
    [change] = watched([page(), failed(), page("18.00")]).changes
    assert (change.field, change.before, change.after) == ("price", D("20.00"), D("18.00"))
    assert (change.before_at, change.unknown_since, change.at) == (hour(0), hour(1), hour(2))
    assert (change.currency, change.is_confirmed) == ("EUR", False)


def test_a_price_that_pages_did_not_show_was_seen_last_before_them() -> None:
    [change] = watched([page(), page(None), failed(), page("18.00")]).changes
    assert (change.before_at, change.unknown_since) == (hour(0), hour(1))


def test_a_product_that_cannot_be_had_and_comes_back() -> None:
    told = watched([page(), page(**UNAVAILABLE), page()]).told
    fields = ["price", "availability", "buyboxState", "seller"]
    assert [change[0] for change in told] == fields * 2
    assert told[0] == ("price", D("20.00"), None)
    assert told[4] == ("price", None, D("20.00"))


def test_a_jump_that_is_seen_twice_is_told_with_the_time_of_its_first_sight() -> None:
    found = watched([page(), page("2.00"), page("2.00")])
    [change] = found.changes
    assert (change.before, change.after) == (D("20.00"), D("2.00"))
    assert (change.before_at, change.at, change.is_confirmed) == (hour(0), hour(1), True)
    assert [step.at for step in found.seen[2].steps] == [hour(1)]


def test_a_third_value_is_judged_anew() -> None:
    assert watched([page(), page("2.00"), page("19.00")]).told == [
        ("price", D("20.00"), D("19.00"))
    ]
    found = watched([page(), page("2.00"), page("3.00"), page("3.00")])
    assert (found.told, found.questioned) == ([("price", D("20.00"), D("3.00"))], 2)


def test_a_failure_between_two_sights_of_a_jump_keeps_the_question() -> None:
    assert watched([page(), page("2.00"), failed(), page("2.00")]).told != []


def test_a_price_whose_source_changed_too_is_questioned() -> None:
    old = page(priceSource="core")
    new = page("19.00", priceSource="apex")
    assert watched([old, new]).questioned == 1
    [change] = watched([old, new, new]).changes
    assert change.flags == ("sourceChanged",)
    assert watched([old, page(priceSource="apex"), new]).told == [("price", D("20.00"), D("19.00"))]


def test_what_a_newer_parser_reads_otherwise_is_questioned() -> None:
    old, new = page(parserVersion="1", title="A"), page(parserVersion="2", title="A, new")
    assert watched([old, new]).told == []
    [change] = watched([old, new, new]).changes
    assert (change.field, change.flags) == ("title", ("parserChanged",))
    assert watched([old, page(parserVersion="2", title="A ")]).questioned == 0


def test_confirm_asks_for_every_change_twice() -> None:
    rules = WatchRules(confirm=2)
    looks = [page(), page("19.00"), page("20.00"), page("19.00"), page("19.00")]
    found = watched(looks, rules)
    assert found.told == [("price", D("20.00"), D("19.00"))]
    assert found.changes[0].at == hour(3)


def test_questions_can_be_switched_off() -> None:
    assert watched([page(), page("2.00")], WatchRules(questions=False)).told != []


def test_a_context_that_stays_is_the_new_one() -> None:
    dollars = page("22.10", "USD")
    found = watched([page(), dollars, dollars, dollars, page("23.10", "USD")])
    assert found.told == [("context_changed",), ("price", D("22.10"), D("23.10"))]
    [change, _] = found.changes
    assert (change.before["currency"], change.after["currency"]) == ("EUR", "USD")
    assert (change.at, found.outcomes[2:]) == (hour(3), ["off_context", "ok", "ok"])


def test_a_context_must_stay_without_a_break_but_failures_break_nothing() -> None:
    dollars = page("22.10", "USD")
    assert watched([page(), dollars, dollars, page(), dollars, dollars]).told == []
    assert watched([page(), dollars, failed(), dollars, failed(), dollars]).told != []


def test_a_pinned_currency_never_changes() -> None:
    looks = [page("22.10", "USD")] * 5
    found = watched([page(), *looks], WatchRules(currency="EUR"))
    assert (found.told, found.outcomes[-1]) == ([], "off_context")


def test_a_pinned_currency_holds_from_the_first_page_on() -> None:
    found = watched([page("22.10", "USD"), page()], WatchRules(currency="EUR"))
    assert found.outcomes == ["off_context", "ok"]
    assert found.state.now["price"] == D("20.00")


def test_the_place_shown_belongs_to_the_context_where_a_monitor_says_so() -> None:
    looks = [page(deliverTo="Berlin 10115"), page("18.00", deliverTo="Paris 75001")]
    assert watched(looks, WatchRules(shows_place=True)).outcomes == ["ok", "off_context"]
    assert watched(looks).outcomes == ["ok", "ok"]


def test_of_a_page_of_another_context_the_product_itself_is_read() -> None:
    found = watched([page(), page("22.10", "USD", title="A better kettle")])
    assert found.told == [("title", "A kettle", "A better kettle")]
    assert found.state.last_ok_at == hour(0)


def test_a_price_after_pages_of_another_context_was_seen_last_before_them() -> None:
    [change] = watched([page(), page("22.10", "USD"), page("18.00")]).changes
    assert (change.before_at, change.unknown_since) == (hour(0), hour(1))


def test_another_product_on_the_page_is_told_once_when_it_stays() -> None:
    other = page("5.00", asin="B0OTHER001")
    found = watched([page(), other, other, other])
    assert found.told == [("redirected",)]
    assert found.changes[0].after == "B0OTHER001"
    assert found.changes[0].at == hour(2)
    assert found.state.now["price"] == D("20.00")


def test_an_older_page_that_comes_later_is_not_applied() -> None:
    late = replace(page("18.00"), at=hour(0.5))
    found = watched([page(), page(), late])
    assert (found.told, found.outcomes[-1]) == ([], "late")


def test_a_failure_does_not_make_the_next_page_late() -> None:
    looks = [page(), replace(failed(), at=hour(5)), replace(page("18.00"), at=hour(4))]
    assert watched(looks).told == [("price", D("20.00"), D("18.00"))]


def test_gone_is_told_at_the_second_time_and_values_stay() -> None:
    found = watched([page(), missing(), missing(), missing()])
    assert found.told == [("gone",)]
    assert found.state.is_gone
    assert found.state.now["price"] == D("20.00")
    assert watched([page(), missing(), failed(), missing()]).told == [("gone",)]
    assert watched([page(), missing(), page(), missing()]).told == []


def test_what_comes_back_is_told_with_what_changed_since() -> None:
    found = watched([page(), missing(), missing(), page("18.00")])
    assert found.told == [("gone",), ("returned",), ("price", D("20.00"), D("18.00"))]
    assert not found.state.is_gone


def test_another_seller_is_a_change_and_a_page_without_its_id_is_none() -> None:
    named = {"id": None, "name": "A shop", "isAmazon": False}
    other = {"id": "B", "name": "B shop", "isAmazon": False}
    assert watched([page(), page(seller=named), page()]).told == []
    assert [change[0] for change in watched([page(), page(seller=other)]).told] == ["seller"]


def ranked(rank: int, node: str = "1") -> Any:
    return page(
        bestSellerRanks=[{"rank": rank, "category": "Kitchen", "nodeId": node, "isRoot": True}]
    )


def steps(found: Watched, name: str) -> list[Any]:
    return [step for one in found.seen for step in one.steps if step.field == name]


class TestQuietFields:
    def test_they_make_no_change_and_a_step_in_six_hours_at_most(self) -> None:
        found = watched([ranked(number) for number in range(1, 15)])
        assert found.told == []
        assert [step.value.rank for step in steps(found, "rank")] == [1, 7, 13]
        assert found.state.now["rank"].rank == 14

    def test_a_value_that_stays_gets_its_step_later(self) -> None:
        found = watched([ranked(1), ranked(2), *[ranked(2)] * 6])
        assert [(step.at, step.value.rank) for step in steps(found, "rank")] == [
            (hour(0), 1),
            (hour(6), 2),
        ]

    def test_a_monitor_can_make_them_loud(self) -> None:
        found = watched([ranked(1), ranked(2)], WatchRules(loud=frozenset({"rank"})))
        assert [change[0] for change in found.told] == ["rank"]

    def test_a_rank_of_another_category_is_a_new_beginning(self) -> None:
        rules = WatchRules(loud=frozenset({"rank"}))
        found = watched([ranked(1), ranked(500, "2"), ranked(501, "2")], rules)
        assert [(before.rank, after.rank) for _, before, after in found.told] == [(500, 501)]


def test_a_monitor_can_follow_some_fields_alone() -> None:
    rules = WatchRules(fields=frozenset({"availability"}))
    found = watched([page(), page("18.00", availability="limited")], rules)
    assert [change[0] for change in found.told] == ["availability"]
    assert set(found.state.now) == {"availability"}


def test_looks_without_a_page_are_counted_until_the_next_good_one() -> None:
    assert watched([page(), failed(), missing()]).state.missed == 2
    assert watched([page(), failed(), page()]).state.missed == 0


def test_a_failure_that_is_older_than_the_last_page_says_nothing() -> None:
    """Of two rounds at once, the older one ends later."""
    early = [replace(one, at=hour(0.5)) for one in (failed(), missing(), missing())]
    found = watched(
        [page(), replace(page(), at=hour(1)), *early, replace(page("18.00"), at=hour(2))]
    )
    assert found.outcomes == ["ok", "ok", "late", "late", "late", "ok"]
    [change] = found.changes
    assert (change.before_at, change.unknown_since, change.after) == (hour(1), None, D("18.00"))
    assert not found.state.is_gone


def test_that_something_costs_nothing_is_not_believed_at_first_sight() -> None:
    found = watched([page("0.00"), page("20.00"), page("20.00")])
    assert (found.told, found.questioned) == ([], 1)
    assert [step.value for one in found.seen for step in one.steps if step.field == "price"] == [
        D("20.00")
    ]
    free = watched([page("0.00"), failed(), page("0.00")])
    assert free.told == []
    assert (free.state.now["price"], free.state.since["price"]) == (0, hour(0))
    assert watched([page("0.00")], WatchRules(questions=False)).state.now["price"] == 0
    # Nor in a new context.
    dollars = [page("22.10", "USD"), page("22.10", "USD"), page("0.00", "USD")]
    assert "price" not in watched([page(), *dollars]).state.now


@pytest.mark.parametrize("currency", ["EUR", None])
def test_a_new_place_is_learnt_where_the_currency_is_pinned(currency: str | None) -> None:
    """Searches show no currency at all."""
    rules = WatchRules(currency="EUR")
    here = page(asked={"deliverTo": "10115"})
    there = page("21.00" if currency else None, asked={"deliverTo": "80331"})
    found = watched([here, there, there, there], rules)
    assert found.outcomes == ["ok", "off_context", "off_context", "ok"]
    assert ("context_changed",) in found.told

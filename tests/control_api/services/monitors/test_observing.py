"""What a settled round becomes: watches, feed, history, rounds and events (M1 to M4)."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest

from control_api.services.monitors.observing import LeaseLost
from control_api.services.monitors.rules import chunks
from control_api.services.monitors.rules.chunks import checks_of, steps_of
from control_api.services.monitors.watches.watch_documents import (
    chunk_from_document,
    chunk_from_stored,
)
from control_api.worker.observer import Observer
from storage.base.clock import utc_now
from storage.jobs.removals import Removals
from storage.monitors.chunks import Chunks
from storage.monitors.feeds import Feeds
from storage.monitors.receipts import Receipts
from storage.monitors.rounds import Rounds
from tests.control_api.services.monitors.following import (
    PROJECT,
    Following,
    asin,
    observing,
    sold,
)
from tests.stores import Store, success

BLOCKED = ["BLOCKED_CAPTCHA", "BLOCKED_ACCESS_DENIED", "STRIPPED_PAGE", "TIMEOUT", "HTTP_ERROR"]


def test_m1_an_unchanged_product_makes_no_change_and_no_event(store: Store) -> None:
    following = Following(store, 1)
    for _ in range(50):
        following.round(sold(), observe=False)
    following.observe()
    assert [change.kind for change in following.changes] == ["started"]
    assert [one["type"] for one in following.events].count("monitor.changed") == 1


@pytest.mark.parametrize("code", BLOCKED)
def test_m2_a_failed_page_is_never_a_value(store: Store, code: str) -> None:
    following = Following(store, 1)
    alert = following.add_alert({"field": "availability", "is": "not_equals", "value": "in_stock"})
    for seen in (sold(), code, code, sold()):
        following.round(seen)
    assert following.told == []
    assert following.firings(alert) == []
    assert following.watch().known["now"]["price"] == 200_000


def test_changes_are_numbered_without_a_gap_in_the_order_of_the_rounds(store: Store) -> None:
    following = Following(store)
    following.round(sold(), sold(), sold())
    following.round(sold("18.00"), sold(), sold("21.00"))
    following.round(sold("17.00"), "BLOCKED_CAPTCHA", sold("21.00", availability="limited"))
    assert [change.seq for change in following.changes] == list(range(1, 8))
    assert following.told == [
        (asin(0), "price", 200_000, 180_000),
        (asin(2), "price", 200_000, 210_000),
        (asin(0), "price", 180_000, 170_000),
        (asin(2), "availability", "in_stock", "limited"),
    ]


def test_a_round_counts_what_it_brought(store: Store) -> None:
    following = Following(store)
    following.round(sold(), sold(), sold())
    job = following.round(sold("18.00"), "BLOCKED_CAPTCHA", sold("2.00"))
    found = Rounds(store.database).find(job.id)
    assert found is not None
    assert (found.status, found.outcome, found.checks) == (
        "completed",
        "partial",
        {"ok": 2, "blocked": 1},
    )
    assert (found.changes, found.questioned, found.reasons) == (
        {"changed": 1},
        1,
        {"BLOCKED_CAPTCHA": 1},
    )
    assert (found.from_seq, found.to_seq) == (4, 4)
    assert following.events[-1]["type"] == "monitor.round.completed"
    assert following.events[-1]["data"]["checks"]["blocked"] == 1


class TestM4WhatIsSettledTwice:
    def test_a_redelivered_target_changes_nothing(self, store: Store) -> None:
        following = Following(store, 1)
        job = following.begin_round()
        end = following.end(job, 0, sold())
        for _ in range(3):
            store.settlement.commit([], [end])
        following.observe()
        assert len(following.watch().chunk["checks"]) == 1

    def test_a_cancelled_round_brings_what_it_had_settled(self, store: Store) -> None:
        following = Following(store)
        job = following.begin_round()
        store.settlement.commit([], [following.end(job, 0, sold())])
        store.settlement.cancel(job.id)
        store.settlement.close_targets(job.id)
        store.settlement.commit([], [following.end(job, 1, sold())])
        following.observe()
        assert [change.value for change in following.changes] == [asin(0)]
        found = Rounds(store.database).find(job.id)
        assert found is not None
        assert (found.status, found.checks) == ("cancelled", {"ok": 1})

    def test_an_older_round_that_ends_later_changes_nothing(self, store: Store) -> None:
        following = Following(store, 1)
        following.round(sold())
        older = following.begin_round()
        late = following.end(older, 0, sold("15.00"))
        following.round(sold("18.00"))
        store.settlement.commit([], [late])
        following.observe()
        assert following.told == [(asin(0), "price", 200_000, 180_000)]
        found = Rounds(store.database).find(older.id)
        assert found is not None
        assert found.checks == {"late": 1}


def test_two_looks_at_one_watch_in_a_commit_are_taken_one_after_the_other(store: Store) -> None:
    """Jobs that a schedule made long ago may ask for one product in two ways."""
    following = Following(store, 2)
    following.round(sold(), sold())
    first, second = following.asins
    following.asins, following.count = [first, second, first, first], 4
    following.round(sold("19.00"), sold("21.00"), sold("18.00"), "BLOCKED_CAPTCHA")
    assert following.told == [
        (first, "price", 200_000, 190_000),
        (second, "price", 200_000, 210_000),
        (first, "price", 190_000, 180_000),
    ]
    watch = following.watch(0)
    assert watch.known["missed"] == 1
    assert watch.chunk is not None
    assert len(watch.chunk["checks"]) == 4


def test_m6_a_job_without_a_monitor_leaves_no_receipt(store: Store) -> None:
    job = store.add_job(1)
    store.settlement.commit([], [success(job, 0)])
    assert store.database["receipts"].count_documents({}) == 0
    assert "monitorId" not in store.raw_job(job.id)


def test_the_end_of_a_round_is_taken_after_its_last_page(store: Store) -> None:
    following = Following(store)
    job = following.begin_round()
    ends = [following.end(job, number, sold()) for number in range(3)]
    store.settlement.commit([], ends[:2])
    store.settlement.commit([], ends[2:])
    found = store.database["receipts"].find().sort("_id", 1)
    # The one that ends the job is that of its last targets: no commit writes two.
    assert [(one["targets"], one["isLast"]) for one in found] == [([0, 1], False), ([2], True)]
    # As a machine whose clock is behind would have named it.
    last = store.database["receipts"].find_one_and_delete({"isLast": True})
    store.database["receipts"].insert_one({**last, "_id": "0" * 24})
    following.observe()
    assert following.events[-1]["type"] == "monitor.round.completed"
    assert following.events[-1]["data"]["checks"]["ok"] == 3


def test_one_observer_at_a_time_has_a_project(store: Store) -> None:
    following = Following(store, 1)
    following.round(sold(), observe=False)
    feeds = Feeds(store.database)
    lease = feeds.claim(PROJECT, seconds=60)
    assert lease is not None
    assert following.observer.step() > 0
    assert not following.changes
    feeds.release(lease)
    assert following.observer.step() == 0
    assert following.changes


def test_who_lost_the_lease_writes_nothing(store: Store) -> None:
    following = Following(store, 1)
    following.round(sold(), observe=False)
    feeds, receipts = Feeds(store.database), Receipts(store.database)
    slow = feeds.claim(PROJECT, seconds=-1)
    quick = feeds.claim(PROJECT, seconds=60)
    receipt = receipts.find_next(PROJECT)
    assert slow is not None
    assert quick is not None
    assert receipt is not None
    with pytest.raises(LeaseLost):
        observing(store).take(receipt, slow)
    assert not following.changes
    assert following.watch().known == {}
    observing(store).take(receipt, quick)
    with pytest.raises(LeaseLost):
        observing(store).take(receipt, quick)
    assert len(following.changes) == 1


def test_an_observer_that_shall_stop_takes_nothing_more(store: Store) -> None:
    following = Following(store, 1)
    following.round(sold(), observe=False)
    stop = Event()
    stop.set()
    receipts = Receipts(store.database)
    Observer(receipts, Feeds(store.database), observing(store), stop=stop).step()
    assert receipts.projects() == [PROJECT]


def test_a_watch_that_was_deleted_is_skipped(store: Store) -> None:
    following = Following(store)
    store.database["watches"].delete_one({"value": asin(1)})
    following.round(sold(), sold(), sold())
    assert [change.value for change in following.changes] == [asin(0), asin(2)]


def test_receipts_of_a_deleted_monitor_go(store: Store) -> None:
    following = Following(store, 1)
    store.database["monitors"].delete_many({})
    following.round(sold())
    assert not following.changes


def test_m5_the_history_over_many_pieces_is_what_was_seen(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "MAX_CHECKS", 10)
    following = Following(store, 1)
    prices = [f"{20 + number // 2}.00" for number in range(24)]
    for price in prices:
        following.round(sold(price), observe=False)
    following.observe()
    watch = following.watch()
    assert watch.chunk is not None
    pieces = [chunk_from_stored(one) for one in Chunks(store.database).of_watch(watch.id)]
    assert len(pieces) == 2
    pieces.append(chunk_from_document(watch.chunk))
    assert sum(len(checks_of(piece)) for piece in pieces) == 24
    assert [int(step.value) for step in steps_of(pieces, "price")] == list(range(20, 32))


CHEAP = {
    "all": [
        {"field": "price", "is": "at_most", "value": 19.99},
        {"field": "availability", "is": "one_of", "value": ["in_stock", "limited"]},
    ]
}


class TestAlerts:
    def test_one_event_a_round_with_each_product_that_crossed(self, store: Store) -> None:
        following = Following(store)
        alert = following.add_alert(CHEAP)
        following.round(sold(), sold(), sold())
        following.round(sold("18.00"), sold("19.99"), sold("18.00", availability="out_of_stock"))
        following.round(sold("17.00"), sold("19.00"), sold("18.00", availability="in_stock"))
        told = [one["data"] for one in following.events if one["type"] == "alert.fired"]
        assert [[f["value"] for f in data["firings"]] for data in told] == [
            [asin(0), asin(1)],
            [asin(2)],
        ]
        first = told[0]["firings"][0]
        assert (first["cause"], first["field"], first["availability"]) == (
            "level",
            "price",
            "in_stock",
        )
        assert (str(first["after"]["amount"]), str(first["deltaPercent"])) == ("18.00", "-10.00")
        assert len(following.firings(alert)) == 3

    def test_many_products_are_one_event_that_says_how_many_more(self, store: Store) -> None:
        following = Following(store, 60)
        following.add_alert({"field": "price", "is": "below", "value": 100})
        following.round(*[sold() for _ in range(60)])
        [event] = [one["data"] for one in following.events if one["type"] == "alert.fired"]
        assert (len(event["firings"]), event["more"]) == (50, 10)

    def test_the_lowest_price_of_some_days_looks_into_the_history(self, store: Store) -> None:
        following = Following(store, 1)
        alert = following.add_alert({"field": "price", "is": "lowest_in", "days": 1})
        for price in [*["20.00"] * 30, "19.00", "19.00", "18.50", "19.50"]:
            following.round(sold(price), observe=False)
        following.observe()
        assert [str(one["after"]["amount"]) for one in following.firings(alert)] == [
            "19.00",
            "18.50",
        ]


def test_retention_leaves_rounds_alone_that_nobody_has_looked_at(store: Store) -> None:
    following = Following(store, 1)
    seen = following.round(sold())
    waiting = following.round(sold("18.00"), observe=False)
    plain = store.add_job(1)
    store.settlement.commit([], [success(plain, 0)])
    removals = Removals(store.database)
    later = utc_now() + timedelta(days=1)
    assert set(removals.ended_before(later, 100)) == {seen.id, plain.id}
    following.observe()
    assert waiting.id in removals.ended_before(later, 100)


def test_history_stays_when_the_rounds_are_removed(store: Store) -> None:
    following = Following(store, 1)
    jobs = [following.round(sold()).id, following.round(sold("18.00")).id]
    removals = Removals(store.database)
    store.transactions.run(lambda session: removals.take_out(jobs, session))
    while removals.jobs():
        removals.sweep(removals.jobs()[0])
    assert store.database["results"].count_documents({}) == 0
    following.round(sold("17.00"))
    assert following.told == [
        (asin(0), "price", 200_000, 180_000),
        (asin(0), "price", 180_000, 170_000),
    ]

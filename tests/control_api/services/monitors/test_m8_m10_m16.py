"""What a feed, a wait and a backlog cost, as counts: M8, M10 and M16."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from control_api.worker import observer
from storage.base.connections import open_database
from storage.monitors.changes import Changes
from storage.monitors.receipts import Receipts
from tests.control_api.services.monitors.following import PROJECT, Following, sold
from tests.stores import Store

PAGE = 10


class Answers(CommandListener):
    """How many documents each answer of a collection had."""

    def __init__(self) -> None:
        self.sizes: defaultdict[str, list[int]] = defaultdict(list)
        self.sent: Counter[str] = Counter()
        self._asked: dict[int, str] = {}

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in ("find", "distinct"):
            self._asked[event.request_id] = str(event.command[event.command_name])
        self.sent[event.command_name] += 1

    def succeeded(self, event: CommandSucceededEvent) -> None:
        name = self._asked.pop(event.request_id, None)
        if name is not None:
            cursor: Any = event.reply.get("cursor", {"firstBatch": event.reply.get("values")})
            self.sizes[name].append(len(cursor["firstBatch"]))

    def failed(self, event: CommandFailedEvent) -> None:
        self._asked.pop(event.request_id, None)


@contextmanager
def listened(store: Store) -> Iterator[tuple[Store, Answers]]:
    answers = Answers()
    options: dict[str, Any] = {"event_listeners": [answers], "tz_aware": True}
    with MongoClient(store.config.mongodb_uri, **options) as client:
        yield Store(store.config, open_database(client, store.config), store.redis), answers


def test_m8_a_page_of_the_feed_reads_what_it_answers_wherever_it_stands(store: Store) -> None:
    following = Following(store, 100)
    for number in range(4):
        following.round(*[sold(f"{20 + number}.00")] * 100)
    changes = Changes(store.database)
    last = following.changes[-1].seq
    assert last == 400
    plans = []
    for seq in (0, last // 2, last - PAGE):
        assert [one.seq for one in changes.after(PROJECT, seq, limit=PAGE)] == [
            seq + number for number in range(1, PAGE + 1)
        ]
        keys = {"$gt": f"{PROJECT}:{seq:012d}", "$lt": f"{PROJECT};"}
        found = store.database["changes"].find({"_id": keys}).sort("_id", 1).limit(PAGE)
        done = found.explain()["executionStats"]
        plans.append((done["totalKeysExamined"], done["totalDocsExamined"]))
    assert plans == [(PAGE, PAGE)] * 3


def test_m8_the_feed_asks_for_a_range_of_keys_and_skips_nothing(store: Store) -> None:
    Following(store, 3).round(sold(), sold(), sold())
    asked: list[Any] = []

    class Asked(Answers):
        def started(self, event: CommandStartedEvent) -> None:
            asked.append(event.command)

    with MongoClient(store.config.mongodb_uri, event_listeners=[Asked()], tz_aware=True) as client:
        Changes(open_database(client, store.config)).after(PROJECT, 2, limit=PAGE)
    [command] = [one for one in asked if one.get("find") == "changes"]
    assert command["filter"] == {"_id": {"$gt": f"{PROJECT}:000000000002", "$lt": f"{PROJECT};"}}
    assert (command["sort"], command["limit"], "skip" in command) == ({"_id": 1}, PAGE, False)


def test_m10_a_change_is_told_while_the_job_runs_on(store: Store) -> None:
    following = Following(store, 2)
    following.round(sold(), sold())
    job = following.begin_round()
    store.settlement.commit([], [following.end(job, 0, sold("18.00"))])
    # One turn of the observer, which rests for less than a second between two.
    assert following.observer.step() == 0
    assert following.told == [(following.asins[0], "price", 200_000, 180_000)]
    assert following.events[-1]["type"] == "monitor.changed"
    assert store.job(job.id).status.value == "running"
    assert observer.IDLE_SECONDS < 1


@pytest.mark.parametrize("rounds", [2, 8])
def test_m16_a_backlog_is_drained_a_receipt_at_a_time(store: Store, rounds: int) -> None:
    """However much waits: what the observer holds at once is one commit's worth."""
    following = Following(store, 20)
    for _ in range(rounds):
        following.round(*[sold()] * 20, observe=False)
    assert store.database["receipts"].count_documents({}) == rounds
    with listened(store) as (own, answers):
        following.store = own
        following.observe()
    assert Receipts(store.database).projects() == []
    assert max(answers.sizes["receipts"]) == 1
    assert max(answers.sizes["watches"]) == max(answers.sizes["results"]) == 20
    # One transaction a receipt.
    assert answers.sent["commitTransaction"] == rounds

"""Without MongoDB: what is known, what a transaction does, what becomes of its locks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import ConnectionFailure

from storage.base.away import StorageAway
from storage.base.connections import REQUESTS, connect_mongo, open_database
from storage.base.server_watch import ServerAway, ServerWatch
from storage.base.transactions import Transactions
from tests.reliability.relay import Relay
from tests.stores import Store


@pytest.fixture
def relay(store: Store) -> Iterator[Relay]:
    _, port = store.database.client.address
    with Relay(port) as relay:
        yield relay


@pytest.fixture
def client(store: Store, relay: Relay) -> Iterator[Any]:
    uri = f"mongodb://127.0.0.1:{relay.port}/?directConnection=true"
    with connect_mongo(replace(store.config, mongodb_uri=uri), REQUESTS) as client:
        client.admin.command("ping")
        yield client


def wait_until(condition: Any, seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("fault", ["refuse", "drop"])
def test_it_hears_that_the_server_goes_and_comes(client: Any, relay: Relay, fault: str) -> None:
    watch = ServerWatch(client)
    assert not watch.is_away()
    getattr(relay, fault)()
    wait_until(watch.is_away)
    with pytest.raises(ServerAway) as caught:
        watch.require()
    assert isinstance(caught.value, StorageAway)
    relay.pass_on()
    wait_until(lambda: not watch.is_away())
    watch.require()


def test_a_transaction_gives_up_and_its_locks_are_freed_when_the_server_is_back(
    client: Any, relay: Relay, store: Store
) -> None:
    """Otherwise the next writer of the same document waits for a minute."""
    watch = ServerWatch(client)
    projects = open_database(client, store.config)["projects"]
    projects.insert_one({"_id": "a", "number": 0})
    calls = []

    def work(session: Any) -> None:
        calls.append(1)
        projects.update_one({"_id": "a"}, {"$inc": {"number": 1}}, session=session)
        relay.drop()
        projects.update_one({"_id": "a"}, {"$inc": {"number": 1}}, session=session)

    began = time.monotonic()
    with pytest.raises(ServerAway):
        Transactions(client, watch=watch).run(work)
    assert time.monotonic() - began < 3.0
    assert calls == [1]
    relay.pass_on()
    wait_until(lambda: not watch.is_away())
    began = time.monotonic()
    store.database["projects"].update_one({"_id": "a"}, {"$inc": {"number": 10}})
    assert time.monotonic() - began < 3.0
    assert store.database["projects"].find_one({"_id": "a"})["number"] == 10
    wait_until(lambda: "end-sessions" not in [thread.name for thread in threading.enumerate()])


def test_a_lost_commit_is_not_repeated_while_the_server_is_away(
    client: Any, relay: Relay, store: Store
) -> None:
    projects = open_database(client, store.config)["projects"]

    def work(session: Any) -> None:
        projects.insert_one({"_id": "b"}, session=session)
        relay.drop()

    began = time.monotonic()
    with pytest.raises(ConnectionFailure):
        Transactions(client, watch=ServerWatch(client)).run(work)
    assert time.monotonic() - began < 3.0
    relay.pass_on()


def test_a_transaction_still_waits_for_others_that_write_the_same(
    client: Any, store: Store
) -> None:
    projects = open_database(client, store.config)["projects"]
    projects.insert_one({"_id": "c", "number": 0})
    transactions = Transactions(client, watch=ServerWatch(client))

    def work(session: Any) -> None:
        projects.update_one({"_id": "c"}, {"$inc": {"number": 1}}, session=session)

    threads = [threading.Thread(target=transactions.run, args=(work,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.database["projects"].find_one({"_id": "c"})["number"] == 10

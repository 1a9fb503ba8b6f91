"""Which errors of real servers are StorageAway, and that all others stay what they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import redis
from pymongo import InsertOne
from pymongo.errors import DuplicateKeyError, OperationFailure

from storage.base.away import MongoAway, RedisAway, StorageAway, is_defect, kind_of
from storage.base.connections import (
    REQUESTS,
    connect_async_redis,
    connect_mongo,
    connect_redis,
    open_database,
)
from storage.base.transactions import in_transaction
from tests.failing_mongod import failing
from tests.stores import Store

Call = Callable[[Any], object]


def insert_in_transaction(database: Any) -> None:
    in_transaction(
        database.client, lambda session: database.projects.insert_one({"_id": "t"}, session=session)
    )


# Every way in which the repositories call the driver, by the command that it sends.
CALLS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "find": ("find", lambda db: list(db.projects.find())),
    "find_one": ("find", lambda db: db.projects.find_one({"_id": 1})),
    "next batch": ("getMore", lambda db: list(db.projects.find(batch_size=2))),
    "aggregate": ("aggregate", lambda db: list(db.projects.aggregate([{"$match": {}}]))),
    "count": ("aggregate", lambda db: db.projects.count_documents({})),
    "distinct": ("distinct", lambda db: db.projects.distinct("number")),
    "insert": ("insert", lambda db: db.projects.insert_one({"_id": "new"})),
    "insert many": ("insert", lambda db: db.projects.insert_many([{"_id": "new"}])),
    "bulk": ("insert", lambda db: db.projects.bulk_write([InsertOne({"_id": "new"})])),
    "update": ("update", lambda db: db.projects.update_one({"_id": 1}, {"$set": {"number": 2}})),
    "modify": ("findAndModify", lambda db: db.projects.find_one_and_delete({"_id": 1})),
    "delete": ("delete", lambda db: db.projects.delete_many({"_id": 1})),
    "indexes": ("listIndexes", lambda db: db.projects.index_information()),
    "command": ("ping", lambda db: db.client.admin.command("ping")),
    "transaction": ("insert", insert_in_transaction),
    "commit": ("commitTransaction", insert_in_transaction),
}


@pytest.fixture
def filled(store: Store) -> Any:
    store.database["projects"].insert_many([{"_id": number, "number": 0} for number in range(5)])
    return store.database


@pytest.mark.parametrize("name", CALLS)
def test_what_is_not_authorized_is_no_storage_away_in_any_call(filled: Any, name: str) -> None:
    command, call = CALLS[name]
    with failing(filled, command, code=13), pytest.raises(OperationFailure) as caught:
        call(filled)
    assert not isinstance(caught.value, StorageAway)
    assert caught.value.code == 13
    assert filled.projects.count_documents({}) == 5, "nothing is half-written"


# The driver repeats these by itself for two minutes.
@pytest.mark.parametrize("name", [name for name in CALLS if name not in ("transaction", "commit")])
def test_a_server_that_is_too_busy_is_away_in_every_call(filled: Any, name: str) -> None:
    command, call = CALLS[name]
    # ExceededTimeLimit.
    with failing(filled, command, code=262), pytest.raises(MongoAway) as caught:
        call(filled)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("name", ["next batch", "command"])
def test_a_connection_that_ends_is_away(filled: Any, name: str) -> None:
    command, call = CALLS[name]
    with failing(filled, command, closes=True), pytest.raises(StorageAway) as caught:
        call(filled)
    assert kind_of(caught.value) in ("AutoReconnect", "ServerSelectionTimeoutError")


def test_the_driver_still_repeats_a_transaction_that_meets_another_writer(filled: Any) -> None:
    labels = ["TransientTransactionError"]
    with failing(filled, "insert", code=112, times=2, labels=labels):
        insert_in_transaction(filled)
    assert filled.projects.count_documents({"_id": "t"}) == 1


def test_a_duplicate_key_is_a_duplicate_key(filled: Any) -> None:
    with pytest.raises(DuplicateKeyError):
        filled.projects.insert_one({"_id": 1})


@pytest.mark.parametrize(
    ("call", "code"),
    [
        # An index that a query names is not there; one of the name has other options; of two unique ones
        # the second cannot be made.
        (lambda db: list(db.projects.find({"number": 0}).hint("no_such_index")), 2),
        (lambda db: db.projects.create_index("number", name="wrong", unique=False), 86),
        (lambda db: db.projects.create_index("other", name="twice", unique=True), 11000),
    ],
)
def test_a_wrong_index_is_a_defect(filled: Any, call: Call, code: int) -> None:
    filled.projects.create_index("other", name="wrong")
    try:
        with pytest.raises(OperationFailure) as caught:
            call(filled)
        assert caught.value.code == code
        assert is_defect(caught.value)
    finally:
        filled.projects.drop_index("wrong")


def test_a_mongod_that_is_not_there_is_away(store: Store) -> None:
    config = replace(store.config, mongodb_uri="mongodb://127.0.0.1:1/?directConnection=true")
    with connect_mongo(config, REQUESTS) as client, pytest.raises(StorageAway) as caught:
        open_database(client, config)["projects"].find_one()
    assert kind_of(caught.value) == "ServerSelectionTimeoutError"


REDIS_CALLS: dict[str, Callable[[Any], Any]] = {
    "command": lambda client: client.set("key", "1"),
    "script": lambda client: client.register_script("return redis.call('set', 'key', 1)")(),
    "pipeline": lambda client: client.pipeline(transaction=False).set("key", "1").execute(),
    "transaction": lambda client: client.pipeline(transaction=True).set("key", "1").execute(),
    "blocking": lambda client: client.blpop(["list"], timeout=0.01),
}


@pytest.fixture(params=["blocking client", "async client"])
def call_redis(store: Store, request: Any) -> Iterator[Callable[[str, str], Any]]:
    """Do one of REDIS_CALLS with a client for that URL."""

    def by_blocking(name: str, url: str) -> Any:
        with connect_redis(replace(store.config, redis_url=url), REQUESTS) as client:
            return REDIS_CALLS[name](client)

    async def in_loop(name: str, url: str) -> Any:
        async with connect_async_redis(replace(store.config, redis_url=url)) as client:
            return await REDIS_CALLS[name](client)

    is_async = request.param == "async client"
    yield lambda name, url: asyncio.run(in_loop(name, url)) if is_async else by_blocking(name, url)
    with redis.Redis.from_url(store.config.redis_url) as admin:
        admin.config_set("maxmemory", 0)
        admin.acl_deluser("stranger")


@pytest.mark.parametrize("name", REDIS_CALLS)
def test_a_redis_that_is_not_there_is_away(call_redis: Any, name: str) -> None:
    with pytest.raises(RedisAway):
        call_redis(name, "redis://127.0.0.1:1/0")


@pytest.mark.parametrize("name", ["command", "script", "pipeline", "transaction"])
def test_a_redis_without_memory_is_away(call_redis: Any, store: Store, name: str) -> None:
    store.redis.config_set("maxmemory", 1)
    store.redis.config_set("maxmemory-policy", "noeviction")
    with pytest.raises(RedisAway):
        call_redis(name, store.config.redis_url)


@pytest.mark.parametrize("name", REDIS_CALLS)
def test_a_user_without_rights_or_password_is_no_redis_away(
    call_redis: Any, store: Store, name: str
) -> None:
    store.redis.acl_setuser("stranger", enabled=True, passwords=["+word"], commands=["+ping"])
    place = store.config.redis_url.removeprefix("redis://")
    for login in ("stranger:word", "stranger:wrong"):
        with pytest.raises(redis.RedisError) as caught:
            call_redis(name, f"redis://{login}@{place}")
        assert not isinstance(caught.value, StorageAway)

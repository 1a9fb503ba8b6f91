"""Data of the release before, made into this one's: in order, once, from wherever it was interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase
from storage.base.indexes import missing_indexes
from storage.base.migrations import MIGRATIONS, Migration, MigrationRunning, migrate, pending
from tests.stores import Store


@pytest.fixture(autouse=True)
def older_release(database: MongoDatabase) -> Iterator[None]:
    database["schema"].delete_many({})
    yield
    database["schema"].delete_many({})


def test_numbers_are_given_once_and_in_order() -> None:
    assert [one.number for one in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_each_runs_once_and_in_order(database: MongoDatabase) -> None:
    ran: list[int] = []
    steps = [Migration(n, f"step {n}", lambda _, n=n: ran.append(n)) for n in (2, 1)]  # type: ignore[misc]
    assert migrate(database, steps) == ["step 1", "step 2"]
    assert migrate(database, steps) == []
    assert ran == [1, 2]
    third = Migration(3, "step 3", lambda _: ran.append(3))
    assert [one.number for one in pending(database, [*steps, third])] == [3]
    assert migrate(database, [*steps, third]) == ["step 3"]
    assert missing_indexes(database) == []


def test_one_that_was_interrupted_is_run_again(database: MongoDatabase) -> None:
    tries: list[int] = []

    def fail_at_first(_: MongoDatabase) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("the process dies")

    steps = [Migration(1, "first", lambda _: None), Migration(2, "second", fail_at_first)]
    with pytest.raises(RuntimeError):
        migrate(database, steps)
    assert migrate(database, steps) == ["second"]


def test_two_processes_do_not_migrate_at_once(database: MongoDatabase) -> None:
    def another(inner: MongoDatabase) -> None:
        with pytest.raises(MigrationRunning):
            migrate(inner, [])

    assert migrate(database, [Migration(1, "first", another)]) == ["first"]


def test_a_process_that_died_keeps_nobody_out_for_ever(database: MongoDatabase) -> None:
    past = utc_now() - timedelta(seconds=1)
    database["schema"].insert_one({"_id": "lock", "owner": "gone", "until": past})
    assert migrate(database, []) == []


def test_who_lost_the_lock_neither_renews_nor_releases_anothers(database: MongoDatabase) -> None:
    anothers = {"_id": "lock", "owner": "another", "until": utc_now() + timedelta(seconds=30)}

    def take_too_long(inner: MongoDatabase) -> None:
        inner["schema"].replace_one({"_id": "lock"}, anothers)

    steps = [
        Migration(1, "slow", take_too_long),
        Migration(2, "next", lambda _: pytest.fail("two migrate")),
    ]
    with pytest.raises(MigrationRunning):
        migrate(database, steps)
    found = database["schema"].find_one({"_id": "lock"})
    assert found is not None and found["owner"] == "another"
    assert abs(found["until"] - anothers["until"]) < timedelta(milliseconds=1)  # type: ignore[operator]
    # Whoever holds the lock runs it again.
    assert [one.number for one in pending(database, steps)] == [1, 2]


def test_the_lock_is_renewed_after_each_migration(database: MongoDatabase) -> None:
    soon, seen = utc_now() + timedelta(seconds=30), []

    def near_the_end(inner: MongoDatabase) -> None:
        inner["schema"].update_one({"_id": "lock"}, {"$set": {"until": soon}})

    def look(inner: MongoDatabase) -> None:
        seen.append((inner["schema"].find_one({"_id": "lock"}) or {})["until"])

    migrate(database, [Migration(1, "long", near_the_end), Migration(2, "next", look)])
    assert seen[0] > soon + timedelta(minutes=5)
    assert database["schema"].find_one({"_id": "lock"}) is None


def test_keys_of_former_members_end(database: MongoDatabase) -> None:
    database["users"].insert_one({"_id": "u1", "organizationId": "o1", "emailKey": "a@b.de"})
    database["api_keys"].insert_many(
        {"_id": key, "keyHash": key, "createdBy": maker, "organizationId": organization}
        for key, maker, organization in (
            ("stays", "u1", "o1"),
            ("moved", "u1", "o2"),
            ("gone", "u2", "o1"),
        )
    )
    migrate(database)
    assert [key["_id"] for key in database["api_keys"].find()] == ["stays"]


def test_seeds_of_open_jobs_name_their_target(store: Store, database: MongoDatabase) -> None:
    job = store.add_job(2)
    store.settlement.cancel(store.add_job(1).id)
    migrate(database)
    seeds = {found["jobId"]: found["seed"] for found in database["targets"].find()}
    assert seeds.pop(job.id)["target"] == "B000000001"
    (of_ended,) = seeds.values()
    assert "target" not in of_ended


def test_jobs_carry_the_texts_of_their_first_targets(store: Store, database: MongoDatabase) -> None:
    job = store.add_job(25)
    written = store.job(job.id).head
    database["jobs"].update_one({"_id": job.id}, {"$unset": {"head": ""}})
    assert store.job(job.id).head == ()
    migrate(database)
    assert store.job(job.id).head == written == [f"B{index:09d}" for index in range(20)]

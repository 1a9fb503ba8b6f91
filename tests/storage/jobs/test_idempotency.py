from __future__ import annotations

from datetime import timedelta

import pytest
from pymongo.database import Database

from storage.base.clock import utc_now
from storage.base.indexes import create_indexes
from storage.base.transactions import in_transaction
from storage.jobs.idempotency import IdempotencyKeys, KeyInUse, KeyUse


@pytest.fixture
def keys(mongo_database: Database) -> IdempotencyKeys:
    create_indexes(mongo_database)
    return IdempotencyKeys(mongo_database)


def insert(keys: IdempotencyKeys, database: Database, organization: str, use: KeyUse) -> None:
    in_transaction(
        database.client,
        lambda session: keys.insert(organization, "key", use, session=session),
    )


def test_a_key_is_found_in_its_organization_only(
    keys: IdempotencyKeys, mongo_database: Database
) -> None:
    use = KeyUse("print", "job")
    insert(keys, mongo_database, "one", use)
    assert keys.find("one", "key") == use
    assert keys.find("two", "key") is None
    assert keys.find("one", "other") is None


def test_a_key_is_taken_once(keys: IdempotencyKeys, mongo_database: Database) -> None:
    insert(keys, mongo_database, "one", KeyUse("first", "job"))
    with pytest.raises(KeyInUse):
        insert(keys, mongo_database, "one", KeyUse("second", "job"))
    assert keys.find("one", "key") == KeyUse("first", "job")


def test_a_key_of_yesterday_is_free_again(keys: IdempotencyKeys, mongo_database: Database) -> None:
    insert(keys, mongo_database, "one", KeyUse("first", "job"))
    mongo_database["idempotency"].update_one(
        {}, {"$set": {"expiresAt": utc_now() - timedelta(seconds=1)}}
    )
    assert keys.find("one", "key") is None
    insert(keys, mongo_database, "one", KeyUse("second", "job 2"))
    assert keys.find("one", "key") == KeyUse("second", "job 2")

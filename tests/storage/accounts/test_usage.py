from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pymongo.database import Database

from storage.accounts.usage import Usage, UsageCounters
from storage.base.indexes import create_indexes
from storage.base.transactions import in_transaction

MARCH = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def counters(mongo_database: Database) -> UsageCounters:
    create_indexes(mongo_database)
    return UsageCounters(mongo_database)


def add(counters: UsageCounters, database: Database, more: Usage, at: datetime) -> Usage:
    return in_transaction(
        database.client, lambda session: counters.add("org", more, session=session, at=at)
    )


def test_sums_grow_within_a_month(counters: UsageCounters, mongo_database: Database) -> None:
    assert add(counters, mongo_database, Usage(jobs=1, targets=5), MARCH) == Usage(1, 5, 0)
    assert add(counters, mongo_database, Usage(exports=2), MARCH) == Usage(1, 5, 2)
    assert counters.get_month("org", MARCH) == Usage(1, 5, 2)


def test_a_month_begins_at_zero(counters: UsageCounters, mongo_database: Database) -> None:
    add(counters, mongo_database, Usage(jobs=1), MARCH)
    assert counters.get_month("org", APRIL) == Usage()
    assert add(counters, mongo_database, Usage(jobs=1), APRIL) == Usage(jobs=1)


def test_an_aborted_transaction_counts_nothing(
    counters: UsageCounters, mongo_database: Database
) -> None:
    def work(session) -> None:
        counters.add("org", Usage(jobs=1), session=session, at=MARCH)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError):
        in_transaction(mongo_database.client, work)
    assert counters.get_month("org", MARCH) == Usage()

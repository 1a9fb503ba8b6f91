"""No crawl waits for the keeper of pages, and none fails by it: what is not kept is counted."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from spiders.saved import keeper as keeper_module
from spiders.saved.keeper import MAX_HELD_BYTES, PageKeeper
from storage.base.connections import connect_mongo, open_database
from storage.pages.page_counts import PageCounts
from storage.pages.saved_pages import SavedPages
from tests.spiders.saved.pages import page_of
from tests.stores import Store


def keep(store: Store, *bodies: bytes, job_id: str, max_bytes: int = 1 << 30) -> dict[str, int]:
    """What becomes of a page of each body."""
    keeper = PageKeeper(store.database, max_bytes=max_bytes, days=1)
    keeper.start()
    for number, body in enumerate(bodies, start=1):
        assert keeper.hold(len(body))
        keeper.keep(replace(page_of(job_id, number=number), body=body))
    keeper.close()
    assert keeper._held_bytes == 0
    return PageCounts(store.database).get_all()


def test_pages_are_kept_with_their_job_alone(store: Store) -> None:
    job = store.add_job(1)
    assert keep(store, b"a" * 1000, b"b" * 1000, job_id=job.id) == {"kept": 2}
    assert keep(store, b"c", job_id="a-job-that-is-gone") == {"kept": 2, "gone": 1}
    assert store.database["saved_pages"].count_documents({}) == 2


def test_a_page_that_is_too_large_is_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "MAX_STORED_BYTES", 1000)
    job = store.add_job(1)
    assert keep(store, os.urandom(1100), b"small", job_id=job.id) == {"too_large": 1, "kept": 1}


def test_without_room_nothing_is_kept(store: Store) -> None:
    job = store.add_job(1)
    SavedPages(store.database).keep([page_of(job, number=9)])
    assert keep(store, b"a", b"b", job_id=job.id, max_bytes=10) == {"full": 2}
    assert keep(store, b"a", job_id=job.id, max_bytes=10_000) == {"full": 2, "kept": 1}


def test_a_store_that_refuses_loses_a_page_and_keeps_the_next(store: Store) -> None:
    job = store.add_job(1)
    keeper = PageKeeper(store.database, max_bytes=1 << 30, days=1)
    keeper.start()
    # BSON takes no such number.
    keeper.keep(replace(page_of(job), read_with={"page": 1 << 70}))
    deadline = time.monotonic() + 5
    while PageCounts(store.database).get_all() != {"lost": 1}:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    keeper.keep(page_of(job, number=2))
    keeper.close()
    assert PageCounts(store.database).get_all() == {"lost": 1, "kept": 1}


def test_a_store_that_is_away_holds_nobody_up(store: Store) -> None:
    away = replace(
        store.config,
        mongodb_uri="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100&directConnection=true",
    )
    client = connect_mongo(away)
    keeper = PageKeeper(open_database(client, away), max_bytes=1 << 30, days=1)
    keeper.start()
    body = b"a" * 1000
    began = time.monotonic()
    for number in range(100):
        assert keeper.hold(len(body))
        keeper.keep(replace(page_of("a-job", number=number), body=body))
    assert time.monotonic() - began < 1.0
    keeper._is_over = True
    client.close()


def test_more_than_memory_may_hold_is_not_held(store: Store) -> None:
    keeper = PageKeeper(store.database, max_bytes=1 << 30, days=1)
    assert keeper.hold(MAX_HELD_BYTES - 10)
    assert not keeper.hold(11)
    keeper.let_go(1)
    assert keeper.hold(11)


def test_the_oldest_pages_of_whoever_has_most_make_room(store: Store) -> None:
    large = store.add_job(1, organization_id="large")
    small = store.add_job(1, organization_id="small")
    saved = SavedPages(store.database)
    body = os.urandom(10_000)
    for number in range(1, 11):
        saved.keep([page_of(large, number=number, body=body)])
    saved.keep([page_of(small, number=1, body=body)])
    assert saved.make_room(1 << 20) == 0
    # 11 pages of a good 10 kB each: down to 90 % of 60 kB.
    assert saved.make_room(60_000) == 7
    left = [found["_id"] for found in store.database["saved_pages"].find({}, {"_id": 1})]
    numbers = [int(id_[-4:]) for id_ in left if id_.startswith(large.id)]
    assert numbers == [8, 9, 10]
    assert len(left) == 4

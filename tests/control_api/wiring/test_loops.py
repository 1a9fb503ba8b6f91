"""The worker's loops as they are started, on stores in which a document or a key of each is broken."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event

from control_api.wiring.loops import worker_loops
from control_api.wiring.stores import Stores
from storage.base.clock import utc_now
from storage.queue.defects import Defects
from storage.queue.seed_keys import SeedKeys
from tests.stores import Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]

PLACES = {"feeder", "reconciler", "fleet", "dispatcher", "webhooks", "observer", "schedules"}


def break_all(store: Store) -> None:
    store.add_job(1, spider="amazon_search")
    # Keys of another kind: WRONGTYPE.
    store.redis.set(SeedKeys("amazon_search").ready, "a text")
    store.redis.set(SeedKeys("amazon_search").expiry, "a text")
    store.redis.set("crawlers:beats", "a text")
    store.database["runs"].insert_one({"_id": "a", "state": "running", "isOpen": True})
    store.database["outbox"].insert_one({"_id": "a", "dispatchedAt": None})
    store.database["receipts"].insert_one({"_id": "a", "projectId": "a", "isLast": False})
    past = utc_now() - timedelta(minutes=1)
    store.database["schedules"].insert_one({"_id": "a", "enabled": True, "nextRunAt": past})


def test_a_defect_in_any_loop_is_counted_under_its_name(store: Store) -> None:
    break_all(store)
    stop = Event()
    stores = Stores.of_loops(store.config)
    loops = worker_loops(stores, stop)
    for loop in loops:
        loop.start()
    try:
        end = time.monotonic() + 15
        while missing := PLACES - Defects(store.redis).get_all().keys():
            assert time.monotonic() < end, f"not counted: {missing}"
            time.sleep(0.05)
    finally:
        stop.set()
        for loop in loops:
            loop.join(10)
        stores.close()

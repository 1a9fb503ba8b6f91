"""The seeds in Redis, as the worker pushes, counts and forgets them."""

from __future__ import annotations

from collections import Counter

import pytest

from storage.queue.seed_keys import CANCELLED_JOBS
from storage.queue.seed_queue import HeldSeeds
from tests.storage.queue.seeding import KEYS, MALFORMED, seed, seeds
from tests.stores import SPIDER, Store


def test_a_seed_is_pushed_once_however_often_it_is_offered(store: Store) -> None:
    assert store.queue.push(SPIDER, seeds("a", "b")) == 2
    assert store.queue.push(SPIDER, seeds("a", "b", "c")) == 1
    assert store.redis.lrange(KEYS.ready, 0, -1) == [s.message for s in seeds("a", "b", "c")]


def test_pushing_nothing_is_no_call_to_redis(store: Store) -> None:
    assert store.queue.push(SPIDER, []) == 0


def test_a_cancelled_jobs_seeds_are_dropped_and_the_others_stay(store: Store) -> None:
    store.queue.push(SPIDER, seeds("a", "b", job="gone"))
    store.queue.push(SPIDER, seeds("c"))
    store.queue.forget_jobs(["gone"])
    assert store.redis.lrange(KEYS.ready, 0, -1) == [seed("c").message]
    assert store.queue.unknown(SPIDER, ["a", "b", "c"]) == ["a", "b"]


def test_cancelled_jobs_are_forgotten_in_the_end(store: Store) -> None:
    store.queue.forget_jobs(["gone"])
    assert 0 < store.redis.ttl(CANCELLED_JOBS) <= 3600


@pytest.mark.parametrize("message", MALFORMED, ids=repr)
def test_a_malformed_seed_does_not_stop_the_worker(store: Store, message: bytes) -> None:
    store.redis.rpush(KEYS.ready, message)
    store.queue.push(SPIDER, seeds("a"))
    assert store.queue.drop_dead_entries(SPIDER) == 0
    store.queue.forget_jobs(["a-job"])
    assert store.queue.depth(SPIDER).ready == 1


def test_the_feeder_is_woken_once_however_many_jobs_came(store: Store) -> None:
    store.queue.wake_feeder()
    store.queue.wake_feeder()
    assert store.queue.wait_for_wake(1) is True
    assert store.queue.wait_for_wake(0.1) is False


def test_a_seed_of_an_earlier_version_is_of_its_marketplace_and_of_nobody(store: Store) -> None:
    store.redis.hset(KEYS.known, "old", "US")
    assert store.queue.held(SPIDER) == HeldSeeds(Counter(US=1), Counter({"": 1}))


def test_seeds_that_are_next_go_before_all_others_in_their_order(store: Store) -> None:
    store.queue.push(SPIDER, seeds("a", "b"))
    assert store.queue.push(SPIDER, seeds("b", "c", "d"), are_next=True) == 2
    ready = store.redis.lrange(KEYS.ready, 0, -1)
    assert ready == [one.message for one in seeds("c", "d", "a", "b")]

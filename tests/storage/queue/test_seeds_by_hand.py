"""Seeds that people and other programs push: crawlers take what is a seed and refuse the rest alone."""

from __future__ import annotations

import json

import pytest

from storage.queue.seed_queue import QueueDepth
from tests.storage.queue.seeding import KEYS, MALFORMED, die_again, expire_now, seeds
from tests.stores import SPIDER, CrawlerSide, Store


def test_a_seed_by_hand_that_names_a_cancelled_job_spoils_nothing(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.forget_jobs(["gone"])
    store.redis.rpush(
        KEYS.ready, json.dumps({"url": "https://www.amazon.com/dp/x", "meta": {"jobId": "gone"}})
    )
    store.queue.push(SPIDER, seeds("a"))
    found = crawler_side.take(crawler_side.leases("one"), 9)
    assert [lease.id for lease in found] == ["a"]


def test_a_bare_url_is_a_seed(store: Store, crawler_side: CrawlerSide) -> None:
    store.redis.rpush(KEYS.ready, "https://www.amazon.com/dp/B000000001")
    (lease,) = crawler_side.take(crawler_side.leases("one"), 1)
    assert lease.message == "https://www.amazon.com/dp/B000000001"
    assert lease.id == f"hand:{lease.token}"


@pytest.mark.parametrize("message", MALFORMED, ids=repr)
def test_a_malformed_seed_is_refused_alone(
    store: Store, crawler_side: CrawlerSide, message: bytes
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    store.redis.rpush(KEYS.ready, message)
    store.queue.push(SPIDER, seeds("b"))
    found = crawler_side.take(crawler_side.leases("one"), 9)
    assert [lease.id for lease in found] == ["a", "b"]
    assert store.redis.llen(KEYS.refused) == 1
    assert store.queue.depth(SPIDER) == QueueDepth(ready=0, suspects=0, leased=2)


def test_good_text_of_every_width_is_no_malformed_seed(
    store: Store, crawler_side: CrawlerSide
) -> None:
    text = json.dumps({"url": "https://x/é€🧀ü\u07ff\uffff"}, ensure_ascii=False)
    store.redis.rpush(KEYS.ready, text)
    (lease,) = crawler_side.take(crawler_side.leases("one"), 1)
    assert lease.message == text


def test_refused_seeds_take_no_endless_room(store: Store, crawler_side: CrawlerSide) -> None:
    store.redis.rpush(KEYS.ready, *["junk"] * 1500)
    one = crawler_side.leases("one")
    while store.queue.depth(SPIDER).ready:
        assert crawler_side.take(one, 100) == []
    assert store.redis.llen(KEYS.refused) == 1000


def test_a_seed_by_hand_that_kills_its_crawlers_is_exhausted_as_well(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.redis.rpush(KEYS.ready, "https://www.amazon.com/dp/B000000001")
    die_again(store, crawler_side, 3)
    (exhausted,) = store.queue.expire_leases(SPIDER, max_deaths=3)
    assert exhausted.id.startswith("hand:")
    store.queue.acknowledge(SPIDER, [exhausted])
    assert set(store.redis.keys()) == {KEYS.fence, f"{SPIDER}:redeliveries"}


def test_a_seed_by_hand_keeps_its_id_over_redelivery(
    store: Store, crawler_side: CrawlerSide
) -> None:
    url = "https://www.amazon.com/dp/B000000001"
    store.redis.rpush(KEYS.ready, url)
    one = crawler_side.leases("one")
    (first,) = crawler_side.take(one, 1)
    crawler_side.run(one.release([(first.id, first.token)]))
    (second,) = crawler_side.take(one, 1)
    expire_now(store.redis)
    store.queue.expire_leases(SPIDER, max_deaths=3)
    (third,) = crawler_side.take(one, 1)
    assert {first.id, second.id, third.id} == {first.id}
    assert third.message == url
    assert third.token > second.token > first.token

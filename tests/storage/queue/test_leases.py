"""Leases on the seeds in Redis, as crawlers take, renew, lose and end them."""

from __future__ import annotations

import json
import time
from collections import Counter
from threading import Thread

import pytest

from storage.base.records import Seed
from storage.queue.leases import SeedWork
from storage.queue.seed_queue import HeldSeeds, QueueDepth
from tests.storage.queue.seeding import KEYS, die_again, expire_now, seed, seeds
from tests.stores import SPIDER, CrawlerSide, Store


def test_a_leased_seed_is_not_pushed_again(store: Store, crawler_side: CrawlerSide) -> None:
    store.queue.push(SPIDER, seeds("a"))
    crawler_side.take(crawler_side.leases("one"), 1)
    assert store.queue.push(SPIDER, seeds("a")) == 0
    assert store.queue.depth(SPIDER) == QueueDepth(ready=0, suspects=0, leased=1)


def test_leases_are_given_oldest_first_and_no_seed_twice(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a", "b", "c", "d"))
    one, two = crawler_side.leases("one"), crawler_side.leases("two")
    assert [lease.id for lease in crawler_side.take(one, 2)] == ["a", "b"]
    assert [lease.id for lease in crawler_side.take(two, 9)] == ["c", "d"]
    assert crawler_side.take(one, 9) == []


def test_a_lease_hands_out_the_message_as_it_was_pushed(
    store: Store, crawler_side: CrawlerSide
) -> None:
    text = json.dumps(
        {
            "url": "https://www.amazon.de/s?k=käse",
            "meta": {"targetId": "a", "keyword": "käse|🧀\n"},
        },
        ensure_ascii=False,
    )
    store.queue.push(SPIDER, [Seed("a", "DE", "a", text)])
    (lease,) = crawler_side.take(crawler_side.leases("one"), 1)
    assert lease.message == text


def test_tokens_grow_with_every_lease_also_after_redis_was_emptied(
    store: Store, crawler_side: CrawlerSide
) -> None:
    leases = crawler_side.leases("one")
    tokens = []
    for _ in range(3):
        store.queue.push(SPIDER, seeds("a", "b"))
        tokens += [lease.token for lease in crawler_side.take(leases, 2)]
        store.redis.flushdb()
    assert tokens == sorted(set(tokens))


def test_an_owners_name_without_the_separator_is_required(crawler_side: CrawlerSide) -> None:
    with pytest.raises(ValueError, match=r"a\|b"):
        crawler_side.leases("a|b")


def test_a_lease_is_left_alone_until_it_expires(store: Store, crawler_side: CrawlerSide) -> None:
    store.queue.push(SPIDER, seeds("a"))
    crawler_side.take(crawler_side.leases("one", seconds=60), 1)
    assert store.queue.expire_leases(SPIDER, max_deaths=3) == []
    assert store.queue.depth(SPIDER).leased == 1


def test_the_seeds_of_a_silent_crawler_become_suspects(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a", "b"))
    crawler_side.take(crawler_side.leases("one", seconds=0.02), 2)
    time.sleep(0.05)
    store.queue.expire_leases(SPIDER, max_deaths=3)
    assert store.queue.depth(SPIDER) == QueueDepth(ready=0, suspects=2, leased=0)


def lose(store: Store, crawler_side: CrawlerSide, count: int, *, owner: str = "dead") -> None:
    """A crawler takes seeds and dies with them."""
    crawler_side.take(crawler_side.leases(owner), count)
    expire_now(store.redis)
    store.queue.expire_leases(SPIDER, max_deaths=9)


def test_after_one_death_a_crawler_gets_as_many_suspects_as_it_welcomes(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a", "b", "c"))
    lose(store, crawler_side, 3)
    store.queue.push(SPIDER, seeds("d", "e"))
    living = crawler_side.leases("living")
    found = crawler_side.take(living, 3, suspects=2)
    assert [(lease.id, lease.deaths) for lease in found] == [("a", 1), ("b", 1), ("d", 0)]
    assert [lease.id for lease in crawler_side.take(living, 9, suspects=0)] == ["e"]
    assert [lease.id for lease in crawler_side.take(living, 9)] == ["c"]


def test_after_two_deaths_a_seed_runs_as_the_only_one_of_its_kind(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a", "b"))
    lose(store, crawler_side, 2)
    lose(store, crawler_side, 2)
    store.queue.push(SPIDER, seeds("c"))
    living = crawler_side.leases("living")
    found = crawler_side.take(living, 9)
    assert [(lease.id, lease.deaths) for lease in found] == [("a", 2), ("c", 0)]
    assert crawler_side.take(living, 9, alone=0) == []
    assert [lease.id for lease in crawler_side.take(living, 9)] == ["b"]


def test_the_third_death_exhausts_a_seed(store: Store, crawler_side: CrawlerSide) -> None:
    store.queue.push(SPIDER, seeds("a"))
    die_again(store, crawler_side, 3)
    (exhausted,) = store.queue.expire_leases(SPIDER, max_deaths=3)
    assert (exhausted.id, exhausted.message) == ("a", seed("a").message)
    assert store.queue.depth(SPIDER) == QueueDepth(ready=0, suspects=0, leased=1)
    store.queue.acknowledge(SPIDER, [exhausted])
    assert set(store.redis.keys()) == {KEYS.fence, f"{SPIDER}:redeliveries"}


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_deaths_of_crawlers_in_which_a_seed_only_waited_condemn_it_never(
    store: Store, crawler_side: CrawlerSide, is_taken_back: bool
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    for number in range(9):
        leases = crawler_side.leases(f"crawler-{number}")
        (lease,) = crawler_side.take(leases, 1)
        if is_taken_back:
            crawler_side.run(leases.mark(lease.id, lease.token, SeedWork.ALONE))
            crawler_side.run(leases.mark(lease.id, lease.token, SeedWork.WAITING))
        expire_now(store.redis)
        assert store.queue.expire_leases(SPIDER, max_deaths=3) == []
    assert store.redis.hget(KEYS.deaths, "a") == "2"


def test_a_death_while_its_page_is_on_the_way_condemns_a_seed_at_the_second_time_alone(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    for number, work in enumerate([SeedWork.WAITING] * 2 + [SeedWork.LOADING] * 2):
        leases = crawler_side.leases(f"crawler-{number}")
        (lease,) = crawler_side.take(leases, 1)
        crawler_side.run(leases.mark(lease.id, lease.token, SeedWork.ALONE))
        if number >= 2:
            crawler_side.run(leases.mark(lease.id, lease.token, work))
        expire_now(store.redis)
        assert store.queue.expire_leases(SPIDER, max_deaths=3) == []
    leases = crawler_side.leases("the last")
    (lease,) = crawler_side.take(leases, 1)
    assert lease.deaths == 2.5
    crawler_side.run(leases.mark(lease.id, lease.token, SeedWork.ALONE))
    expire_now(store.redis)
    assert [one.id for one in store.queue.expire_leases(SPIDER, max_deaths=3)] == ["a"]


def test_a_mark_of_a_lease_that_was_lost_changes_nothing(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    paused, living = crawler_side.leases("paused"), crawler_side.leases("living")
    (old,) = crawler_side.take(paused, 1)
    expire_now(store.redis)
    store.queue.expire_leases(SPIDER, max_deaths=3)
    crawler_side.take(living, 1)
    before = store.redis.hgetall(KEYS.leased)
    crawler_side.run(paused.mark(old.id, old.token, SeedWork.ALONE))
    assert store.redis.hgetall(KEYS.leased) == before


def test_an_exhausted_seed_is_found_again_when_its_finder_died_before_settling_it(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    die_again(store, crawler_side, 3)
    (found,) = store.queue.expire_leases(SPIDER, max_deaths=3)
    assert store.queue.expire_leases(SPIDER, max_deaths=3) == [], "another worker has it now"
    expire_now(store.redis)
    (again,) = store.queue.expire_leases(SPIDER, max_deaths=3)
    assert again == found
    assert store.redis.hget(KEYS.deaths, "a") == "3", "waiting for its end is no death"


def test_a_seed_that_is_done_starts_without_deaths_the_next_time(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    die_again(store, crawler_side, 2)
    store.queue.expire_leases(SPIDER, max_deaths=3)
    living = crawler_side.leases("living")
    (lease,) = crawler_side.take(living, 1)
    crawler_side.run(living.acknowledge([(lease.id, lease.token)]))
    store.queue.push(SPIDER, seeds("a"))
    assert [again.deaths for again in crawler_side.take(living, 1)] == [0]


def test_released_seeds_are_the_next_to_be_taken(store: Store, crawler_side: CrawlerSide) -> None:
    store.queue.push(SPIDER, seeds("a", "b", "c"))
    one, two = crawler_side.leases("one"), crawler_side.leases("two")
    (lease,) = crawler_side.take(one, 1)
    crawler_side.run(one.release([(lease.id, lease.token)]))
    assert [again.id for again in crawler_side.take(two, 2)] == ["a", "b"]


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_released_suspect_stays_one_of_its_kind(
    store: Store, crawler_side: CrawlerSide, deaths: int
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    for _ in range(deaths):
        lose(store, crawler_side, 1)
    living = crawler_side.leases("living")
    (lease,) = crawler_side.take(living, 1)
    crawler_side.run(living.release([(lease.id, lease.token)]))
    assert store.queue.depth(SPIDER) == QueueDepth(ready=0, suspects=1, leased=0)
    welcome = {"suspects": 1, "alone": 0} if deaths == 1 else {"suspects": 0, "alone": 1}
    assert [again.deaths for again in crawler_side.take(living, 1, **welcome)] == [deaths]


@pytest.mark.parametrize("end", ["acknowledge", "release"])
def test_only_the_latest_lease_of_a_seed_may_end_it(
    store: Store, crawler_side: CrawlerSide, end: str
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    paused, living = crawler_side.leases("paused"), crawler_side.leases("living")
    (old,) = crawler_side.take(paused, 1)
    expire_now(store.redis)
    store.queue.expire_leases(SPIDER, max_deaths=3)
    (new,) = crawler_side.take(living, 1)
    crawler_side.run(getattr(paused, end)([(old.id, old.token)]))
    assert store.queue.depth(SPIDER) == QueueDepth(ready=0, suspects=0, leased=1)
    crawler_side.run(getattr(living, end)([(new.id, new.token)]))
    assert store.queue.depth(SPIDER).leased == 0


def test_a_token_is_not_taken_for_another_that_begins_like_it(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a"))
    one = crawler_side.leases("one")
    (lease,) = crawler_side.take(one, 1)
    crawler_side.run(one.acknowledge([(lease.id, lease.token // 10)]))
    assert store.queue.depth(SPIDER).leased == 1


def test_renewal_prolongs_what_is_held_and_names_what_is_lost(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a", "b"))
    one = crawler_side.leases("one", seconds=60)
    first, second = crawler_side.take(one, 2)
    expire_now(store.redis)
    lost = crawler_side.run(one.renew([(first.id, first.token, "a-job")]))
    assert lost == []
    store.queue.expire_leases(SPIDER, max_deaths=3)
    lost = crawler_side.run(
        one.renew([(first.id, first.token, "a-job"), (second.id, second.token, "a-job")])
    )
    assert lost == ["b"]
    assert store.redis.zscore(KEYS.expiry, "b") is None, "a lost lease does not come back to life"


def test_a_seed_that_comes_after_its_jobs_cancel_is_skipped(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.forget_jobs(["gone"])
    store.queue.push(SPIDER, [*seeds("a", "b", job="gone"), *seeds("c")])
    found = crawler_side.take(crawler_side.leases("one"), 1)
    assert [lease.id for lease in found] == ["c"]
    assert store.queue.unknown(SPIDER, ["a", "b"]) == ["a", "b"]


def test_a_crawler_learns_at_its_next_renewal_that_a_job_was_cancelled(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("a", job="gone"))
    one = crawler_side.leases("one")
    (lease,) = crawler_side.take(one, 1)
    store.queue.forget_jobs(["gone"])
    assert crawler_side.run(one.renew([(lease.id, lease.token, "gone")])) == ["a"]


def test_a_crawler_that_waits_wakes_at_once_when_a_seed_comes(
    store: Store, crawler_side: CrawlerSide
) -> None:
    one = crawler_side.leases("one")

    def push_later() -> None:
        time.sleep(0.2)
        store.redis.rpush(KEYS.ready, "https://www.amazon.com/dp/B000000001")

    thread = Thread(target=push_later)
    thread.start()
    begun = time.monotonic()
    crawler_side.run(one.wait(5))
    waited = time.monotonic() - begun
    thread.join()
    assert 0.1 < waited < 1
    assert store.queue.depth(SPIDER).ready == 1, "waiting takes nothing"


def test_waiting_ends_after_its_time(crawler_side: CrawlerSide) -> None:
    begun = time.monotonic()
    crawler_side.run(crawler_side.leases("one").wait(0.2))
    assert 0.15 < time.monotonic() - begun < 2


def test_ids_whose_seed_was_deleted_by_hand_are_forgotten(
    store: Store, crawler_side: CrawlerSide
) -> None:
    store.queue.push(SPIDER, seeds("leased", "suspect"))
    one = crawler_side.leases("one")
    crawler_side.take(one, 2)
    expire_now(store.redis, "suspect")
    store.queue.expire_leases(SPIDER, max_deaths=3)
    store.queue.push(SPIDER, seeds("ready", "deleted"))
    store.redis.lrem(KEYS.ready, 1, seed("deleted").message)
    assert store.queue.drop_dead_entries(SPIDER) == 1
    assert store.queue.unknown(SPIDER, ["leased", "suspect", "ready", "deleted"]) == ["deleted"]


def test_seeds_are_counted_while_redis_holds_them(store: Store, crawler_side: CrawlerSide) -> None:
    others = [seed("b", organization="b"), seed("c", marketplace="DE")]
    store.queue.push(SPIDER, [seed("a"), *others])
    one = crawler_side.leases("one")
    (lease,) = crawler_side.take(one, 1)
    assert store.queue.held(SPIDER) == HeldSeeds(
        by_marketplace=Counter(US=2, DE=1), by_organization=Counter(a=2, b=1)
    )
    crawler_side.run(one.acknowledge([(lease.id, lease.token)]))
    assert store.queue.held(SPIDER) == HeldSeeds(
        by_marketplace=Counter(US=1, DE=1), by_organization=Counter(a=1, b=1)
    )


def test_spiders_share_nothing(store: Store, crawler_side: CrawlerSide) -> None:
    store.queue.push("amazon_search", seeds("a"))
    store.queue.push(SPIDER, seeds("a"))
    crawler_side.take(crawler_side.leases("one"), 1)
    assert store.queue.depth("amazon_search") == QueueDepth(ready=1, suspects=0, leased=0)

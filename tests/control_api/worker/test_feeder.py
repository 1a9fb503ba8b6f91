"""Who is fed when: fairness between organizations, priority and age within one, and no more than
there is room for."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest
from redis.exceptions import ResponseError

from control_api.worker.feeder import FULL_PAUSE_SECONDS, MAX_PER_SITE, SLICE
from storage.base.records import Job, Priority
from storage.queue.seed_keys import SeedKeys
from tests.control_api.worker.conftest import MakeFeeder
from tests.stores import SPIDER, CrawlerSide, Store, new_target, success


def fed_jobs(store: Store, spider: str = SPIDER) -> list[str]:
    """The job of each ready seed, next to be taken first."""
    messages = store.redis.lrange(f"{spider}:start_urls", 0, -1)
    return [json.loads(message)["meta"]["jobId"] for message in messages]


def take(store: Store, count: int) -> None:
    """Crawlers took and settled the first seeds."""
    for _ in range(count):
        message = store.redis.lpop(f"{SPIDER}:start_urls")
        store.redis.hdel(f"{SPIDER}:known", json.loads(message)["meta"]["targetId"])


def runs(jobs: list[str]) -> list[tuple[str, int]]:
    """Neighbours that are alike, counted."""
    found: list[tuple[str, int]] = []
    for job in jobs:
        if found and found[-1][0] == job:
            found[-1] = (job, found[-1][1] + 1)
        else:
            found.append((job, 1))
    return found


def test_a_whole_job_is_fed_where_there_is_room_each_target_once(
    store: Store, make_feeder: MakeFeeder
) -> None:
    job = store.add_job(40)
    feeder = make_feeder()
    assert feeder.feed(SPIDER) is False
    assert feeder.feed(SPIDER) is False
    messages = store.redis.lrange(f"{SPIDER}:start_urls", 0, -1)
    assert [json.loads(m)["meta"]["targetId"] for m in messages] == [
        target.id for target in store.targets.values(job.id)
    ]


def test_organizations_take_turns(store: Store, make_feeder: MakeFeeder) -> None:
    first = store.add_job(3 * SLICE, organization_id="a")
    second = store.add_job(2 * SLICE, organization_id="b")
    make_feeder().feed(SPIDER)
    assert runs(fed_jobs(store)) == [
        (first.id, SLICE),
        (second.id, SLICE),
        (first.id, SLICE),
        (second.id, SLICE),
        (first.id, SLICE),
    ]


def test_the_turn_goes_on_where_the_last_window_ended(
    store: Store, make_feeder: MakeFeeder
) -> None:
    jobs = {name: store.add_job(2 * SLICE, organization_id=name) for name in "abc"}
    feeder = make_feeder(window=SLICE)
    seen: list[str] = []
    for _ in range(6):
        feeder.feed(SPIDER)
        seen += {name for name, job in jobs.items() if job.id in fed_jobs(store)}
        take(store, SLICE)
    assert seen == ["a", "b", "c", "a", "b", "c"]


def test_a_small_job_does_not_wait_behind_a_huge_one(store: Store, make_feeder: MakeFeeder) -> None:
    store.add_job(500, organization_id="huge")
    feeder = make_feeder(window=64)
    feeder.feed(SPIDER)
    small = store.add_job(1, organization_id="small")
    take(store, 32)
    feeder.feed(SPIDER)
    assert fed_jobs(store)[0] == small.id


def test_only_the_first_slice_of_an_organization_goes_before_those_of_others(
    store: Store, make_feeder: MakeFeeder
) -> None:
    huge = store.add_job(500, organization_id="huge")
    feeder = make_feeder(window=64)
    feeder.feed(SPIDER)
    small = store.add_job(3 * SLICE, organization_id="small")
    take(store, 32)
    feeder.feed(SPIDER)
    assert runs(fed_jobs(store)) == [(small.id, SLICE), (huge.id, 48)]
    take(store, SLICE + 32)
    feeder.feed(SPIDER)
    assert fed_jobs(store)[0] == small.id, "nothing of it was left in Redis"
    take(store, 1)
    later = store.add_job(1, organization_id="later")
    feeder.feed(SPIDER)
    assert fed_jobs(store)[:2] == [later.id, small.id]


def lease_all(store: Store) -> None:
    """Crawlers took all seeds, and none of their pages comes."""
    store.redis.delete(f"{SPIDER}:start_urls")


def test_whoever_is_alone_holds_half_of_the_leases_however_slow_the_pages_are(
    store: Store, make_feeder: MakeFeeder
) -> None:
    store.add_job(500, organization_id="slow")
    feeder = make_feeder(max_leases=160)
    for _ in range(5):
        assert feeder.feed(SPIDER) is True, "there is more to feed later"
        lease_all(store)
    assert store.queue.held(SPIDER).by_organization == {"slow": 80}


def test_a_small_job_is_fed_beside_two_organizations_that_hold_all_they_may(
    store: Store, make_feeder: MakeFeeder
) -> None:
    feeder = make_feeder(max_leases=240)
    for name in ("slow", "as slow"):
        store.add_job(500, organization_id=name)
        for _ in range(5):
            feeder.feed(SPIDER)
            lease_all(store)
    small = store.add_job(30, organization_id="small")
    feeder.feed(SPIDER)
    assert fed_jobs(store) == [small.id] * 30
    held = store.queue.held(SPIDER).by_organization
    assert held == {"slow": 120, "as slow": 60, "small": 30}


def test_a_share_grows_with_the_crawlers_and_comes_back_as_targets_end(
    store: Store, make_feeder: MakeFeeder
) -> None:
    add_crawlers(store, 2)
    store.add_job(500, organization_id="a")
    feeder = make_feeder(max_leases=100)
    feeder.feed(SPIDER)
    assert store.queue.held(SPIDER).by_organization == {"a": 100}
    take(store, 30)
    feeder.feed(SPIDER)
    assert store.queue.held(SPIDER).by_organization == {"a": 100}


def test_everybody_may_hold_a_slice_where_crawlers_were_lost(
    store: Store, make_feeder: MakeFeeder
) -> None:
    store.add_job(500, organization_id="a")
    make_feeder(max_leases=200).feed(SPIDER)
    store.add_job(500, organization_id="b")
    make_feeder(max_leases=20).feed(SPIDER)
    assert store.queue.held(SPIDER).by_organization == {"a": 100, "b": SLICE}


def test_within_an_organization_priority_goes_first_and_then_age(
    store: Store, make_feeder: MakeFeeder
) -> None:
    made: dict[str, Job] = {}
    for name, priority in [
        ("low", Priority.LOW),
        ("older", Priority.NORMAL),
        ("newer", Priority.NORMAL),
        ("high", Priority.HIGH),
    ]:
        made[name] = store.add_job(2, priority=priority)
    make_feeder().feed(SPIDER)
    assert runs(fed_jobs(store)) == [(made[n].id, 2) for n in ("high", "older", "newer", "low")]


def test_an_urgent_job_overtakes_what_is_not_fed_yet(store: Store, make_feeder: MakeFeeder) -> None:
    store.add_job(200)
    feeder = make_feeder(window=32)
    feeder.feed(SPIDER)
    urgent = store.add_job(1, priority=Priority.HIGH)
    take(store, 16)
    feeder.feed(SPIDER)
    assert urgent.id in fed_jobs(store)


def test_redis_never_holds_more_ready_seeds_than_the_window(
    store: Store, make_feeder: MakeFeeder
) -> None:
    store.add_job(100)
    feeder = make_feeder(window=20)
    assert feeder.feed(SPIDER) is True
    assert len(fed_jobs(store)) == 20
    assert feeder.step() == FULL_PAUSE_SECONDS
    assert len(fed_jobs(store)) == 20
    take(store, 5)
    feeder.feed(SPIDER)
    assert len(fed_jobs(store)) == 20


def test_spiders_have_a_window_each(store: Store, make_feeder: MakeFeeder) -> None:
    store.add_job(100)
    search = store.add_job(1, spider="amazon_search")
    make_feeder(window=20).step()
    assert fed_jobs(store, "amazon_search") == [search.id]


def test_a_spider_whose_queue_is_broken_holds_up_no_other(
    store: Store, make_feeder: MakeFeeder, caplog: pytest.LogCaptureFixture
) -> None:
    broken = "amazon_search"
    for spider in (broken, SPIDER):
        store.add_job(3, spider=spider)
    # A key of another kind: WRONGTYPE.
    store.redis.set(SeedKeys(broken).ready, "a text")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        make_feeder().step()
    assert store.queue.depth(SPIDER).ready == 3
    assert f"the feeding of {broken} broke" in caplog.text


def test_a_paced_marketplace_that_has_enough_is_held_back_and_the_others_go_on(
    store: Store, make_feeder: MakeFeeder
) -> None:
    slow = store.add_job([new_target(i, marketplace="US") for i in range(100)])
    free = store.add_job([new_target(i, marketplace="DE") for i in range(40)])
    feeder = make_feeder(rates={"US": 60.0, "DE": 60_000.0})
    assert feeder.feed(SPIDER) is True, "there is more to feed later"
    assert Counter(fed_jobs(store)) == {slow.id: SLICE, free.id: 40}
    take(store, SLICE)
    feeder.feed(SPIDER)
    assert Counter(fed_jobs(store))[slow.id] == SLICE


def test_targets_that_were_settled_meanwhile_are_not_fed(
    store: Store, make_feeder: MakeFeeder
) -> None:
    job = store.add_job(3)
    store.settlement.commit([], [success(job, 1)])
    make_feeder().feed(SPIDER)
    assert len(fed_jobs(store)) == 2


def test_a_cancelled_job_is_not_fed(store: Store, make_feeder: MakeFeeder) -> None:
    job = store.add_job(3)
    store.settlement.cancel(job.id)
    assert make_feeder().feed(SPIDER) is False
    assert fed_jobs(store) == []


def test_two_feeders_never_feed_a_target_twice(store: Store, make_feeder: MakeFeeder) -> None:
    jobs = [store.add_job(50, organization_id=name) for name in "abc"]
    feeders = [make_feeder(), make_feeder()]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda feeder: feeder.feed(SPIDER), feeders))
    assert Counter(fed_jobs(store)) == {job.id: 50 for job in jobs}
    messages = store.redis.lrange(f"{SPIDER}:start_urls", 0, -1)
    assert len(set(messages)) == 150


def test_an_idle_feeder_wakes_when_a_job_comes(store: Store, make_feeder: MakeFeeder) -> None:
    feeder = make_feeder()

    def submit_later() -> None:
        time.sleep(0.2)
        store.queue.wake_feeder()

    thread = Thread(target=submit_later)
    thread.start()
    begun = time.monotonic()
    assert feeder.step() == 0.0
    waited = time.monotonic() - begun
    thread.join()
    assert 0.1 < waited < 0.8


def test_a_seed_that_a_crawler_has_leased_is_not_fed_again(
    store: Store, make_feeder: MakeFeeder, crawler_side: CrawlerSide
) -> None:
    job = store.add_job(2)
    store.queue.push(SPIDER, store.seeds(job)[:1])
    crawler_side.take(crawler_side.leases("one"), 1)
    make_feeder().feed(SPIDER)
    assert len(fed_jobs(store)) == 1


@pytest.mark.parametrize("window", [1, 7])
def test_windows_smaller_than_a_slice_are_kept(
    store: Store, make_feeder: MakeFeeder, window: int
) -> None:
    store.add_job(20)
    make_feeder(window=window).feed(SPIDER)
    assert len(fed_jobs(store)) == window


def test_one_site_never_fills_the_window_that_others_wait_for(
    store: Store, make_feeder: MakeFeeder
) -> None:
    huge = store.add_job([new_target(n, marketplace="site:slow.test") for n in range(1_000)])
    small = store.add_job([new_target(n, marketplace="site:other.test") for n in range(5)])
    make_feeder().feed(SPIDER)
    fed = Counter(fed_jobs(store))
    assert MAX_PER_SITE <= fed[huge.id] < MAX_PER_SITE + SLICE
    assert fed[small.id] == 5


def add_crawlers(store: Store, count: int) -> None:
    for number in range(count):
        crawler = {"owner": f"c{number}", "spider": SPIDER, "node": "n", "pid": 1}
        beat = json.dumps({**crawler, "started_at": 0.0, "version": "1"})
        store.redis.hset("crawlers", f"c{number}", beat)


def test_every_crawler_more_lets_more_of_one_site_in(store: Store, make_feeder: MakeFeeder) -> None:
    add_crawlers(store, 2)
    job = store.add_job([new_target(n, marketplace="site:slow.test") for n in range(1_000)])
    make_feeder().feed(SPIDER)
    fed = Counter(fed_jobs(store))[job.id]
    assert 2 * MAX_PER_SITE <= fed < 2 * MAX_PER_SITE + SLICE

"""What the reconciler mends: Redis lost, a process dead between two steps, a crawler dead for good."""

from __future__ import annotations

import json

import pytest
from redis.exceptions import ResponseError

from control_api.worker.reconciler import MAX_DEATHS, Reconciler
from storage.base.records import Counts, JobStatus
from storage.queue.leases import SeedWork
from storage.queue.seed_keys import SeedKeys
from storage.queue.seed_queue import QueueDepth
from tests.control_api.worker.conftest import MakeFeeder
from tests.stores import SPIDER, CrawlerSide, Store, rows_by_hand, success


def crawl_everything(store: Store, crawler_side: CrawlerSide) -> int:
    """A crawler that takes what is there until nothing comes; how many targets it settled."""
    leases = crawler_side.leases("crawler")
    settled = 0
    while found := crawler_side.take(leases, 10):
        jobs = {lease.id: store.job(lease.id.rpartition(":")[0]) for lease in found}
        ends = [
            success(jobs[lease.id], int(lease.id.rpartition(":")[2]), token=lease.token)
            for lease in found
        ]
        settled += len(store.settlement.commit([], ends).settled)
        crawler_side.run(leases.acknowledge([(lease.id, lease.token) for lease in found]))
    return settled


def lose_leases(store: Store) -> None:
    """Every crawler fell silent and its leases ran out."""
    for name in store.redis.zrange(f"{SPIDER}:expiry", 0, -1):
        store.redis.zadd(f"{SPIDER}:expiry", {name: 1})


def test_after_redis_was_emptied_in_mid_run_no_target_is_lost_and_none_is_doubled(
    store: Store,
    make_feeder: MakeFeeder,
    reconciler: Reconciler,
    crawler_side: CrawlerSide,
) -> None:
    job = store.add_job(30)
    feeder = make_feeder(window=20)
    feeder.feed(SPIDER)
    leases = crawler_side.leases("one")
    held = crawler_side.take(leases, 5)
    store.settlement.commit([], [success(job, index, token=held[0].token) for index in range(3)])
    store.redis.flushdb()
    reconciler.step()
    assert store.queue.depth(SPIDER).ready == 17, "20 were fed, 3 of them have ended"
    assert crawl_everything(store, crawler_side) == 17
    feeder.feed(SPIDER)
    assert crawl_everything(store, crawler_side) == 10
    ended = store.job(job.id)
    assert (ended.status, ended.counts) == (
        JobStatus.COMPLETED,
        Counts(total=30, pending=0, success=30),
    )
    assert store.results.count(job.id) == 30


def test_a_crawler_that_worked_through_the_loss_can_still_settle_what_it_held(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler, crawler_side: CrawlerSide
) -> None:
    job = store.add_job(1)
    make_feeder().feed(SPIDER)
    one, two = crawler_side.leases("one"), crawler_side.leases("two")
    (old,) = crawler_side.take(one, 1)
    store.redis.flushdb()
    reconciler.step()
    (new,) = crawler_side.take(two, 1)
    assert new.token > old.token
    assert store.settlement.commit([], [success(job, 0, token=old.token)]).settled
    assert not store.settlement.commit([], [success(job, 0, token=new.token)]).settled
    assert store.results.count(job.id) == 1


def test_a_feeder_that_died_between_its_claim_and_its_push_loses_nothing(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler, crawler_side: CrawlerSide
) -> None:
    job = store.add_job(10)
    claimed = store.jobs.claim_slice(SPIDER, job.organization_id, size=4)
    assert claimed is not None
    make_feeder().feed(SPIDER)
    assert store.queue.depth(SPIDER).ready == 6
    reconciler.step()
    assert store.queue.depth(SPIDER).ready == 10
    assert crawl_everything(store, crawler_side) == 10


def test_seeds_carry_the_id_of_the_request_also_when_fed_again(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler
) -> None:
    def request_ids() -> list[str]:
        messages = store.redis.lrange(f"{SPIDER}:start_urls", 0, -1)
        return [json.loads(message)["meta"]["requestId"] for message in messages]

    store.add_job(2, request_id="the-request")
    make_feeder().feed(SPIDER)
    assert request_ids() == ["the-request"] * 2
    store.redis.flushdb()
    assert reconciler.feed_missing() == 2
    assert request_ids() == ["the-request"] * 2


def test_what_was_not_fed_yet_is_left_to_the_feeder(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler
) -> None:
    store.add_job(10)
    make_feeder(window=4).feed(SPIDER)
    assert reconciler.feed_missing() == 0
    assert store.queue.depth(SPIDER).ready == 4


def test_nothing_is_fed_again_that_is_ready_leased_or_settled(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler, crawler_side: CrawlerSide
) -> None:
    job = store.add_job(3)
    make_feeder().feed(SPIDER)
    leases = crawler_side.leases("one")
    (first, _) = crawler_side.take(leases, 2)
    store.settlement.commit([], [success(job, 0, token=first.token)])
    crawler_side.run(leases.acknowledge([(first.id, first.token)]))
    assert reconciler.feed_missing() == 0
    assert store.queue.depth(SPIDER) == QueueDepth(ready=1, suspects=0, leased=1)


def test_leases_that_expired_go_back_to_the_queue(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler, crawler_side: CrawlerSide
) -> None:
    job = store.add_job(2)
    make_feeder().feed(SPIDER)
    crawler_side.take(crawler_side.leases("dead"), 2)
    lose_leases(store)
    reconciler.step()
    assert store.queue.depth(SPIDER) == QueueDepth(ready=0, suspects=2, leased=0)
    assert crawl_everything(store, crawler_side) == 2
    assert store.job(job.id).status is JobStatus.COMPLETED


def test_a_spider_whose_leases_are_broken_holds_up_no_other_duty(
    store: Store, crawler_side: CrawlerSide, reconciler: Reconciler
) -> None:
    job = store.add_job(2)
    store.queue.push(SPIDER, store.seeds(job))
    crawler_side.take(crawler_side.leases("one"), 2)
    lose_leases(store)
    # A key of another kind: WRONGTYPE.
    store.redis.set(SeedKeys("amazon_search").expiry, "a text")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        reconciler.step()
    depth = store.queue.depth(SPIDER)
    assert (depth.ready + depth.suspects, depth.leased) == (2, 0)


def take_alone(crawler_side: CrawlerSide, owner: str) -> None:
    leases = crawler_side.leases(owner)
    (lease,) = crawler_side.take(leases, 1)
    crawler_side.run(leases.mark(lease.id, lease.token, SeedWork.ALONE))


def test_a_target_that_keeps_killing_its_crawlers_fails_and_its_job_goes_on(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler, crawler_side: CrawlerSide
) -> None:
    job = store.add_job(2)
    make_feeder().feed(SPIDER)
    for number in range(MAX_DEATHS):
        take_alone(crawler_side, f"crawler-{number}")
        lose_leases(store)
        reconciler.step()
    assert store.queue.depth(SPIDER) == QueueDepth(ready=1, suspects=0, leased=0)
    assert crawl_everything(store, crawler_side) == 1
    ended = store.job(job.id)
    assert (ended.status, ended.outcome) == (JobStatus.COMPLETED, "partial")
    error = store.targets.values(job.id)[0].failure
    assert error is not None
    assert error.code == "LEASE_EXHAUSTED"


def test_a_seed_by_hand_that_keeps_killing_its_crawlers_goes_away(
    store: Store, reconciler: Reconciler, crawler_side: CrawlerSide
) -> None:
    store.redis.rpush(f"{SPIDER}:start_urls", "https://www.amazon.com/dp/B000000001")
    for number in range(MAX_DEATHS):
        take_alone(crawler_side, f"crawler-{number}")
        lose_leases(store)
        reconciler.step()
    assert store.queue.depth(SPIDER) == QueueDepth(ready=0, suspects=0, leased=0)
    assert rows_by_hand(store.database) == []


def test_cancels_whose_api_process_died_are_finished(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler
) -> None:
    job = store.add_job(3)
    make_feeder().feed(SPIDER)
    store.settlement.cancel(job.id)
    assert store.statuses(job.id) == ["pending"] * 3
    reconciler.step()
    assert store.statuses(job.id) == ["cancelled"] * 3
    assert store.queue.depth(SPIDER).ready == 0
    assert store.settlement.cancelled_with_open_targets() == []


def test_a_cancelled_job_is_not_fed_again_after_redis_was_emptied(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler
) -> None:
    job = store.add_job(3)
    make_feeder().feed(SPIDER)
    store.settlement.cancel(job.id)
    store.redis.flushdb()
    reconciler.step()
    reconciler.step()
    assert store.queue.depth(SPIDER).ready == 0


def test_a_ready_list_deleted_by_hand_is_filled_again(
    store: Store, make_feeder: MakeFeeder, reconciler: Reconciler
) -> None:
    store.add_job(5)
    make_feeder().feed(SPIDER)
    store.redis.delete(f"{SPIDER}:start_urls")
    reconciler.step()
    assert store.queue.depth(SPIDER).ready == 5


def test_a_step_on_an_empty_system_does_nothing_and_says_when_to_come_back(
    store: Store, reconciler: Reconciler
) -> None:
    assert reconciler.step() == 0.25
    assert store.redis.keys() == []

"""Crawlers die in the middle of 500 targets, on a slow store."""

import os
import signal

import pytest

from storage.base.records import JobStatus
from tests.crash.conftest import MakeFarm
from tests.crash.kills import kill_at_random

# `make chaos` gives more seeds; one is enough to guard every commit.
SEEDS = [int(seed) for seed in os.environ.get("CHAOS_SEEDS", "1").split(",")]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("crawlers", [1, 2])
def test_killed_crawlers_lose_and_double_nothing(
    make_farm: MakeFarm, asins: list[str], seed: int, crawlers: int
) -> None:
    farm = make_farm("--delay=200", "--bulk=0")
    farm.start_worker()
    names = [f"crawler-{number}" for number in range(crawlers)]
    for name in names:
        farm.start_crawler(name)
    job_id = farm.submit(asins)
    kill_at_random(farm, [job_id], names, seed=seed, kills=3)
    job = farm.wait_for_end(job_id)
    assert farm.failures(job_id) == []
    assert job.counts.success == len(asins)
    assert job.status is JobStatus.COMPLETED
    farm.assert_books_are_right(job_id)


def test_a_stopped_crawler_gives_its_targets_back_at_once(
    make_farm: MakeFarm, asins: list[str]
) -> None:
    # A lease that outlives the test: only what is given back can be crawled by the other.
    farm = make_farm("--delay=200", "--bulk=0", LEASE_SECONDS="600")
    farm.start_worker()
    farm.start_crawler("stopped")
    job_id = farm.submit(asins[:200])
    farm.wait_for(lambda: farm.job(job_id).counts.success >= 40, what="40 targets done")
    farm.kill("stopped", signal.SIGTERM)
    before = farm.job(job_id)
    assert before.is_open
    farm.start_crawler("other")
    job = farm.wait_for_end(job_id)
    assert job.counts.success == 200
    farm.assert_books_are_right(job_id)


def test_a_crawler_paused_past_its_lease_writes_nothing_when_it_wakes(
    make_farm: MakeFarm, asins: list[str]
) -> None:
    farm = make_farm("--delay=500", "--bulk=0")
    farm.start_worker()
    farm.start_crawler("paused")
    job_id = farm.submit(asins[:60])
    farm.wait_for(lambda: farm.queue.depth("amazon_detail").leased >= 20, what="leases")
    farm.kill("paused", signal.SIGSTOP)
    farm.start_crawler("other")
    job = farm.wait_for_end(job_id)
    rows = farm.results.count(job_id)
    farm.kill("paused", signal.SIGCONT)
    farm.wait_for(
        lambda: b"Let go, cancelled" in (farm.folder / "paused.log").read_bytes(), what="it notices"
    )
    assert farm.job(job_id) == job
    assert farm.results.count(job_id) == rows == 60
    farm.assert_books_are_right(job_id)


def test_redis_that_comes_back_empty_costs_no_target(make_farm: MakeFarm, asins: list[str]) -> None:
    farm = make_farm("--delay=200", "--bulk=0")
    farm.start_worker()
    farm.start_crawler("crawler")
    job_id = farm.submit(asins[:200])
    farm.wait_for(lambda: farm.job(job_id).counts.success >= 40, what="40 targets done")
    farm.redis.flushall()
    job = farm.wait_for_end(job_id)
    assert job.counts.success == 200
    farm.assert_books_are_right(job_id)

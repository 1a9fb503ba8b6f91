"""Our seeds and keys against scrapy-redis itself: what is pushed for us, it could read, and back."""

from __future__ import annotations

import json
import logging

import pytest
from scrapy_redis import defaults
from scrapy_redis.spiders import RedisMixin

from spiders.frontier.seeds import target_from_lease
from storage.queue.seed_keys import SeedKeys
from tests.stores import CrawlerSide, Store, new_target


class StockReader(RedisMixin):
    """As much of a stock RedisSpider as reads one message."""

    redis_encoding = "utf-8"
    name = "amazon_detail"

    logger = logging.getLogger("stock")


@pytest.mark.parametrize("spider", ["amazon_search", "amazon_detail"])
def test_the_ready_list_has_the_name_that_scrapy_redis_gives_it(spider: str) -> None:
    assert SeedKeys(spider).ready == defaults.START_URLS_KEY % {"name": spider}


def test_a_stock_spider_reads_our_seed(store: Store) -> None:
    job = store.add_job([new_target(7)])
    store.queue.push("amazon_detail", store.seeds(job))
    stored = store.redis.lpop(defaults.START_URLS_KEY % {"name": "amazon_detail"})
    request = StockReader().make_request_from_data(stored.encode())
    assert request.url == "https://www.amazon.com/dp/B000000007"
    assert request.meta == {"asin": "B000000007", "targetId": f"{job.id}:000000", "jobId": job.id}


def test_a_seed_as_scrapy_redis_documents_it_becomes_a_target(
    store: Store, crawler_side: CrawlerSide
) -> None:
    message = json.dumps({"url": "https://www.amazon.de/dp/B000000001", "meta": {"lang": "de-DE"}})
    store.redis.lpush("amazon_detail:start_urls", message)
    (lease,) = crawler_side.take(crawler_side.leases("one"), 1)
    target = target_from_lease(lease, lease_until=0.0)
    assert (target.url, target.params) == ("https://www.amazon.de/dp/B000000001", {"lang": "de-DE"})
    assert target.job_id is None

"""Targets that wait for their time hold up no others, and are not asked for when nobody wants them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spiders.sites.page_urls import page_key
from storage.base.records import Job, JobStatus, NewTarget
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.little_store import LittleStore, Visit, running_store
from tests.stores import Store

CONCURRENCY = 2
WINDOW = 2 * CONCURRENCY
QUICK = {
    "ALLOWED_NETWORKS": "127.0.0.0/8",
    "CRAWLER_CONCURRENCY": str(CONCURRENCY),
    "LEASE_SECONDS": "5",
}
PARAMS = {"selectors": {"title": "h1::text"}, "respectRobots": False, "engine": "scrapy"}


@pytest.fixture
def shop() -> Iterator[LittleStore]:
    def titled(visit: Visit) -> None:
        visit.send(body=b"<html><h1>a page</h1></html>")

    with running_store({"/": titled}) as shop:
        yield shop


def add_pages(store: Store, site: str, count: int, **params: Any) -> Job:
    urls = [f"{site}/page{number}" for number in range(count)]
    targets = [
        NewTarget(url, url, "site:here", {**PARAMS, **params}, key=page_key(url)) for url in urls
    ]
    job = store.add_job(targets, spider="site")
    store.queue.push("site", store.seeds(job))
    return job


def by_another_name(shop: LittleStore) -> str:
    return shop.url.replace("127.0.0.1", "localhost")


def test_a_site_that_is_asked_rarely_leaves_room_for_others(
    store: Store, shop: LittleStore, tmp_path: Path
) -> None:
    log = tmp_path / "crawler.log"
    with pool_crawler(store.config, "site", log=log, **QUICK):
        slow = add_pages(store, shop.url, 4 * WINDOW, delay=30.0)
        wait_until(lambda: len(shop.visits) == 1, lambda: log.read_text()[-2000:])
        quick = add_pages(store, by_another_name(shop), 2 * WINDOW)
        since = time.monotonic()
        wait_until(lambda: not store.job(quick.id).is_open, lambda: log.read_text()[-2000:])
        assert time.monotonic() - since < 20, "it waited for the slow site"
        assert store.job(slow.id).counts.success == 1
        stopping = time.monotonic()
    # The end of a crawler does not wait for moments that are half a minute away.
    assert time.monotonic() - stopping < 5
    assert store.job(quick.id).status is JobStatus.COMPLETED
    depth = store.queue.depth("site")
    assert (depth.ready, depth.leased, depth.suspects) == (4 * WINDOW - 1, 0, 0)
    assert " failed: " not in log.read_text()


def test_what_was_cancelled_while_it_waited_is_not_asked_for(
    store: Store, shop: LittleStore, tmp_path: Path
) -> None:
    log = tmp_path / "crawler.log"
    with pool_crawler(store.config, "site", log=log, **QUICK):
        job = add_pages(store, shop.url, WINDOW, delay=2.0)
        wait_until(lambda: len(shop.visits) == 1, lambda: log.read_text()[-2000:])
        assert store.settlement.cancel(job.id) is not None
        store.queue.forget_jobs([job.id])
        store.settlement.close_targets(job.id)
        # Longer than the second and the third would have waited.
        time.sleep(5)
    assert len(shop.visits) == 1
    assert store.queue.depth("site").leased == 0
    assert " failed: " not in log.read_text()


def test_a_cancelled_job_leaves_the_line_to_the_next_job_of_its_site(
    store: Store, shop: LittleStore, tmp_path: Path
) -> None:
    log = tmp_path / "crawler.log"
    with pool_crawler(store.config, "site", log=log, **QUICK):
        # Its last page would have its turn in more than a minute.
        job = add_pages(store, shop.url, 4 * WINDOW, delay=5.0)
        wait_until(lambda: len(shop.visits) == 1, lambda: log.read_text()[-2000:])
        wait_until(lambda: store.queue.depth("site").ready == 0, lambda: log.read_text()[-2000:])
        assert store.settlement.cancel(job.id) is not None
        store.queue.forget_jobs([job.id])
        store.settlement.close_targets(job.id)
        next_job = add_pages(store, f"{shop.url}/next", WINDOW)
        since = time.monotonic()
        wait_until(lambda: not store.job(next_job.id).is_open, lambda: log.read_text()[-2000:])
    # The one turn that was taken already, and a heartbeat or two.
    assert time.monotonic() - since < 15
    assert sum("/next" not in path for path in shop.visits) == 1

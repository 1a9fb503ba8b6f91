"""S2 with a crawler at work: a cancelled job writes no more rows and soon gives its place to others."""

from __future__ import annotations

from pathlib import Path

from storage.base.records import Job, JobStatus, NewTarget
from tests.spiders import little_store as pages
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.little_store import Visit, running_store
from tests.stores import SPIDER, Store, recount

CONCURRENCY = 2
WINDOW = 2 * CONCURRENCY


def product_page(visit: Visit) -> None:
    asin = visit.path.partition("?")[0].removeprefix("/dp/")
    if asin.startswith("B00SLOW"):
        pages.slow(0.7)(visit)
    else:
        visit.send(body=pages.product_html(asin))


def add_job(store: Store, name: str, count: int) -> Job:
    asins = [f"{name}{number:0{10 - len(name)}d}" for number in range(count)]
    job = store.add_job(
        [
            NewTarget(asin, f"https://www.amazon.com/dp/{asin}", "US", {"asin": asin})
            for asin in asins
        ]
    )
    store.queue.push(SPIDER, store.seeds(job))
    return job


def test_a_cancelled_job_ends_at_once_and_its_crawler_goes_on_with_the_next(
    store: Store, tmp_path: Path
) -> None:
    log = tmp_path / "crawler.log"
    with (
        running_store({"/dp/": product_page}) as shop,
        pool_crawler(
            store.config,
            SPIDER,
            log=log,
            AMAZON_ORIGIN=shop.url,
            CRAWLER_CONCURRENCY=str(CONCURRENCY),
            PAGE_ATTEMPTS="1",
        ),
    ):
        slow = add_job(store, "B00SLOW", 40)
        wait_until(lambda: len(shop.visits) >= CONCURRENCY, lambda: log.read_text()[-2000:])
        assert store.settlement.cancel(slow.id) is not None
        store.queue.forget_jobs([slow.id])
        store.settlement.close_targets(slow.id)
        settled = 40 - store.statuses(slow.id).count("cancelled")
        quick = add_job(store, "B00QUICK", 6)
        wait_until(lambda: not store.job(quick.id).is_open, lambda: log.read_text()[-2000:])
    assert store.job(quick.id).status is JobStatus.COMPLETED
    assert store.results.count(quick.id) == 6
    assert store.results.count(slow.id) == 0
    assert store.job(slow.id).counts == recount(store.database, slow.id)
    asked = sum(1 for path in shop.visits if "B00SLOW" in path)
    assert asked <= settled + WINDOW + CONCURRENCY, "no more than it held when it was cancelled"
    assert store.queue.depth(SPIDER).leased == 0
    assert store.redis.exists(f"{SPIDER}:deaths") == 0

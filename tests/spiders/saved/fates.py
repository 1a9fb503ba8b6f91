"""A crawl of products, each with a fate of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.base.records import Job, NewTarget
from storage.pages.saved_pages import SavedPage, SavedPages
from tests.spiders import little_store as pages
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.frontier import troubled_spider as troubles
from tests.spiders.little_store import running_store
from tests.stores import SPIDER, Store

GOOD, GONE, AGAIN, BUSY = "B00GOOD000", "B00GONE000", "B00AGAIN00", "B00BUSY000"
# The spider breaks on it, and a pipeline refuses its row.
TROUBLED = (troubles.RAISES, troubles.DROPPED)
SHOP = {
    f"/dp/{GOOD}": pages.product(GOOD),
    f"/dp/{GONE}": pages.status(404),
    f"/dp/{AGAIN}": pages.at_the_second_try(pages.product(AGAIN)),
    f"/dp/{BUSY}": pages.status(503),
    **{f"/dp/{asin}": pages.product(asin) for asin in TROUBLED},
}


def product_target(asin: str) -> NewTarget:
    return NewTarget(asin, f"https://www.amazon.com/dp/{asin}", "US", {"asin": asin})


@contextmanager
def crawled(store: Store, job: Job, spider: str, folder: Path, **variables: str) -> Iterator[None]:
    """The job has ended, and its crawler too."""
    store.queue.push(spider, store.seeds(job))
    log = folder / "crawler.log"
    quick = {"PAGE_ATTEMPTS": "2", "RETRY_DELAY_SECONDS": "0.05", **variables}
    modules = "SPIDER_MODULES=tests.spiders.frontier.troubled_spider,spiders.amazon.search"
    with pool_crawler(store.config, spider, "-s", modules, log=log, **quick):
        wait_until(lambda: not store.job(job.id).is_open, lambda: log.read_text()[-3000:])
    assert "could not be kept" not in log.read_text(), log.read_text()[-3000:]
    yield


def crawl(store: Store, folder: Path, **variables: str) -> tuple[Job, dict[str, SavedPage]]:
    """Products, each with its fate; the pages that are kept, by ASIN."""
    asins = (GOOD, GONE, AGAIN, BUSY, *TROUBLED)
    job = store.add_job([product_target(asin) for asin in asins])
    with (
        running_store(SHOP) as shop,
        crawled(store, job, SPIDER, folder, AMAZON_ORIGIN=shop.url, **variables),
    ):
        kept = SavedPages(store.database).list_page(job.id, limit=100)
    return job, {asins[page.target_index]: page for page in kept}

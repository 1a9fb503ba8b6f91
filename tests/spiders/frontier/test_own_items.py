"""Items of an own spider in the pool: every kind is stored, and none takes another's place."""

from __future__ import annotations

import json
from pathlib import Path

from spiders.items.formats.json_text import json_bytes
from storage.base.records import JobStatus, NewTarget
from tests.spiders import little_store as pages
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.item_kinds import KINDS, plain
from tests.spiders.little_store import running_store
from tests.stores import SPIDER, Store

ASIN = "B00OWNSPID"


def test_every_item_of_both_pages_is_a_row(store: Store, tmp_path: Path) -> None:
    url = f"https://www.amazon.com/dp/{ASIN}"
    params = {"asin": ASIN, "marketplace": "US", "language": "en_US"}
    job = store.add_job([NewTarget(ASIN, url, "US", params)])
    store.queue.push(SPIDER, store.seeds(job))
    log = tmp_path / "crawler.log"
    modules = "SPIDER_MODULES=tests.spiders.frontier.own_spider"
    with (
        running_store({f"/dp/{ASIN}": pages.product(ASIN)}) as shop,
        pool_crawler(store.config, SPIDER, "-s", modules, log=log, AMAZON_ORIGIN=shop.url),
    ):
        wait_until(lambda: not store.job(job.id).is_open, log.read_text)
    rows = [json.loads(json_bytes(row.data)) for row in store.results.iterate(job.id)]
    page = [*(plain(kind) for kind in KINDS), {"page": "about", "position": 1}]
    assert rows == page * 2
    assert store.job(job.id).status is JobStatus.COMPLETED

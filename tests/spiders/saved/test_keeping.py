"""What a pool crawler keeps of the pages that it fetches, on real stores."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from spiders.saved.middleware import KeepPagesMiddleware
from storage.base.clock import utc_now
from storage.base.records import NewTarget
from storage.pages.page_counts import PageCounts
from storage.pages.saved_pages import SavedPages
from tests.settings.environment import environment
from tests.spiders import little_store as pages
from tests.spiders.frontier import troubled_spider as troubles
from tests.spiders.little_store import Visit, running_store
from tests.spiders.saved.fates import (
    AGAIN,
    BUSY,
    GONE,
    GOOD,
    TROUBLED,
    crawl,
    crawled,
)
from tests.spiders.saved.pages import page_of
from tests.stores import Store, success

CARDS = 16


def test_all_keeps_the_page_of_each_target(store: Store, tmp_path: Path) -> None:
    job, kept = crawl(store, tmp_path, KEEP_PAGES="all", KEEP_PAGES_DAYS="3")
    assert list(kept) == [GOOD, GONE, AGAIN, BUSY, *TROUBLED]
    failures = {asin: page.failure and page.failure.code for asin, page in kept.items()}
    assert failures == {
        GOOD: None,
        GONE: "NOT_FOUND",
        AGAIN: None,
        BUSY: "BLOCKED_THROTTLED",
        troubles.RAISES: "PARSE_ERROR",
        # It was good, but for its row.
        troubles.DROPPED: None,
    }
    good = kept[GOOD]
    assert good.url == good.requested_url == f"https://www.amazon.com/dp/{GOOD}"
    assert (good.status, kept[GONE].status, good.number) == (200, 404, 1)
    assert good.headers["content-type"] == "text/html; charset=utf-8"
    assert (good.encoding, good.engine, good.place, good.lang) == ("utf-8", "http", None, None)
    assert (good.rows, kept[GONE].rows) == ([(1, 1)], [])
    left = good.expires_at - utc_now()
    assert timedelta(days=2, hours=23) < left < timedelta(days=3)
    found = SavedPages(store.database).find(job.id, 0, None)
    assert found is not None
    assert gzip.decompress(found[1]) == pages.product_html(GOOD)
    assert (found[0].size, found[0].stored_bytes) == (
        len(pages.product_html(GOOD)),
        len(found[1]),
    )
    assert PageCounts(store.database).get_all() == {"kept": 6}


def test_pages_of_a_lost_lease_are_not_shown(store: Store) -> None:
    job = store.add_job(3)
    saved = SavedPages(store.database)
    for index in range(3):
        store.settlement.commit([], [success(job, index, token=4)])
        saved.keep([page_of(job, index, token=4)])
    assert saved.count(job.id) == 3
    targets = store.database["targets"]
    targets.update_one({"_id": f"{job.id}:000000"}, {"$inc": {"token": 1}})
    targets.update_one({"_id": f"{job.id}:000001"}, {"$set": {"status": "running"}})
    assert [page.target_index for page in saved.list_page(job.id, limit=10)] == [2]
    assert saved.find(job.id, 0, None) is None
    assert saved.count(job.id) == 1


def test_no_middleware_is_made_unless_pages_are_to_be_kept() -> None:
    with environment({}), pytest.raises(NotConfigured):
        KeepPagesMiddleware.from_crawler(get_crawler())


def results(visit: Visit) -> None:
    query = {name: found[0] for name, found in parse_qs(urlsplit(visit.path).query).items()}
    page = int(query.get("page", "1"))
    visit.send(body=pages.search_html(page * CARDS, CARDS, has_next=True))


def test_pages_of_a_search_tell_their_rows_and_where_they_begin(
    store: Store, tmp_path: Path
) -> None:
    seed: dict[str, Any] = {"keyword": "a lamp", "maxPages": 2, "lang": "en-US"}
    url = "https://www.amazon.com/s?k=a+lamp"
    spider = "amazon_search"
    job = store.add_job([NewTarget("a lamp", url, "US", seed)], spider=spider)
    with (
        running_store({"/s?": results}) as shop,
        crawled(store, job, spider, tmp_path, AMAZON_ORIGIN=shop.url, KEEP_PAGES="all"),
    ):
        first, second = SavedPages(store.database).list_page(job.id, target=0, limit=10)
    assert (first.number, second.number) == (1, 2)
    assert first.rows == [(1, position) for position in range(1, CARDS + 1)]
    assert second.rows == [(2, position) for position in range(1, CARDS + 1)]
    assert second.read_with == {
        "keyword": "a lamp",
        "page": 2,
        "rankOffset": CARDS,
        "organicOffset": CARDS,
    }
    assert second.lang == "en-US"

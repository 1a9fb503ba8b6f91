"""Search targets of several pages: what their rows and outcomes are when a page in the middle fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from storage.base.records import Job, NewTarget
from tests.spiders import little_store as pages
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.little_store import Visit, running_store
from tests.stores import Store

SPIDER = "amazon_search"
CARDS = 16
NOTHING = b"<html><body><h2 id='noResultsTitle'>No results for your search</h2></body></html>"


def results(visit: Visit) -> None:
    query = {name: found[0] for name, found in parse_qs(urlsplit(visit.path).query).items()}
    keyword, page = query["k"], int(query.get("page", "1"))
    is_refused = keyword == "blocked" or (keyword == "second try" and not visit.before)
    if keyword == "nothing":
        visit.send(body=NOTHING)
    elif is_refused and page == 2:
        visit.send(503, b"<html>busy</html>")
    else:
        # For ever, and from its third page on "the same" shows the same products.
        shown = min(page, 2) if keyword == "the same" else page
        visit.send(body=pages.search_html(shown * CARDS, CARDS, has_next=True))


def target_of(keyword: str, **params: Any) -> NewTarget:
    seed = {"keyword": keyword, "maxPages": 3, **params}
    url = f"https://www.amazon.com/s?k={keyword.replace(' ', '+')}"
    return NewTarget(keyword, url, "US", seed)


@pytest.fixture
def job(store: Store, tmp_path: Path) -> Job:
    job = store.add_job(
        [
            target_of("good"),
            target_of("nothing"),
            target_of("blocked"),
            target_of("second try"),
            target_of("exactly", maxResults=20),
            target_of("the same", maxPages=9),
            target_of("odd limits", maxPages="many"),
        ],
        spider=SPIDER,
    )
    store.queue.push(SPIDER, store.seeds(job))
    log = tmp_path / "crawler.log"
    quick = {"PAGE_ATTEMPTS": "2", "RETRY_DELAY_SECONDS": "0.05"}
    with (
        running_store({"/s?": results}) as shop,
        pool_crawler(store.config, SPIDER, log=log, AMAZON_ORIGIN=shop.url, **quick),
    ):
        wait_until(lambda: not store.job(job.id).is_open, lambda: log.read_text()[-3000:])
    return store.job(job.id)


def test_each_search_ends_with_its_reason_and_with_exactly_its_rows(store: Store, job: Job) -> None:
    outcomes, told = {}, {}
    for target in store.targets.values(job.id):
        rows = [row.data for row in store.results.iterate(job.id) if row.key.startswith(target.id)]
        places = [(row["page"], row["position"]) for row in rows]
        assert places == sorted(set(places)), "each place once, in order"
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        told[target.value] = [(page["page"], page["totalResults"]) for page in target.search_info]
        outcomes[target.value] = (target.failure.code if target.failure else "success", len(rows))
    assert outcomes == {
        "good": ("success", 3 * CARDS),
        "nothing": ("success", 0),
        "blocked": ("BLOCKED_THROTTLED", CARDS),
        "second try": ("success", 3 * CARDS),
        "exactly": ("success", 20),
        "the same": ("success", 3 * CARDS),
        "odd limits": ("PARSE_ERROR", CARDS),
    }
    three_pages = [(1, 3_000), (2, 3_000), (3, 3_000)]
    assert (told["good"], told["second try"]) == (three_pages, three_pages)
    assert told["blocked"] == [(1, 3_000)], "of the page before the failure"
    assert told["nothing"] == [(1, None)]
    assert job.result_count == sum(count for _, count in outcomes.values())

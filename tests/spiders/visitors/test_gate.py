"""A page that stood in line with a visitor which has ended meanwhile goes with another one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from settings.config import load_config
from spiders.extensions.browser_pages import BROWSER, BrowserVisitor, VisitorGone
from spiders.extensions.store_browser import StoreBrowser
from spiders.visitors.gate import VisitorGateMiddleware
from spiders.visitors.local import LocalVisitors
from spiders.visitors.visitor import VISIT, Visit
from spiders.work.target import Target
from storage.base.connections import connect_async_redis
from storage.queue.visitors import SharedVisitors, VisitorLimits
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.visitors.pool_jobs import add_job, rows
from tests.spiders.visitors.shop import Shop, running_shop
from tests.spiders.visitors.slow_pace import FIRST
from tests.stores import SPIDER, Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]

LIMITS = VisitorLimits(max_pages=1, max_age_seconds=60.0, hold_seconds=60.0)
ADDONS = '{"tests.spiders.visitors.slow_pace.SlowPaceAddon": 0}'
PRODUCTS = 12


@pytest.fixture
def shop() -> Iterator[Shop]:
    with running_shop() as shop:
        yield shop


def test_pages_that_waited_for_the_pace_do_not_go_with_a_visitor_that_has_ended(
    store: Store, shop: Shop, tmp_path: Path
) -> None:
    # The third page shows another place, and ends the visitor with which the others stand in line.
    shop.behave(exit_place="PK", place_lost_after=FIRST - 1)
    job = add_job(store, "60601", products=PRODUCTS)
    log, gate = tmp_path / "crawler.log", tmp_path / "gate"
    options = ("-s", f"ADDONS={ADDONS}", "-s", f"SLOW_PACE_GATE={gate}")
    with pool_crawler(
        store.config,
        SPIDER,
        *options,
        log=log,
        AMAZON_ORIGIN=shop.url,
        RETRY_DELAY_SECONDS="0.1",
        CRAWLER_CONCURRENCY="16",
    ):
        wait_until(
            lambda: log.exists() and "A visitor has ended: place_lost" in log.read_text(),
            lambda: log.read_text()[-2000:],
        )
        (dead,) = {entry["sessionSent"] for entry in shop.pages()}
        shop.behave(exit_place="PK")
        gate.touch()
        wait_until(lambda: not store.job(job.id).is_open, lambda: log.read_text()[-2000:])
    assert [row["deliverTo"] for row in rows(store, job)] == ["Chicago 60601"] * PRODUCTS
    sent = [entry["sessionSent"] for entry in shop.pages()]
    assert sent.count(dead) == FIRST
    assert len(sent) == PRODUCTS + 1, "only the page of the wrong place is asked for twice"


@pytest.mark.parametrize("kind", ["shared", "local"])
def test_a_visitor_is_there_until_it_ends_also_once_it_is_retired(store: Store, kind: str) -> None:
    async def play() -> list[bool]:
        is_shared = kind == "shared"
        visitors = (
            SharedVisitors(connect_async_redis(store.config)) if is_shared else LocalVisitors()
        )
        found = [await visitors.is_there("key", "one")]
        await visitors.take("key", "asked", new_id="one", limits=LIMITS)
        found.append(await visitors.is_there("key", "one"))
        await visitors.change("key", "one", state="ready")
        # It has had its page, for which it was made: the next visitor follows.
        await visitors.take("key", "asked", new_id="two", limits=LIMITS)
        found += [await visitors.is_there("key", name) for name in ("one", "two")]
        await visitors.end("key", "one", reason="blocked")
        await visitors.end("key", "two", reason="blocked")
        found += [await visitors.is_there("key", name) for name in ("one", "two")]
        await visitors.close()
        return found

    assert asyncio.run(play()) == [False, True, True, True, False, False]


def test_a_page_in_the_line_of_the_browser_gets_another_visitor_when_its_own_has_ended() -> None:
    target = Target(id="t", url="", params={}, visitor_id="gone", exit_id="")
    request = Request("https://www.amazon.com/dp/B000000001", cb_kwargs={"target": target})
    request.meta[VISIT] = Visit("key", "gone", "", by_browser=True)
    request.meta[BROWSER] = BrowserVisitor("gone", "en_US")

    async def play() -> None:
        browser = StoreBrowser(load_config({}), lambda host: "")
        browser.end_soon("gone")
        await browser.download(request)

    with pytest.raises(VisitorGone) as gone:
        asyncio.run(play())
    gate = VisitorGateMiddleware(get_crawler())
    again = gate.process_exception(request, gone.value)
    assert again is not None
    assert VISIT not in again.meta
    assert BROWSER not in again.meta
    assert target.visitor_id == ""
    assert gate.process_exception(request, ValueError()) is None

"""Visitors of many crawlers: shared through Redis, bound to exits, ended for all at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage.base.records import Job
from storage.queue.visitors import VisitorCounts
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.visitors.pool_jobs import PRODUCTS, add_job, rows
from tests.spiders.visitors.shop import Shop, running_shop
from tests.stores import SPIDER, Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]

pytestmark = [pytest.mark.timeout(240)]
PLACES = {"60601": "Chicago 60601", "90210": "Los Angeles 90210"}


@pytest.fixture
def shop() -> Iterator[Shop]:
    with running_shop() as shop:
        shop.behave(exit_place="PK")
        yield shop


def crawl(
    store: Store, shop: Shop, folder: Path, jobs: Sequence[Job], *, crawlers: int = 2, **more: str
) -> list[Path]:
    logs = [folder / f"crawler-{number}.log" for number in range(crawlers)]
    with ExitStack() as stack:
        for log in logs:
            stack.enter_context(
                pool_crawler(
                    store.config,
                    SPIDER,
                    log=log,
                    AMAZON_ORIGIN=shop.url,
                    RETRY_DELAY_SECONDS="0.1",
                    CRAWLER_CONCURRENCY="8",
                    **more,
                )
            )
        wait_until(
            lambda: (
                all(store.job(job.id).counts.pending == 0 for job in jobs)
                and all(store.job(job.id).counts.running == 0 for job in jobs)
            ),
            lambda: "\n".join(log.read_text()[-1500:] for log in logs if log.exists()),
        )
    return logs


def test_crawlers_share_one_visitor_and_two_organizations_share_none(
    store: Store, shop: Shop, tmp_path: Path
) -> None:
    jobs = {place: add_job(store, place, organization=f"of-{place}") for place in PLACES}
    logs = crawl(store, shop, tmp_path, list(jobs.values()))
    for place, job in jobs.items():
        assert store.job(job.id).counts.success == PRODUCTS
        assert {row["deliverTo"] for row in rows(store, job)} == {PLACES[place]}
        assert {row["deliverToAsked"] for row in rows(store, job)} == {place}
    assert len(shop.dialogue()) == 2 * 3, "one set-up for each place, over both crawlers"
    sessions = {
        place: {entry["sessionSent"] for entry in shop.pages() if entry["place"] == shown}
        for place, shown in PLACES.items()
    }
    assert [len(found) for found in sessions.values()] == [1, 1]
    assert not set.intersection(*sessions.values())
    counts = VisitorCounts(store.redis).get_all()
    assert counts["made:US"] == 2
    assert counts["place:US:confirmed"] == 2 * PRODUCTS
    secrets = {secret for found in sessions.values() for secret in found}
    everything = "".join(log.read_text() for log in logs) + str(rows(store, jobs["60601"]))
    assert not any(secret in everything for secret in secrets)


def test_after_a_block_nothing_goes_with_the_visitor_any_more(
    store: Store, shop: Shop, tmp_path: Path
) -> None:
    job = add_job(store, "60601")
    shop.fail(captcha=0.05)
    try:
        crawl(store, shop, tmp_path, [job], PAGE_ATTEMPTS="8")
    finally:
        shop.fail()
    assert store.job(job.id).counts.success == PRODUCTS
    assert {row["deliverTo"] for row in rows(store, job)} == {"Chicago 60601"}
    blocked: dict[str, float] = {}
    for entry in shop.requests():
        session = entry["sessionSent"]
        if session in blocked:
            # What was under way when the block came is not called back.
            assert entry["at"] - blocked[session] < 3.0
        if entry["kind"] == "captcha":
            blocked.setdefault(session, entry["at"])
    assert blocked
    assert VisitorCounts(store.redis).get_all()["ended:blocked"] >= 1


def test_killed_crawlers_leave_their_visitor_to_the_others(
    store: Store, shop: Shop, tmp_path: Path
) -> None:
    job = add_job(store, "60601", products=200)
    with pool_crawler(
        store.config, SPIDER, log=tmp_path / "killed.log", AMAZON_ORIGIN=shop.url, LEASE_SECONDS="2"
    ) as child:
        wait_until(lambda: len(shop.pages()) > 20, lambda: (tmp_path / "killed.log").read_text())
        child.kill()
        child.wait()
    time.sleep(2.5)
    assert store.queue.expire_leases(SPIDER, max_deaths=3) == []
    crawl(store, shop, tmp_path, [job], LEASE_SECONDS="5")
    assert store.job(job.id).counts.success == 200
    assert {row["deliverTo"] for row in rows(store, job)} == {"Chicago 60601"}
    assert len(rows(store, job)) == 200
    assert Counter(entry["kind"] for entry in shop.dialogue())["address_json"] == 1


def test_a_currency_of_each_job(store: Store, shop: Shop, tmp_path: Path) -> None:
    jobs = {
        currency: add_job(store, "60601", products=20, currency=currency)
        for currency in ("USD", "EUR")
    }
    crawl(store, shop, tmp_path, list(jobs.values()))
    for currency, job in jobs.items():
        shown = {row["price"]["currency"] for row in rows(store, job) if row["price"]}
        assert shown == {currency}
        assert not any("currency_mismatch" in row["warnings"] for row in rows(store, job))

"""Which deaths of crawlers count against a target whose crawlers died twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from spiders.frontier.seclusion import Seclusion
from spiders.work.target import LeasedTarget
from storage.base.records import Job, NewTarget
from storage.queue.seed_keys import SeedKeys
from tests.spiders import little_store as pages
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.frontier.deadly_spider import KILLS
from tests.spiders.little_store import running_store
from tests.stores import SPIDER, Store

KEYS = SeedKeys(SPIDER)
MODULES = "SPIDER_MODULES=tests.spiders.frontier.deadly_spider"
INNOCENT = "B00SOBER00"


def target(name: str, *, deaths: int = 0) -> LeasedTarget:
    return LeasedTarget(id=name, url="", params={}, token=1, deaths=deaths, lease_until=0.0)


class Scene:
    """What the world is told, and what gets its turn."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, bool]] = []
        self.seclusion = Seclusion(self._mark)

    async def _mark(self, one: LeasedTarget, is_alone: bool) -> None:
        await asyncio.sleep(0)
        self.marks.append((one.id, is_alone))

    async def comes(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Started, and gone as far as it can go."""
        task = asyncio.create_task(work)
        for _ in range(20):
            await asyncio.sleep(0)
        return task


def run(play: Callable[[Scene], Coroutine[Any, Any, None]]) -> None:
    async def playing() -> None:
        await play(Scene())

    asyncio.run(playing())


def test_a_secluded_target_waits_for_those_at_work_and_the_next_wait_for_it() -> None:
    async def play(scene: Scene) -> None:
        seclusion = scene.seclusion
        alone = target("alone", deaths=2)
        await seclusion.begin_work(target("first"))
        entering = await scene.comes(seclusion.enter(alone))
        assert not entering.done()
        second = await scene.comes(seclusion.begin_work(target("second")))
        seclusion.end_work("first")
        await entering
        assert scene.marks == [("alone", True)]
        assert not second.done()
        await seclusion.begin_work(alone)
        await seclusion.leave("alone")
        await second
        assert scene.marks == [("alone", True), ("alone", False)]

    run(play)


def test_while_it_rests_the_others_go_on_and_it_comes_back_alone() -> None:
    async def play(scene: Scene) -> None:
        seclusion = scene.seclusion
        alone = target("alone", deaths=2)
        await seclusion.enter(alone)
        leaving = asyncio.create_task(seclusion.leave("alone"))
        await asyncio.sleep(0)
        again = await scene.comes(seclusion.begin_work(alone))
        await asyncio.gather(leaving, again)
        assert [is_alone for _, is_alone in scene.marks] == [True, False, True]
        other = await scene.comes(seclusion.begin_work(target("other")))
        assert not other.done()
        await seclusion.leave("alone")
        await other

    run(play)


def test_one_that_gives_up_while_it_waits_holds_up_nobody() -> None:
    async def play(scene: Scene) -> None:
        seclusion = scene.seclusion
        await seclusion.begin_work(target("first"))
        entering = await scene.comes(seclusion.enter(target("alone", deaths=2)))
        entering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await entering
        await asyncio.wait_for(seclusion.begin_work(target("second")), 5)

    run(play)


def add_job(store: Store, *asins: str, deaths: dict[str, int]) -> dict[str, str]:
    """Ids by ASIN; the seeds stand where the reconciler puts them after so many deaths."""
    new = [
        NewTarget(asin, f"https://www.amazon.com/dp/{asin}", "US", {"asin": asin}) for asin in asins
    ]
    job: Job = store.add_job(new)
    ids = {one.value: one.id for one in store.targets.values(job.id)}
    store.queue.push(SPIDER, store.seeds(job))
    for asin, count in deaths.items():
        (message,) = (seed.message for seed in store.seeds(job) if seed.id == ids[asin])
        store.redis.lrem(KEYS.ready, 1, message)
        store.redis.rpush(KEYS.alone, message)
        store.redis.hset(KEYS.deaths, ids[asin], str(count))
    return ids


def deaths_after(store: Store, ids: dict[str, str]) -> dict[str, int]:
    """Once the leases of the dead crawler have run out."""
    for name in store.redis.zrange(KEYS.expiry, 0, -1):
        store.redis.zadd(KEYS.expiry, {name: 1})
    store.queue.expire_leases(SPIDER, max_deaths=9)
    counts = store.redis.hgetall(KEYS.deaths)
    return {asin: int(counts.get(id_, 0)) for asin, id_ in ids.items()}


def crawl_until_death(store: Store, store_pages: dict[str, pages.Page], log: Path) -> None:
    with (
        running_store(store_pages) as shop,
        pool_crawler(store.config, SPIDER, "-s", MODULES, log=log, AMAZON_ORIGIN=shop.url) as child,
    ):
        wait_until(lambda: child.poll() is not None, log.read_text)


def test_the_death_of_one_that_kills_its_crawler_alone_counts(store: Store, tmp_path: Path) -> None:
    ids = add_job(store, KILLS, deaths={KILLS: 2})
    crawl_until_death(store, {"/dp/": pages.product(KILLS)}, tmp_path / "crawler.log")
    assert deaths_after(store, ids) == {KILLS: 3}


def test_one_that_is_at_work_alone_is_not_taken_for_its_neighbour_that_kills(
    store: Store, tmp_path: Path
) -> None:
    # The killer's page comes first, and has to wait until the other one is done.
    ids = add_job(store, KILLS, INNOCENT, deaths={INNOCENT: 2})

    def innocent(visit: pages.Visit) -> None:
        pages.slow(0.3)(visit)

    crawl_until_death(
        store,
        {f"/dp/{KILLS}": pages.product(KILLS), f"/dp/{INNOCENT}": innocent},
        tmp_path / "crawler.log",
    )
    assert deaths_after(store, ids)[INNOCENT] <= 2
    assert deaths_after(store, ids)[KILLS] == 1


def test_a_random_kill_while_it_waits_for_its_page_does_not_count(
    store: Store, tmp_path: Path
) -> None:
    ids = add_job(store, INNOCENT, deaths={INNOCENT: 2})
    log = tmp_path / "crawler.log"
    with (
        running_store({"/dp/": pages.slow(20.0)}) as shop,
        pool_crawler(store.config, SPIDER, log=log, AMAZON_ORIGIN=shop.url) as child,
    ):

        def is_marked() -> bool:
            return any("|*" in entry for entry in store.redis.hvals(KEYS.leased))

        wait_until(lambda: bool(shop.visits), log.read_text)
        wait_until(lambda: not is_marked(), log.read_text)
        child.kill()
        child.wait()
    assert deaths_after(store, ids) == {INNOCENT: 2}

"""Which deaths of crawlers count against a target whose crawlers died twice."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from spiders.extensions.page_download import SLOW_SECONDS
from spiders.frontier.seclusion import Seclusion
from spiders.work.target import LeasedTarget
from storage.base.records import Job, NewTarget
from storage.queue.leases import SeedWork
from storage.queue.seed_keys import SeedKeys
from tests.forked import ForkedProcess
from tests.spiders import little_store as pages
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.frontier.deadly_spider import KILLS
from tests.spiders.little_store import running_store
from tests.stores import SPIDER, Store

KEYS = SeedKeys(SPIDER)
MODULES = "SPIDER_MODULES=tests.spiders.frontier.deadly_spider"
INNOCENT = "B00SOBER00"


def target(name: str, *, deaths: float = 0) -> LeasedTarget:
    return LeasedTarget(id=name, url="", params={}, token=1, deaths=deaths, lease_until=0.0)


class Scene:
    """What the world is told, and what gets its turn."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, SeedWork]] = []
        self.seclusion = Seclusion(self._mark)

    async def _mark(self, one: LeasedTarget, work: SeedWork) -> None:
        await asyncio.sleep(0)
        self.marks.append((one.id, work))

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
        assert scene.marks == [("alone", SeedWork.ALONE)]
        assert not second.done()
        await seclusion.begin_work(alone)
        await seclusion.leave("alone")
        await second
        assert scene.marks == [("alone", SeedWork.ALONE), ("alone", SeedWork.WAITING)]

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
        works = [work for _, work in scene.marks]
        assert works == [SeedWork.ALONE, SeedWork.WAITING, SeedWork.ALONE]
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


def add_job(store: Store, *asins: str, deaths: dict[str, float]) -> dict[str, str]:
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
        store.redis.hset(KEYS.deaths, ids[asin], f"{count:g}")
    return ids


def deaths_after(store: Store, ids: dict[str, str]) -> dict[str, float]:
    """Once the leases of the dead crawler have run out."""
    for name in store.redis.zrange(KEYS.expiry, 0, -1):
        store.redis.zadd(KEYS.expiry, {name: 1})
    store.queue.expire_leases(SPIDER, max_deaths=9)
    counts = store.redis.hgetall(KEYS.deaths)
    return {asin: float(counts.get(id_, 0)) for asin, id_ in ids.items()}


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


def test_a_random_kill_while_it_waits_for_its_page_does_not_condemn(
    store: Store, tmp_path: Path
) -> None:
    ids = add_job(store, INNOCENT, deaths={INNOCENT: 2})
    log = tmp_path / "crawler.log"
    with (
        running_store({"/dp/": pages.slow(20.0)}) as shop,
        pool_crawler(store.config, SPIDER, log=log, AMAZON_ORIGIN=shop.url) as child,
    ):

        def is_marked(mark: SeedWork) -> bool:
            return any(f"|{mark}" in entry for entry in store.redis.hvals(KEYS.leased))

        wait_until(lambda: bool(shop.visits), log.read_text)
        wait_until(lambda: is_marked(SeedWork.LOADING), log.read_text)
        child.kill()
        child.wait()
    assert deaths_after(store, ids) == {INNOCENT: 2.5}


def test_one_that_kills_its_crawler_while_its_page_is_on_the_way_is_found_out(
    store: Store, tmp_path: Path
) -> None:
    ids = add_job(store, KILLS, deaths={KILLS: 2})
    children: list[subprocess.Popen[bytes] | ForkedProcess] = []

    def deadly(visit: pages.Visit) -> None:
        # Longer than a download may take before the others go on beside it.
        time.sleep(SLOW_SECONDS + 0.7)
        children[-1].kill()

    found = []
    with running_store({"/dp/": deadly}) as shop:
        for number in range(2):
            log = tmp_path / f"{number}.log"
            with pool_crawler(store.config, SPIDER, log=log, AMAZON_ORIGIN=shop.url) as child:
                children.append(child)
                wait_until(lambda: children[-1].poll() is not None, log.read_text)
            found.append(deaths_after(store, ids)[KILLS])
    assert found == [2.5, 3.5]

"""Every setting that the worker alone reads does something: a table with a line for each of them.

Each line looks at the worker's own loops and duties, made from an environment by each value.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest

from control_api.wiring.loops import worker_duties, worker_loops
from control_api.wiring.shared import SharedServices
from control_api.wiring.stores import Stores
from control_api.worker import __main__ as worker
from control_api.worker.loop import Loop
from settings.config import Config, load_config
from storage.base.clock import utc_now
from storage.base.records import Seed
from storage.monitors.chunks import Chunks, StoredChunk
from storage.pages.saved_pages import SavedPages
from storage.queue.seed_queue import SeedQueue
from tests.control_api.gateways.node import running_node
from tests.settings.environment import environment
from tests.spiders.saved.pages import page_of
from tests.stores import Store, database, indexed_database, new_target, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]


@dataclass(frozen=True)
class Scene:
    environ: dict[str, str]
    store: Store
    folder: Path

    @property
    def config(self) -> Config:
        return load_config(self.environ)

    def step(self, name: str) -> float:
        """One step of the loop of this name."""
        with closing(Stores.of_loops(self.config)) as stores:
            loops = worker_loops(stores, Event())
            (loop,) = [one for one in loops if isinstance(one, Loop) and one._name == name]
            pause = loop._step()
            if loop._leave is not None:
                loop._leave()
        return pause


@dataclass(frozen=True)
class Line:
    """What `look` sees, by the variable's value; None: it is not set."""

    look: Callable[[Scene], Any]
    seen: dict[str | None, Any]


def started(spider: str) -> Callable[[Scene], int]:
    def look(scene: Scene) -> int:
        with running_node() as node:
            environ = {**scene.environ, "SCRAPYD_NODES": node.url}
            Scene(environ, scene.store, scene.folder).step("fleet")
            return Counter(form["spider"] for form in node.scheduled)[spider]

    return look


def started_on_demand(spider: str) -> Callable[[Scene], int]:
    """A target of it waits."""

    def look(scene: Scene) -> int:
        SeedQueue(scene.store.redis, [spider]).push(spider, [Seed("t:1", "US", "o", "{}")])
        return started(spider)(scene)

    return look


def seeds_fed(scene: Scene) -> int:
    scene.store.add_job([new_target(index) for index in range(40)])
    scene.step("feeder")
    return scene.store.queue.depth("amazon_detail").ready


def old_jobs_kept(scene: Scene) -> int:
    job = scene.store.add_job([new_target(1)])
    ended = {"status": "completed", "feedable": False, "completedAt": utc_now() - timedelta(days=9)}
    scene.store.database["jobs"].update_one({"_id": job.id}, {"$set": ended})
    store = scene.store
    with closing(Stores.of_loops(scene.config)) as stores:
        duties = worker_duties(stores, SharedServices(stores))
        (retention,) = [duty for duty in duties if duty.name == "retention"]
        retention.run()
    return store.database["jobs"].count_documents({})


def old_history_kept(scene: Scene) -> int:
    ended = utc_now() - timedelta(days=9)
    piece = StoredChunk(watch_id="m:B000000001", start=ended, end=ended, checks=[0], fields={})
    scene.store.transactions.run(
        lambda session: Chunks(scene.store.database).insert([piece], session)
    )
    with closing(Stores.of_loops(scene.config)) as stores:
        duties = worker_duties(stores, SharedServices(stores))
        (retention,) = [duty for duty in duties if duty.name == "retention"]
        retention.run()
    return scene.store.database["chunks"].count_documents({})


def pages_kept(scene: Scene) -> int:
    """Of two pages of 0.7 MB."""
    job = scene.store.add_job([new_target(1)])
    pages = SavedPages(scene.store.database)
    for number in (1, 2):
        page = page_of(job, number=number)
        pages.keep([replace(page, body=os.urandom(700_000))])
    with closing(Stores.of_loops(scene.config)) as stores:
        duties = worker_duties(stores, SharedServices(stores))
        (retention,) = [duty for duty in duties if duty.name == "retention"]
        retention.run()
    return scene.store.database["saved_pages"].count_documents({})


def is_alive_file_touched(scene: Scene) -> bool:
    """`python -m control_api.worker` without loops, and asked to stop soon."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    with (
        pytest.MonkeyPatch.context() as patch,
        environment(scene.environ),
        closing(Stores.of_loops(scene.config)) as stores,
    ):
        # The worker's connections end with its process, and this process goes on.
        patch.setattr(worker.Stores, "of_loops", lambda config: stores)
        patch.setattr(worker, "worker_loops", lambda stores, stop: [])
        patch.setattr(worker, "configure_logs", lambda level: None)
        timer = Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
        timer.start()
        assert worker.main() == 0
        timer.join()
    for number, handler in handlers.items():
        signal.signal(number, handler)
    return (scene.folder / "alive").exists()


TABLE: dict[str, Line] = {
    "SEARCH_CRAWLERS": Line(started("amazon_search"), {"0": 0, "2": 2}),
    "DETAIL_CRAWLERS": Line(started("amazon_detail"), {"0": 0, "2": 2}),
    "BESTSELLERS_CRAWLERS": Line(started("amazon_bestsellers"), {"0": 0, "2": 2}),
    "SITE_CRAWLERS": Line(started("site"), {"0": 0, "2": 2}),
    "OFFERS_CRAWLERS": Line(started_on_demand("amazon_offers"), {"0": 0, "2": 2}),
    "SELLER_CRAWLERS": Line(started_on_demand("amazon_seller"), {"0": 0, "2": 2}),
    "SUGGESTIONS_CRAWLERS": Line(started_on_demand("amazon_suggestions"), {"0": 0, "2": 2}),
    "FEED_WINDOW": Line(seeds_fed, {"3": 3, "9": 9}),
    "RECONCILE_SECONDS": Line(lambda s: s.step("reconciler"), {"2": 2.0, "7": 7.0}),
    "HISTORY_DAYS": Line(old_history_kept, {"10": 1, "8": 0}),
    "RETENTION_DAYS": Line(old_jobs_kept, {"10": 1, "8": 0}),
    "KEEP_PAGES_MB": Line(pages_kept, {"1": 1, "2": 2}),
    "WORKER_ALIVE_FILE": Line(is_alive_file_touched, {None: False, "{folder}/alive": True}),
}
CASES = [(name, value) for name, line in TABLE.items() for value in line.seen]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_setting_makes_its_difference(
    store: Store, tmp_path: Path, name: str, value: str | None
) -> None:
    environ = {
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
    }
    if value is not None:
        environ[name] = value.format(folder=tmp_path)
    assert TABLE[name].look(Scene(environ, store, tmp_path)) == TABLE[name].seen[value]

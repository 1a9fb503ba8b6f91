from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from control_api.services.node_directory import NodeDirectory
from control_api.worker.dispatcher import Dispatcher
from control_api.worker.loop import Loop
from control_api.worker.node_watch import NodeWatch
from deploy.embedded.ports import free_port
from settings.config import ScrapydNode
from spiders.types.spider import SPIDER
from storage.base.records import Job, NewJob, NewTarget, Priority
from storage.base.sessions import kill_session
from storage.runs.nodes import Nodes
from storage.runs.runs import Run, Runs
from tests.nodes.scrapyd_node import HEARTBEAT_SECONDS, RealNode, wait_until
from tests.stores import Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]

SILENCE_SECONDS = 2.5 * HEARTBEAT_SECONDS


class Jobs:
    """Spider jobs without an API, and what became of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.runs = Runs(store.database)

    def add(
        self,
        spider: str,
        settings: Mapping[str, Any] | None = None,
        *,
        organization_id: str = "an-organization",
        priority: Priority = Priority.NORMAL,
        **arguments: str,
    ) -> str:
        new = NewJob(
            organization_id=organization_id,
            project_id="a-project",
            kind=SPIDER.name,
            is_pooled=False,
            spider=spider,
            config={"arguments": arguments, "settings": dict(settings or {})},
            targets=[NewTarget(spider, f"spider:{spider}", SPIDER.name)],
            priority=priority,
        )

        def write(session: Any) -> str:
            job = self.store.jobs.insert(new, session)
            self.store.targets.insert(job.id, new.targets, session)
            self.runs.insert(job, session)
            return job.id

        return self.store.transactions.run(write)

    def job(self, job_id: str) -> Job:
        return self.store.job(job_id)

    def run(self, job_id: str) -> Run:
        run = self.runs.find(job_id)
        assert run is not None
        return run

    def wait_for_end(self, job_id: str, *, seconds: float = 40) -> Job:
        wait_until(
            lambda: not self.job(job_id).is_open,
            f"the end of {self.job(job_id)}, {self.runs.find(job_id)}",
            seconds=seconds,
        )
        return self.job(job_id)

    def wait_for_items(self, job_id: str, count: int = 1) -> None:
        wait_until(lambda: self.job(job_id).result_count >= count, "items", seconds=40)

    def numbers(self, job_id: str) -> list[int]:
        return [row.data["number"] for row in self.store.results.iterate(job_id)]


@pytest.fixture
def jobs(store: Store) -> Jobs:
    return Jobs(store)


@pytest.fixture
def make_node(store: Store, tmp_path: Path) -> Iterator[Callable[..., RealNode]]:
    nodes: list[RealNode] = []

    def make(*, is_started: bool = True, **options: Any) -> RealNode:
        port = free_port()
        node = RealNode(store.config, tmp_path / f"node-{port}", port=port, **options)
        nodes.append(node)
        if is_started:
            node.start()
        return node

    yield make
    for node in nodes:
        node.kill()


@pytest.fixture
def dispatch(store: Store) -> Iterator[Callable[..., Dispatcher]]:
    """Starts a dispatcher over these nodes; it works until the test ends."""
    stop = Event()
    loops: list[Loop] = []

    def start(*nodes: ScrapydNode, slots: int = 4, start_seconds: float = 15.0) -> Dispatcher:
        directory = NodeDirectory(Nodes(store.database), nodes, default_slots=slots)
        dispatcher = Dispatcher(
            Runs(store.database),
            store.jobs,
            store.settlement,
            watch=NodeWatch(directory),
            kill_session=partial(kill_session, store.database.client),
            silence_seconds=SILENCE_SECONDS,
            start_seconds=start_seconds,
        )
        loop = Loop("dispatcher", dispatcher.step, stop, leave=dispatcher.stop)
        loop.start()
        loops.append(loop)
        return dispatcher

    yield start
    stop.set()
    for loop in loops:
        loop.join(10)

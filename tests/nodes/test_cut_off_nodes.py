"""Three nodes on three machines: one loses its power, one its cable for a while, one is drained."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.layout import PROJECT_ROOT
from sandbox.asins import AsinCode
from spiders.marketplaces import locale_for
from spiders.urls import product_url
from storage.nodes import Nodes
from storage.records import JobStatus, NewJob, NewTarget, TargetStatus
from storage.runs import RunState
from tests.crash.farm import running_sandbox
from tests.nodes.conftest import Jobs
from tests.nodes.namespaces import Machine, machines, obstacle
from tests.nodes.scrapyd_node import HEARTBEAT_SECONDS, PASSWORD, RealNode, wait_until

SCRAPYD_PORT = 6800
TARGETS = 2_000
SPIDER_JOBS = 10
ITEMS = 250

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(420)]


@pytest.fixture
def sandbox_url(tmp_path: Path) -> Iterator[str]:
    with running_sandbox(tmp_path, "--seed=1") as url:
        yield url


@pytest.fixture
def fleet(jobs: Jobs, tmp_path: Path, sandbox_url: str) -> Iterator[list[tuple[Machine, RealNode]]]:
    if reason := obstacle():
        pytest.skip(reason)
    config = jobs.store.config
    urls = (config.mongodb_uri, config.redis_url, sandbox_url)
    ports = [port for url in urls if (port := urlsplit(url).port)]
    with ExitStack() as stack:
        made = stack.enter_context(machines(3, ports=ports, folder=tmp_path))
        nodes = [
            RealNode(
                config,
                tmp_path / machine.name,
                port=SCRAPYD_PORT,
                host=machine.address,
                prefix=machine.prefix,
                SANDBOX_URL=sandbox_url,
            )
            for machine in made
        ]
        for node in nodes:
            stack.callback(node.kill)
            node.start()
        yield list(zip(made, nodes, strict=True))


@pytest.fixture
def worker(
    jobs: Jobs, tmp_path: Path, sandbox_url: str, fleet: Sequence[tuple[Machine, RealNode]]
) -> Iterator[None]:
    addresses = [urlsplit(node.config.url).netloc for _, node in fleet]
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT_ROOT),
        "MONGODB_URI": jobs.store.config.mongodb_uri,
        "MONGODB_DATABASE": jobs.store.config.mongodb_database,
        "REDIS_URL": jobs.store.config.redis_url,
        "SANDBOX_URL": sandbox_url,
        "SCRAPYD_NODES": ",".join(f"http://azscraper:{PASSWORD}@{name}" for name in addresses),
        "HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
        "LEASE_SECONDS": str(3 * HEARTBEAT_SECONDS),
        "RECONCILE_SECONDS": "0.5",
        "DETAIL_CRAWLERS": "1",
        "SEARCH_CRAWLERS": "0",
        "SITE_CRAWLERS": "0",
    }
    command = [sys.executable, "-m", "control_api.worker"]
    child = start_child(command, log=tmp_path / "worker.log", env=environ)
    yield
    stop_child(child)


@pytest.mark.usefixtures("worker")
def test_every_target_and_every_job_ends_once(
    jobs: Jobs, fleet: list[tuple[Machine, RealNode]]
) -> None:
    job_id = submit_details(jobs, TARGETS)
    spider_jobs = [jobs.add("counting", count=str(ITEMS), delay="0.1") for _ in range(SPIDER_JOBS)]
    (dead, dead_node), (cut, cut_node), (_, drained_node) = fleet
    wait_until(
        lambda: all(jobs.run(one).state is RunState.RUNNING for one in spider_jobs),
        "every spider job runs",
        seconds=90,
    )
    nodes_of = Counter(jobs.run(one).node for one in spider_jobs)
    assert len(nodes_of) == 3, nodes_of
    dead.lose_power()
    assert_moves(jobs, spider_jobs, dead_node)
    cut.pull_cable()
    lost = assert_moves(jobs, spider_jobs, cut_node)
    fenced = {one: jobs.run(one).attempt for one in lost}
    time.sleep(5 * HEARTBEAT_SECONDS)
    cut.plug_cable()
    Nodes(jobs.store.database).change(drained_node.config.name, is_draining=True)
    for one in spider_jobs:
        job = jobs.wait_for_end(one, seconds=150)
        assert job.status is JobStatus.COMPLETED, jobs.run(one)
        assert jobs.numbers(one) == list(range(ITEMS))
        rows = jobs.store.results.iterate(one)
        assert len({row.data["pid"] for row in rows}) == 1, "two processes wrote one job"
        assert jobs.store.outbox.count_for_job(one) == 1
    assert all(jobs.run(one).attempt >= attempt for one, attempt in fenced.items())
    assert jobs.wait_for_end(job_id, seconds=200).counts.success == TARGETS
    assert_books_are_right(jobs, job_id)


def assert_moves(jobs: Jobs, spider_jobs: Sequence[str], node: RealNode) -> list[str]:
    """Its runs are taken from it within three heartbeats, and the steps of those who look."""
    lost = [one for one in spider_jobs if jobs.run(one).node == node.config.name]
    since = time.monotonic()
    wait_until(
        lambda: all(jobs.run(one).node != node.config.name for one in lost),
        f"the runs of {node.config.name} are moved",
    )
    taken = time.monotonic() - since
    assert taken < 3 * HEARTBEAT_SECONDS + 2.0, f"{taken:.1f} s"
    return lost


def assert_books_are_right(jobs: Jobs, job_id: str) -> None:
    counts = jobs.job(job_id).counts
    assert counts == jobs.store.targets.recount(job_id)
    ended = jobs.store.targets.list_page(job_id, limit=TARGETS, status=TargetStatus.SUCCESS)
    rows = Counter(row.data["requestedAsin"] for row in jobs.store.results.iterate(job_id))
    assert rows == Counter(target.value for target in ended)


def submit_details(jobs: Jobs, count: int) -> str:
    code = AsinCode(seed=1)
    locale = locale_for(lang="en-US", marketplace="sandbox")
    seed = {"lang": locale.lang, "language": locale.language}
    asins = [code.asin(number) for number in range(0, count * 20, 20)]
    new = NewJob(
        organization_id="an-organization",
        project_id="a-project",
        kind="details",
        spider="amazon_detail",
        config={},
        targets=[
            NewTarget(
                asin,
                product_url(locale.marketplace, asin, language=locale.language),
                "sandbox",
                {**seed, "asin": asin},
            )
            for asin in asins
        ],
    )

    def write(session: Any) -> str:
        job = jobs.store.jobs.insert(new, session)
        jobs.store.targets.insert(job.id, new.targets, session)
        return job.id

    return jobs.store.transactions.run(write)

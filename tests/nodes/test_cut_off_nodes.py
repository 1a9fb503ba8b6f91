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
from deploy.embedded.ports import free_port
from sandbox.goods.asins import AsinCode
from spiders.sites.marketplaces import locale_for
from spiders.sites.urls import product_url
from storage.base.records import JobStatus, NewJob, NewTarget, TargetStatus
from storage.runs.nodes import Nodes
from tests.crash.farm import running_sandbox
from tests.nodes.conftest import Jobs
from tests.nodes.namespaces import Machine, leftovers, machines, obstacle
from tests.nodes.scrapyd_node import (
    HEARTBEAT_SECONDS,
    PASSWORD,
    RealNode,
    is_running,
    wait_until,
)
from tests.services import service_is_missing
from tests.stores import count_events, recount

SCRAPYD_PORT = 6800
TARGETS = 2_000
SPIDER_JOBS = 10
# What a loaded machine needs to start ten processes.
START_SECONDS = 90
# A step of the dispatcher and one of the reconciler, and a node's answer.
STEP_SECONDS = 2.0

pytestmark = [pytest.mark.timeout(400), pytest.mark.alone]


@pytest.fixture(autouse=True)
def root() -> None:
    """A developer who is not root sees a skip; in CI, root must be able to do it."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    if reason := obstacle():
        service_is_missing(reason)


@pytest.fixture
def sandbox_url(tmp_path: Path) -> Iterator[str]:
    # Slow enough that the crawl outlives what is done to its nodes.
    with running_sandbox(tmp_path, "--seed=1", "--delay=200") as url:
        yield url


@pytest.fixture
def fleet(jobs: Jobs, tmp_path: Path, sandbox_url: str) -> Iterator[list[tuple[Machine, RealNode]]]:
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
                CRAWLER_CONCURRENCY="8",
            )
            for machine in made
        ]
        for node in nodes:
            stack.callback(node.kill)
            node.launch()
        for node in nodes:
            node.wait_until_it_answers()
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
        # The last node that is left can take all of them.
        "SPIDER_SLOTS": str(SPIDER_JOBS),
        "SEARCH_CRAWLERS": "0",
        "BESTSELLERS_CRAWLERS": "0",
        "SITE_CRAWLERS": "0",
    }
    command = [sys.executable, "-m", "control_api.worker"]
    child = start_child(command, log=tmp_path / "worker.log", env=environ)
    yield
    stop_child(child)


@pytest.mark.usefixtures("worker")
# It takes one or two minutes, and no other test may run meanwhile.
@pytest.mark.chaos
def test_every_target_and_every_job_ends_once(
    jobs: Jobs, fleet: list[tuple[Machine, RealNode]], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    spider_jobs = [jobs.add("dripping", gate=str(gate)) for _ in range(SPIDER_JOBS)]
    (dead, dead_node), (cut, cut_node), (_, drained_node) = fleet
    wait_for_items(jobs, spider_jobs)
    nodes_of = Counter(jobs.run(one).node for one in spider_jobs)
    assert set(nodes_of) == {node.config.name for _, node in fleet}, nodes_of
    job_id = submit_details(jobs, TARGETS)
    wait_until(lambda: jobs.job(job_id).counts.success > 100, "the crawl", seconds=START_SECONDS)

    dead.lose_power()
    assert_moves(jobs, spider_jobs, dead_node)
    wait_for_items(jobs, spider_jobs)
    fenced = pids_on(jobs, spider_jobs, cut_node)
    cut.pull_cable()
    lost = assert_moves(jobs, spider_jobs, cut_node)
    assert jobs.job(job_id).is_open, "the crawl was over before the nodes were lost"
    assert all(map(is_running, fenced)), "a node that is cut off works on"
    wait_for_items(jobs, lost)
    cut.plug_cable()
    # They had counted on, and meet their fence: nothing that they had in hand is written.
    wait_until(lambda: not any(map(is_running, fenced)), "the fenced have ended", seconds=40)
    assert not fenced & pids_of(jobs, spider_jobs)

    Nodes(jobs.store.database).change(drained_node.config.name, is_draining=True)
    attempts = {one: jobs.run(one).attempt for one in spider_jobs}
    gate.touch()
    for one in spider_jobs:
        assert_ended_once(jobs, one)
    assert {one: jobs.run(one).attempt for one in spider_jobs} == attempts, "a drain moves no run"
    assert jobs.wait_for_end(job_id, seconds=120).counts.success == TARGETS
    assert_books_are_right(jobs, job_id)
    assert not fenced & pids_of(jobs, spider_jobs)


def test_nothing_is_left_of_the_machines_when_their_test_fails(tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        machines(2, ports=[free_port()], folder=tmp_path) as made,
    ):
        child = start_child([*made[0].prefix, "sleep", "600"], log=tmp_path / "sleep.log")
        wait_until(lambda: child.pid in made[0].pids(), "it runs there")
        assert len(leftovers()) == 5
        _ = 1 / 0
    wait_until(lambda: child.poll() is not None, "its processes have ended")
    assert leftovers() == []


def wait_for_items(jobs: Jobs, spider_jobs: Sequence[str]) -> None:
    """Every one runs, and has stored what its present process gave."""
    wait_until(
        lambda: all(jobs.run(one).items > 0 for one in spider_jobs),
        "every spider job runs",
        seconds=START_SECONDS,
    )


def assert_moves(jobs: Jobs, spider_jobs: Sequence[str], node: RealNode) -> list[str]:
    """Other nodes have its runs within three heartbeats, and the steps of those who look."""
    lost = [one for one in spider_jobs if jobs.run(one).node == node.config.name]
    assert lost
    since = time.monotonic()
    wait_until(
        lambda: all(jobs.run(one).node not in (None, node.config.name) for one in lost),
        f"the runs of {node.config.name} are moved",
    )
    taken = time.monotonic() - since
    assert taken < 3 * HEARTBEAT_SECONDS + STEP_SECONDS, f"{taken:.1f} s"
    return lost


def pids_on(jobs: Jobs, spider_jobs: Sequence[str], node: RealNode) -> set[int]:
    """Of the processes that wrote what is stored of this node's jobs."""
    here = [one for one in spider_jobs if jobs.run(one).node == node.config.name]
    pids = pids_of(jobs, here)
    assert len(pids) == len(here)
    return pids


def pids_of(jobs: Jobs, spider_jobs: Sequence[str]) -> set[int]:
    return {row.data["pid"] for one in spider_jobs for row in jobs.store.results.iterate(one)}


def assert_ended_once(jobs: Jobs, job_id: str) -> None:
    job = jobs.wait_for_end(job_id, seconds=60)
    assert job.status is JobStatus.COMPLETED, jobs.run(job_id)
    assert jobs.numbers(job_id) == list(range(job.result_count))
    assert len(pids_of(jobs, [job_id])) == 1, "two processes wrote one job"
    assert count_events(jobs.store.database, job_id) == 1


def assert_books_are_right(jobs: Jobs, job_id: str) -> None:
    counts = jobs.job(job_id).counts
    assert counts == recount(jobs.store.database, job_id)
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

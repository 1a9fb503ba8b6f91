"""scrapyd's weak spots: lists lost at a restart, starts that never happen, refusals in a 200."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from control_api.worker.dispatcher import Dispatcher
from storage.nodes import Nodes
from storage.records import JobStatus
from storage.runs import RunState
from tests.control_api.gateways.node import Node, running_node
from tests.nodes.conftest import Jobs
from tests.nodes.scrapyd_node import HEARTBEAT_SECONDS, PASSWORD, RealNode, is_running, wait_until

MakeNode = Callable[..., RealNode]
Dispatch = Callable[..., Dispatcher]


@pytest.fixture
def liar() -> Iterator[Node]:
    """A scrapyd that answers ok and starts nothing."""
    with running_node() as node:
        yield node


def join(jobs: Jobs, node: RealNode) -> None:
    """Adds the node to a fleet that is running."""
    added = node.config
    Nodes(jobs.store.database).add(
        added.name, url=added.url, username=added.username, password=added.password
    )


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda n: n.name)
def test_scrapyd_that_ends_under_its_runs_leaves_no_orphan_and_no_lie(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, number: signal.Signals
) -> None:
    node = make_node()
    dispatch(node.config)
    job_id = jobs.add("counting", count="60", delay="0.1")
    jobs.wait_for_items(job_id, 3)
    (row,) = jobs.store.results.list_page(job_id, limit=1)
    node.send(number)
    wait_until(lambda: not is_running(row.data["pid"]), "the orphan has ended", seconds=15)
    node.start()
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
    assert jobs.numbers(job_id) == list(range(60))
    assert len({row.data["pid"] for row in jobs.store.results.iterate(job_id)}) == 1
    assert jobs.run(job_id).attempt == 2


@pytest.mark.parametrize("forgets", [True, False], ids=["it lists nothing", "for ever pending"])
def test_a_start_that_never_happens_is_taken_back_and_sent_elsewhere(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, liar: Node, forgets: bool
) -> None:
    liar.forgets = forgets
    dispatch(liar.config, slots=9, start_seconds=4.0)
    job_id = jobs.add("counting")
    wait_until(lambda: jobs.run(job_id).losses, "the dispatch is taken back")
    assert jobs.job(job_id).status is JobStatus.QUEUED
    join(jobs, make_node())
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
    assert jobs.run(job_id).node != liar.config.name


def test_a_200_that_says_error_starts_nothing_and_changes_nothing(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, liar: Node
) -> None:
    liar.error = "use of closed network connection"
    dispatch(liar.config)
    job_id = jobs.add("counting")
    wait_until(lambda: jobs.run(job_id).refused_by, "it was refused")
    run = jobs.run(job_id)
    assert jobs.job(job_id).status is JobStatus.QUEUED
    assert run.losses == []
    join(jobs, make_node())
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED


def test_a_node_that_drains_gets_nothing_new_and_ends_what_it_has(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    drained, other = make_node(), make_node()
    dispatch(drained.config)
    first = jobs.add("counting", count="40", delay="0.1")
    jobs.wait_for_items(first)
    Nodes(jobs.store.database).change(drained.config.name, is_draining=True)
    later = jobs.add("counting")
    time.sleep(4 * 0.5)
    assert jobs.run(later).state is RunState.WAITING
    join(jobs, other)
    assert jobs.wait_for_end(later).status is JobStatus.COMPLETED
    assert jobs.run(later).node == other.config.name
    assert jobs.wait_for_end(first).status is JobStatus.COMPLETED
    assert jobs.run(first).attempt == 1


def test_no_more_runs_than_slots(jobs: Jobs, make_node: MakeNode, dispatch: Dispatch) -> None:
    node = make_node()
    dispatch(node.config, slots=2)
    ids = [jobs.add("counting", count="3", delay="0.3") for _ in range(5)]
    most = 0
    while any(jobs.job(job_id).is_open for job_id in ids):
        states = [jobs.run(job_id).state for job_id in ids]
        most = max(most, states.count(RunState.RUNNING))
        time.sleep(0.1)
    assert most == 2
    assert all(jobs.job(job_id).status is JobStatus.COMPLETED for job_id in ids)


def test_a_frozen_run_is_moved_and_writes_nothing_when_it_wakes(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node().config, make_node().config)
    job_id = jobs.add("counting", count="80", delay="0.05")
    jobs.wait_for_items(job_id, 5)
    (row,) = jobs.store.results.list_page(job_id, limit=1)
    frozen = row.data["pid"]
    os.kill(frozen, signal.SIGSTOP)
    since = time.monotonic()
    wait_until(lambda: jobs.run(job_id).attempt == 2, "another node has it")
    # Three heartbeats, and the steps of a dispatcher that looks twice a second.
    assert time.monotonic() - since < 3 * HEARTBEAT_SECONDS + 1.5
    jobs.wait_for_items(job_id, 5)
    os.kill(frozen, signal.SIGCONT)
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
    assert jobs.numbers(job_id) == list(range(80))
    assert frozen not in {row.data["pid"] for row in jobs.store.results.iterate(job_id)}
    wait_until(lambda: not is_running(frozen), "the fenced process has ended", seconds=25)


def test_a_node_whose_clock_is_an_hour_off_changes_nothing(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    node = make_node(is_started=False)
    # Python's clock alone, by a module that every process of the node imports first.
    folder = node.folder / "late"
    folder.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(
        "import time\n_now = time.time\ntime.time = lambda: _now() + 3600\n"
    )
    node.start(PYTHONPATH=f"{folder}:{node._environ['PYTHONPATH']}")
    dispatch(node.config)
    job_id = jobs.add("counting", count="50", delay="0.1")
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
    assert jobs.run(job_id).attempt == 1


def test_no_crawl_process_listens_and_no_secret_is_in_sight(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    node = make_node()
    dispatch(node.config)
    job_id = jobs.add("counting", count="1000", delay="0.05")
    secret = jobs.add("counting", count="1", delay="0.0123456789")
    jobs.wait_for_items(job_id, 3)
    (row,) = jobs.store.results.list_page(job_id, limit=1)
    assert not _listening(row.data["pid"])
    assert jobs.wait_for_end(secret).status is JobStatus.COMPLETED
    seen = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True).stdout
    line = next(line for line in seen.splitlines() if f"job_id={job_id}" in line)
    assert PASSWORD not in line
    assert jobs.store.config.mongodb_uri not in line
    assert "0.0123456789" not in node.log
    assert PASSWORD not in re.sub(r"(?m)^.*environ.*$", "", node.log)
    jobs.runs.request_cancel(job_id)
    jobs.wait_for_end(job_id)


def _listening(pid: int) -> list[str]:
    """Sockets of the process that are in state LISTEN (0A)."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        target = str(link.readlink())
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.append(fields[1])
    return found

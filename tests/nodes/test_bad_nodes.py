"""scrapyd's weak spots: lists lost at a restart, starts that never happen, refusals in a 200."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from control_api.worker.dispatcher import Dispatcher
from storage.base.records import JobStatus
from storage.runs.logs import RunLogs
from storage.runs.nodes import Nodes
from storage.runs.runs import RunState
from tests.control_api.gateways.node import Node, running_node
from tests.nodes.conftest import Jobs
from tests.nodes.scrapyd_node import HEARTBEAT_SECONDS, RealNode, is_running, wait_until

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


@pytest.mark.parametrize(
    "number",
    [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.chaos)],
    ids=lambda n: n.name,
)
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


# No other test may run meanwhile, for half a minute.
@pytest.mark.chaos
@pytest.mark.alone
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
    # Its runner may have ended it by now.
    with suppress(ProcessLookupError):
        os.kill(frozen, signal.SIGCONT)
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
    assert jobs.numbers(job_id) == list(range(80))
    assert frozen not in {row.data["pid"] for row in jobs.store.results.iterate(job_id)}
    wait_until(lambda: not is_running(frozen), "the fenced process has ended", seconds=25)


# Python's clock alone, by a module that every process of the node imports first.
WRONG_CLOCK = """
import datetime as module, time
_now, _now_ns, _datetime = time.time, time.time_ns, module.datetime
time.time = lambda: _now() + {seconds}
# Since Python 3.13 logging reads this one.
time.time_ns = lambda: _now_ns() + {seconds} * 10**9

class datetime(_datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.now(module.timezone.utc).replace(tzinfo=None)

module.datetime = datetime
"""


@pytest.mark.parametrize("hours", [pytest.param(-1, marks=pytest.mark.chaos), 1])
def test_a_node_whose_clock_is_an_hour_off_changes_nothing(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, hours: int
) -> None:
    node = make_node(is_started=False)
    node.start_with(WRONG_CLOCK.format(seconds=hours * 3600))
    dispatch(node.config)
    job_id = jobs.add("counting", count="50", delay="0.1")
    jobs.wait_for_items(job_id)
    job = jobs.wait_for_end(job_id)
    assert job.status is JobStatus.COMPLETED
    assert jobs.run(job_id).attempt == 1
    assert jobs.numbers(job_id) == list(range(50))
    # The node's clock was wrong indeed, and is nowhere in what the job tells.
    (line, *_) = RunLogs(jobs.store.database).read(job_id, offset=0, limit=1).lines
    told = datetime.fromisoformat(line.split(",")[0]).astimezone()
    assert abs(told - job.created_at - timedelta(hours=hours)) < timedelta(minutes=10)
    assert job.started_at is not None
    assert job.completed_at is not None
    assert job.created_at <= job.started_at < job.completed_at <= datetime.now(UTC)


# The machine has no memory left for another process: what scrapyd does then is its own.
NO_MEMORY = """
import errno, os, pathlib

def refuse(call):
    def wrapped(*arguments, **options):
        if pathlib.Path({flag!r}).exists():
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return call(*arguments, **options)
    return wrapped

os.fork, os.posix_spawnp = refuse(os.fork), refuse(os.posix_spawnp)
"""


def test_a_scrapyd_that_cannot_start_any_process_loses_no_job(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, tmp_path: Path
) -> None:
    flag = tmp_path / "no-memory"
    node = make_node(is_started=False)
    node.start_with(NO_MEMORY.format(flag=str(flag)))
    flag.touch()
    dispatch(node.config, start_seconds=4.0)
    ids = [jobs.add("counting") for _ in range(2)]
    wait_until(lambda: all(jobs.run(one).refused_by or jobs.run(one).losses for one in ids), "both")
    assert all(jobs.job(one).status is JobStatus.QUEUED for one in ids)
    other = make_node()
    join(jobs, other)
    for job_id in ids:
        assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
        assert jobs.run(job_id).node == other.config.name
        assert jobs.numbers(job_id) == list(range(10))

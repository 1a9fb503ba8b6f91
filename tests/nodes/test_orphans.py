"""No crawl process, and nothing that it has started, outlives those who watch it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from control_api.worker.dispatcher import Dispatcher
from storage.base.records import JobStatus
from storage.runs.runs import RunState
from tests.nodes.conftest import Jobs
from tests.nodes.scrapyd_node import RealNode, is_running, wait_until

MakeNode = Callable[..., RealNode]
Dispatch = Callable[..., Dispatcher]

# The runner's and the spider's own: INT, 5 s, TERM, 5 s, KILL; and 15 s in which nobody is left.
GRACE_SECONDS = 35.0


@pytest.fixture(autouse=True)
def nothing_is_left_by_a_test_that_fails(tmp_path: Path) -> Iterator[None]:
    yield
    pids_file = tmp_path / "pids"
    for pid in pids_file.read_text().split() if pids_file.exists() else ():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def begun(jobs: Jobs, spider: str, folder: Path) -> tuple[str, list[int]]:
    """A job whose spider runs, and the processes of it: the spider first, then its child."""
    pids_file = folder / "pids"
    job_id = jobs.add(spider, pids_file=str(pids_file))
    jobs.wait_for_items(job_id)
    pids = [int(pid) for pid in pids_file.read_text().split()]
    assert len(pids) == 2
    assert all(map(is_running, pids))
    return job_id, pids


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.parametrize("spider", ["parent", "stubborn"])
def test_a_killed_supervisor_leaves_nothing(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, tmp_path: Path, spider: str
) -> None:
    dispatch(make_node().config)
    job_id, pids = begun(jobs, spider, tmp_path)
    supervisor = parent_of(pids[0])
    assert "runner" in Path(f"/proc/{supervisor}/cmdline").read_text()
    os.kill(supervisor, signal.SIGKILL)
    assert_gone(pids)
    assert_cancels(jobs, job_id)


def test_a_killed_scrapyd_leaves_nothing(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, tmp_path: Path
) -> None:
    node = make_node()
    dispatch(node.config)
    job_id, pids = begun(jobs, "stubborn", tmp_path)
    node.send(signal.SIGKILL)
    assert_gone(pids)
    node.start()
    wait_until(lambda: jobs.run(job_id).attempt == 2, "it is run again", seconds=30)
    assert_cancels(jobs, job_id)


def test_a_run_that_nobody_watches_any_more_is_ended_before_it_is_cancelled(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, tmp_path: Path
) -> None:
    """scrapyd and the supervisor are killed: the spider, deaf to its signals, runs on for a while."""
    node = make_node()
    dispatch(node.config)
    job_id, pids = begun(jobs, "stubborn", tmp_path)
    supervisor = parent_of(pids[0])
    os.kill(supervisor, signal.SIGSTOP)
    node.send(signal.SIGKILL)
    os.kill(supervisor, signal.SIGKILL)
    node.start()
    assert jobs.run(job_id).state is RunState.RUNNING, "it still beats"
    assert jobs.runs.request_cancel(job_id) is not None

    def ended() -> bool:
        is_open = jobs.job(job_id).is_open
        assert is_open or not any(map(is_running, pids)), "cancelled, and still runs"
        return not is_open

    wait_until(ended, "the cancelled job", seconds=GRACE_SECONDS)
    assert jobs.job(job_id).status is JobStatus.CANCELLED


def assert_gone(pids: list[int]) -> None:
    wait_until(lambda: not any(map(is_running, pids)), "all have ended", seconds=GRACE_SECONDS)


def assert_cancels(jobs: Jobs, job_id: str) -> None:
    jobs.runs.request_cancel(job_id)
    assert jobs.wait_for_end(job_id).status is JobStatus.CANCELLED

"""What waits for one job holds up no other; and a cancel that comes between two attempts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from control_api.worker.dispatcher import Dispatcher
from storage.base.records import JobStatus
from storage.runs.runs import INTERRUPTED, Run, RunOutcome
from tests.control_api.gateways.node import Node, running_node
from tests.nodes.conftest import Jobs
from tests.nodes.scrapyd_node import wait_until

Dispatch = Callable[..., Dispatcher]


@pytest.fixture
def node() -> Iterator[Node]:
    """It agrees to everything, and starts nothing."""
    with running_node() as node:
        yield node


def ended(jobs: Jobs, job_id: str, node: Node, outcome: RunOutcome) -> Run:
    run = jobs.runs.dispatch(jobs.run(job_id), node.config.name)
    assert run is not None
    found = jobs.runs.end(run, outcome)
    assert found is not None
    return found


def settled(jobs: Jobs, job_id: str, node: Node) -> JobStatus:
    ended(jobs, job_id, node, RunOutcome(is_well=True, reason="finished"))
    return JobStatus.COMPLETED


def failed(jobs: Jobs, job_id: str, node: Node) -> JobStatus:
    ended(jobs, job_id, node, RunOutcome(is_well=False, reason="x", code="SPIDER_ERROR"))
    return JobStatus.FAILED


def cancelled_while_it_waits(jobs: Jobs, job_id: str, node: Node) -> JobStatus:
    assert jobs.runs.request_cancel(job_id)
    return JobStatus.CANCELLED


def cancelled_after_its_end(jobs: Jobs, job_id: str, node: Node) -> JobStatus:
    assert jobs.runs.dispatch(jobs.run(job_id), node.config.name)
    assert jobs.runs.request_cancel(job_id)
    node.jobs["finished"] = [jobs.run(job_id).dispatch_id or ""]
    return JobStatus.CANCELLED


@pytest.mark.parametrize(
    "come_to", [settled, failed, cancelled_while_it_waits, cancelled_after_its_end]
)
def test_a_job_that_a_dying_process_has_locked_holds_up_no_other(
    jobs: Jobs,
    dispatch: Dispatch,
    node: Node,
    come_to: Callable[[Jobs, str, Node], JobStatus],
) -> None:
    locked = jobs.add("counting")
    expected = come_to(jobs, locked, node)
    database = jobs.store.database
    with database.client.start_session() as session:
        session.start_transaction()
        database["jobs"].update_one({"_id": locked}, {"$set": {"locked": True}}, session=session)
        dispatch(node.config)
        for _ in range(3):
            before = len(node.scheduled)
            other = jobs.add("counting")
            wait_until(lambda before=before: len(node.scheduled) > before, "a start", seconds=5)
            assert node.scheduled[-1]["job_id"] == other
        assert jobs.job(locked).is_open
        session.abort_transaction()
    assert jobs.wait_for_end(locked).status is expected


def test_an_interrupted_run_that_is_cancelled_waits_for_its_process(
    jobs: Jobs, dispatch: Dispatch, node: Node
) -> None:
    job_id = jobs.add("counting")
    outcome = RunOutcome(is_well=False, reason="shutdown", code=INTERRUPTED)
    run = ended(jobs, job_id, node, outcome)
    dispatch_id = run.dispatch_id or ""
    assert jobs.runs.request_cancel(job_id), "it would be run again"
    node.jobs["running"] = [dispatch_id]
    dispatch(node.config)
    wait_until(lambda: node.cancelled, "its node is told")
    assert node.cancelled[0]["job"] == dispatch_id
    assert jobs.job(job_id).is_open
    node.jobs = {"finished": [dispatch_id]}
    assert jobs.wait_for_end(job_id).status is JobStatus.CANCELLED
    assert node.scheduled == []


def test_an_interrupted_run_that_is_cancelled_ends_although_its_node_is_gone(
    jobs: Jobs, dispatch: Dispatch, node: Node
) -> None:
    job_id = jobs.add("counting")
    ended(jobs, job_id, node, RunOutcome(is_well=False, reason="shutdown", code=INTERRUPTED))
    assert jobs.runs.request_cancel(job_id)
    dispatch()
    assert jobs.wait_for_end(job_id, seconds=20).status is JobStatus.CANCELLED

"""Who gets a slot when slots are short."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from control_api.services.node_directory import NodeDirectory
from control_api.worker.dispatcher import Dispatcher
from control_api.worker.node_watch import NodeWatch
from storage.base.records import Priority
from storage.base.sessions import kill_session
from storage.runs.nodes import Nodes
from storage.runs.runs import Run, RunState
from tests.control_api.gateways.node import Node, running_node
from tests.nodes.conftest import Jobs
from tests.nodes.scrapyd_node import wait_until

Step = Callable[[], object]


@pytest.fixture
def node() -> Iterator[Node]:
    """It lists every run as pending, and starts none."""
    with running_node() as node:
        yield node


@pytest.fixture
def step(jobs: Jobs, node: Node) -> Iterator[Step]:
    database = jobs.store.database
    dispatcher = Dispatcher(
        jobs.runs,
        jobs.store.jobs,
        jobs.store.settlement,
        watch=NodeWatch(NodeDirectory(Nodes(database), [node.config], default_slots=0)),
        kill_session=partial(kill_session, database.client),
        silence_seconds=60.0,
        start_seconds=60.0,
    )
    yield dispatcher.step
    dispatcher.stop()


def give_slots(jobs: Jobs, node: Node, step: Step, slots: int) -> list[str]:
    """Lets the node hold that many runs, and returns whom it was asked to start, in order."""
    Nodes(jobs.store.database).change(node.config.name, slots=slots)
    step()
    wait_until(lambda: len(node.scheduled) == slots, f"{slots} starts, not {len(node.scheduled)}")
    step()
    assert len(node.scheduled) == slots
    return [form["job_id"] for form in sorted(node.scheduled, key=lambda form: form["jobid"])]


def test_many_jobs_of_one_organization_do_not_block_the_one_of_another(
    jobs: Jobs, node: Node, step: Step
) -> None:
    many = [jobs.add("counting", organization_id="many") for _ in range(100)]
    give_slots(jobs, node, step, 2)
    few = [jobs.add("counting", organization_id=name) for name in ("a-few", "z-few")]
    begun = give_slots(jobs, node, step, 5)
    assert set(few) <= set(begun)
    # Its own turns went on, the oldest first.
    assert set(many) & set(begun) == set(many[:3])


def test_free_slots_are_dealt_out_one_by_one(jobs: Jobs, node: Node, step: Step) -> None:
    many = [jobs.add("counting", organization_id="a-many") for _ in range(20)]
    few = [jobs.add("counting", organization_id=name) for name in ("b-few", "c-few")]
    assert set(give_slots(jobs, node, step, 4)) == {*many[:2], *few}


def test_the_turn_goes_on_from_step_to_step(jobs: Jobs, node: Node, step: Step) -> None:
    """One slot at a time: nobody is first each time."""
    names = ("a", "b", "c")
    waiting = {
        name: [jobs.add("counting", organization_id=name) for _ in range(3)] for name in names
    }
    expected: set[str] = set()
    for slots in range(1, 7):
        expected.add(waiting[names[(slots - 1) % 3]][(slots - 1) // 3])
        assert set(give_slots(jobs, node, step, slots)) == expected


def test_within_an_organization_priority_counts_and_then_age(
    jobs: Jobs, node: Node, step: Step
) -> None:
    low, first, second, high = (
        jobs.add("counting", priority=priority)
        for priority in (Priority.LOW, Priority.NORMAL, Priority.NORMAL, Priority.HIGH)
    )
    for slots, expected in ((1, {high}), (2, {high, first}), (3, {high, first, second})):
        assert set(give_slots(jobs, node, step, slots)) == expected
    assert jobs.run(low).state is RunState.WAITING


def test_runs_that_no_node_takes_do_not_stand_in_the_way(
    jobs: Jobs, node: Node, step: Step
) -> None:
    node.error = "no such spider"
    refused = [jobs.add("counting") for _ in range(3)]
    Nodes(jobs.store.database).change(node.config.name, slots=3)
    step()

    def all_refused() -> bool:
        return all(is_refused(jobs.run(job_id)) for job_id in refused)

    wait_until(all_refused, "all were refused")
    node.error = None
    later = jobs.add("counting")
    step()
    wait_until(lambda: node.scheduled, "one was taken")
    assert [form["job_id"] for form in node.scheduled] == [later]


def test_a_run_of_before_organizations_were_noted_gets_its_turn(
    jobs: Jobs, node: Node, step: Step
) -> None:
    job_id = jobs.add("counting")
    jobs.store.database["runs"].update_one(
        {"_id": job_id}, {"$unset": {"organizationId": "", "priority": ""}}
    )
    assert give_slots(jobs, node, step, 1) == [job_id]


def is_refused(run: Run) -> bool:
    return bool(run.refused_by) and run.state is RunState.WAITING

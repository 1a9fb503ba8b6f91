"""Runs of spider jobs against a node that speaks scrapyd's answers and starts nothing: each step of the
dispatcher by itself. With real processes: ../../nodes/."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from control_api.services.node_directory import NodeDirectory
from control_api.worker import dispatcher as module
from control_api.worker.dispatcher import Dispatcher
from control_api.worker.node_watch import NodeWatch
from storage.base.records import JobStatus
from storage.base.sessions import kill_session
from storage.runs.nodes import Nodes
from storage.runs.runs import INTERRUPTED, Run, RunOutcome, RunState
from tests.control_api.gateways.node import Node, running_node
from tests.nodes.conftest import Jobs
from tests.stores import Store

SILENCE_SECONDS = 5.0
START_SECONDS = 8.0


class Clock:
    """The dispatcher's own: a test lets it go on."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Scene:
    def __init__(self, store: Store, node: Node) -> None:
        self.jobs = Jobs(store)
        self.node = node
        self.clock = Clock()
        self.defects: list[str] = []
        database = store.database
        self.nodes = Nodes(database)
        directory = NodeDirectory(self.nodes, [node.config], default_slots=2)
        self.dispatcher = Dispatcher(
            self.jobs.runs,
            store.jobs,
            store.settlement,
            watch=NodeWatch(directory, clock=self.clock),
            kill_session=partial(kill_session, database.client),
            silence_seconds=SILENCE_SECONDS,
            start_seconds=START_SECONDS,
            count_defect=self.defects.append,
            clock=self.clock,
        )

    def until(self, holds: Callable[[], object], *, passing: float = 0.0) -> None:
        """Step until it holds; the clock goes on by `passing` seconds with each step."""
        end = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < end, f"it did not come to be; {self.all_runs()}"
            self.dispatcher.step()
            self.clock.now += passing
            time.sleep(0.01)

    def steps(self, count: int, *, passing: float = 0.0) -> None:
        for _ in range(count):
            self.dispatcher.step()
            self.clock.now += passing
            time.sleep(0.02)

    def all_runs(self) -> list[Run]:
        return list(self.jobs.runs.list_begun())

    def started(self) -> str:
        """A job whose run scrapyd has agreed to start."""
        job_id = self.jobs.add("counting")
        self.until(lambda: self.run(job_id).state is RunState.DISPATCHED and self.node.scheduled)
        return job_id

    def running(self) -> str:
        """And whose process has begun to beat."""
        job_id = self.started()
        self.change(job_id, state="running", beats=1, claimant="a-process")
        self.lists("running", job_id)
        self.steps(1)
        return job_id

    def lists(self, state: str, job_id: str) -> None:
        """What the node tells of the run's process from now on."""
        self.node.forgets = True
        name = self.run(job_id).dispatch_id
        self.node.jobs = {state: [name]} if name else {}

    def run(self, job_id: str) -> Run:
        return self.jobs.run(job_id)

    def change(self, job_id: str, **fields: object) -> None:
        self.jobs.store.database["runs"].update_one({"_id": job_id}, {"$set": fields})


@pytest.fixture
def scene(store: Store) -> Iterator[Scene]:
    with running_node() as node:
        scene = Scene(store, node)
        yield scene
        scene.dispatcher.stop()


def test_a_run_is_started_once_with_its_job_and_nothing_else(scene: Scene) -> None:
    job_id = scene.started()
    scene.steps(3)
    (form,) = scene.node.scheduled
    run = scene.run(job_id)
    assert (form["job_id"], form["jobid"], form["spider"]) == (job_id, run.dispatch_id, "counting")
    assert set(form) <= {"project", "spider", "jobid", "job_id"}
    assert (run.attempt, run.node) == (1, scene.node.config.name)


def test_a_node_gets_no_more_than_its_slots(scene: Scene) -> None:
    for _ in range(5):
        scene.jobs.add("counting")
    scene.until(lambda: len(scene.node.scheduled) == 2)
    scene.steps(3)
    assert len(scene.node.scheduled) == 2


@pytest.mark.parametrize("fields", [{"is_draining": True}, {"slots": 0}], ids=["drain", "no slots"])
def test_a_node_that_is_changed_while_the_nodes_are_asked_gets_nothing_new(
    scene: Scene, fields: dict[str, Any]
) -> None:
    name = scene.node.config.name

    def change() -> None:
        scene.node.meanwhile = None
        scene.nodes.change(name, **fields)

    scene.node.meanwhile = change
    job_id = scene.jobs.add("counting")
    scene.steps(3)
    assert scene.run(job_id).state is RunState.WAITING
    assert scene.node.scheduled == []
    scene.nodes.change(name, is_draining=False, slots=1)
    scene.until(lambda: scene.node.scheduled)


def test_a_node_that_is_removed_while_the_nodes_are_asked_gets_nothing_new(
    scene: Scene,
) -> None:
    with running_node() as other:
        added = other.config
        scene.nodes.add(added.name, url=added.url, username="user", password="password")
        scene.nodes.change(scene.node.config.name, slots=0)
        other.meanwhile = lambda: scene.nodes.remove(added.name)
        scene.jobs.add("counting")
        scene.steps(3)
        assert other.scheduled == []


def test_what_scrapyd_agreed_to_and_does_not_list_is_taken_back(scene: Scene) -> None:
    job_id = scene.started()
    scene.node.forgets = True
    scene.until(lambda: scene.run(job_id).losses, passing=0.5)
    (loss,) = scene.run(job_id).losses
    assert (loss.code, loss.node) == ("NOT_STARTED", scene.node.config.name)
    assert loss.reason == "scrapyd agreed, and does not know it"


def test_a_start_that_takes_too_long_is_taken_back_and_no_earlier(scene: Scene) -> None:
    job_id = scene.started()
    # It is listed as pending all the time.
    scene.steps(7, passing=1.0)
    assert scene.run(job_id).losses == []
    scene.until(lambda: scene.run(job_id).losses, passing=1.0)
    assert scene.run(job_id).losses[0].reason == f"not begun in {START_SECONDS:g} s"


def test_a_process_that_ended_before_it_began_is_taken_back_at_once(scene: Scene) -> None:
    job_id = scene.started()
    scene.lists("finished", job_id)
    scene.until(lambda: scene.run(job_id).losses)
    assert scene.run(job_id).losses[0].reason == "its process ended before it began"


def test_a_running_process_that_beats_is_left_alone(scene: Scene) -> None:
    job_id = scene.running()
    for beats in range(2, 12):
        scene.change(job_id, beats=beats)
        scene.steps(1, passing=1.0)
    assert (scene.run(job_id).state, scene.run(job_id).losses) == (RunState.RUNNING, [])


def test_one_that_falls_silent_is_lost_after_its_time(scene: Scene) -> None:
    job_id = scene.running()
    scene.steps(4, passing=1.0)
    assert scene.run(job_id).losses == []
    scene.until(lambda: scene.run(job_id).losses, passing=1.0)
    (loss,) = scene.run(job_id).losses
    assert loss.code == "NODE_LOST"
    assert loss.reason.startswith("no heartbeat for ")


def test_one_that_ended_without_a_word_has_crashed(scene: Scene) -> None:
    job_id = scene.running()
    scene.lists("finished", job_id)
    scene.until(lambda: scene.run(job_id).losses)
    assert scene.run(job_id).losses[0].code == "CRASHED"


def test_after_three_losses_the_job_fails_with_all_of_them(scene: Scene) -> None:
    job_id = scene.started()
    losses = [{"code": "CRASHED", "node": "a", "reason": "x"}] * 2
    scene.change(job_id, losses=losses)
    scene.lists("finished", job_id)
    scene.until(lambda: not scene.jobs.job(job_id).is_open)
    run = scene.run(job_id)
    assert run.outcome is not None
    assert scene.jobs.job(job_id).status is JobStatus.FAILED
    assert len(run.losses) == 3
    assert run.outcome.code == "NOT_STARTED"


@pytest.mark.parametrize(("is_well", "status"), [(True, "completed"), (False, "failed")])
def test_the_outcome_of_a_run_is_its_jobs(scene: Scene, is_well: bool, status: str) -> None:
    job_id = scene.running()
    code = None if is_well else "SPIDER_ERROR"
    outcome = RunOutcome(is_well=is_well, reason="finished", code=code)
    assert scene.jobs.runs.end(scene.run(job_id), outcome)
    scene.until(lambda: scene.run(job_id).state is RunState.CLOSED)
    assert scene.jobs.job(job_id).status == status
    failures = scene.jobs.store.targets.values(job_id)[0].failure
    assert (failures.code if failures else None) == code


def test_a_run_that_was_interrupted_waits_again_without_a_loss(scene: Scene) -> None:
    job_id = scene.running()
    outcome = RunOutcome(is_well=False, reason="shutdown", code=INTERRUPTED)
    scene.jobs.runs.end(scene.run(job_id), outcome)
    scene.until(lambda: len(scene.node.scheduled) == 2)
    assert scene.run(job_id).attempt == 2
    assert scene.run(job_id).losses == []
    assert scene.jobs.job(job_id).is_open


def test_a_cancelled_run_is_told_to_end_and_its_job_ends_with_its_process(scene: Scene) -> None:
    job_id = scene.running()
    name = scene.run(job_id).dispatch_id
    scene.jobs.store.database["runs"].update_one(
        {"_id": job_id}, {"$currentDate": {"cancelRequestedAt": True}}
    )
    scene.until(lambda: scene.node.cancelled)
    assert scene.node.cancelled[0]["job"] == name
    scene.steps(3)
    assert scene.jobs.job(job_id).is_open, "its process is still there"
    assert len(scene.node.cancelled) == 1, "it is not told with every step"
    scene.lists("finished", job_id)
    scene.until(lambda: scene.jobs.job(job_id).status is JobStatus.CANCELLED)


def test_a_process_that_is_nobodys_is_told_to_end_after_a_while(scene: Scene) -> None:
    scene.node.forgets = True
    scene.node.jobs = {"running": ["run-000000000000000000000000-1", "pool-1", "of-a-stranger"]}
    scene.steps(2, passing=1.0)
    assert scene.node.cancelled == []
    scene.until(lambda: scene.node.cancelled, passing=1.0)
    scene.steps(2)
    assert [form["job"] for form in scene.node.cancelled] == ["run-000000000000000000000000-1"]


def test_a_refusal_leaves_the_run_waiting_and_spares_the_node(scene: Scene) -> None:
    scene.node.error = "no such spider"
    job_id = scene.jobs.add("counting")
    scene.until(lambda: scene.run(job_id).refused_by)
    assert scene.run(job_id).state is RunState.WAITING
    before = scene.run(job_id).attempt
    scene.steps(5)
    assert scene.run(job_id).attempt == before, "asked again at once"
    scene.clock.now += module.REFUSED_PAUSE_SECONDS
    scene.node.error = None
    scene.until(lambda: scene.node.scheduled)


def test_a_defect_in_one_runs_thread_is_counted_and_holds_up_no_other(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    broken, good = scene.running(), scene.jobs.add("counting")
    scene.until(lambda: len(scene.node.scheduled) == 2)
    well = RunOutcome(is_well=True, reason="finished")
    for job_id in (broken, good):
        scene.change(job_id, state="running", beats=1)
        assert scene.jobs.runs.end(scene.run(job_id), well)
    # A job document that no reader can read.
    scene.jobs.store.database["jobs"].update_one({"_id": broken}, {"$unset": {"counts": ""}})
    scene.until(lambda: scene.run(good).state is RunState.CLOSED and scene.defects)
    assert set(scene.defects) == {"dispatcher"}
    assert "Traceback" in caplog.text

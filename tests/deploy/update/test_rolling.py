"""An update of a node that works: what runs there ends first, and nothing begins until it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from control_api.worker.dispatcher import Dispatcher
from storage.base.records import JobStatus
from storage.runs.nodes import Nodes
from tests.control_api.processes import running_api
from tests.deploy.update.conftest import Deploy, list_spiders, node_url
from tests.nodes.conftest import Jobs
from tests.nodes.scrapyd_node import RealNode, wait_until
from tests.stores import Store

SECRET = "a-secret-of-the-tests-0123456789abcdef"


@dataclass(frozen=True)
class Service:
    url: str
    token: str

    @property
    def variables(self) -> dict[str, str]:
        return {"API_BASE": self.url, "ADMIN_TOKEN": self.token}


@pytest.fixture
def node(make_node: Callable[..., RealNode]) -> RealNode:
    node = make_node(TAKES_EGGS="1", VERSION_LABEL="before")
    assert "counting" in list_spiders(node)
    return node


@pytest.fixture
def service(store: Store, node: RealNode, tmp_path: Path) -> Iterator[Service]:
    """The API as a process, and an admin's token for it."""
    config = replace(store.config, jwt_secret=SECRET)
    known = {"SCRAPYD_NODES": node_url(node)}
    with running_api(config, tmp_path / "api.log", environ=known) as url:
        body = {"email": "operator@example.com", "password": "correct horse battery"}
        answer = httpx.post(f"{url}/auth/register", json=body, trust_env=False)
        store.database["users"].update_one({}, {"$set": {"isAdmin": True}})
        yield Service(url, answer.json()["data"]["accessToken"])


def is_draining(store: Store) -> bool:
    return any(entry.is_draining for entry in Nodes(store.database).list_all())


def test_what_runs_ends_as_it_began_and_what_waits_gets_the_new_version(
    node: RealNode,
    service: Service,
    jobs: Jobs,
    dispatch: Callable[..., Dispatcher],
    deploy_to: Deploy,
) -> None:
    dispatch(node.config)
    running = jobs.add("counting", count="80", delay="0.1")
    jobs.wait_for_items(running)
    with ThreadPoolExecutor(1) as thread:
        update = thread.submit(deploy_to, node, VERSION_LABEL="after", **service.variables)
        wait_until(lambda: is_draining(jobs.store), "the node drains", seconds=40)
        waiting = jobs.add("counting", count="1")
        told = update.result()
    assert told.code == 0, told.errors
    assert "drains, processes left: 1" in told.out
    assert jobs.wait_for_end(waiting).status is JobStatus.COMPLETED
    assert jobs.job(running).status is JobStatus.COMPLETED
    assert jobs.numbers(running) == list(range(80))
    assert (jobs.run(running).version, jobs.run(waiting).version) == ("before", "after")
    assert not is_draining(jobs.store)
    assert not [line for line in told.command_lines if service.token in line]


@pytest.mark.chaos
def test_a_node_that_does_not_get_empty_is_left_as_it_was(
    node: RealNode,
    service: Service,
    jobs: Jobs,
    dispatch: Callable[..., Dispatcher],
    deploy_to: Deploy,
) -> None:
    dispatch(node.config)
    job_id = jobs.add("counting", count="100000", delay="0.1")
    jobs.wait_for_items(job_id)
    told = deploy_to(node, VERSION_LABEL="after", DRAIN_SECONDS="1", **service.variables)
    assert told.code == 1
    assert "is not empty after 1 s, processes left: 1" in told.errors
    assert not is_draining(jobs.store)
    assert not list((node.folder / "scrapyd").glob("eggs/*/*.egg"))
    assert jobs.job(job_id).is_open


@pytest.mark.chaos
def test_a_node_that_the_operator_drained_stays_so(
    node: RealNode, service: Service, store: Store, deploy_to: Deploy
) -> None:
    Nodes(store.database).change(node.config.name, is_draining=True, slots=None)
    told = deploy_to(node, VERSION_LABEL="after", **service.variables)
    assert told.code == 0, told.errors
    assert is_draining(store)


def test_who_is_no_admin_updates_nothing(
    node: RealNode, service: Service, deploy_to: Deploy
) -> None:
    wrong = {**service.variables, "ADMIN_TOKEN": "wrong"}
    told = deploy_to(node, VERSION_LABEL="after", **wrong)
    assert told.code == 1
    assert "the service answered 401: " in told.errors
    assert "None" not in told.errors
    assert not list((node.folder / "scrapyd").glob("eggs/*/*.egg"))


@pytest.mark.chaos
def test_a_node_that_is_restarted_by_hand_loses_and_mixes_nothing(
    node: RealNode, service: Service, jobs: Jobs, dispatch: Callable[..., Dispatcher]
) -> None:
    """docs/operations.md, "Draining, updating, removing", step by step."""
    dispatch(node.config)
    running = jobs.add("counting", count="60", delay="0.1")
    jobs.wait_for_items(running)
    headers = {"Authorization": f"Bearer {service.token}"}
    with httpx.Client(base_url=service.url, headers=headers, trust_env=False) as api:

        def drain(is_draining: bool) -> None:
            answer = api.patch(f"/admin/nodes/{node.config.name}", json={"draining": is_draining})
            assert answer.is_success, answer.text

        def left() -> int | None:
            (found,) = api.get("/admin/nodes").json()["data"]
            count: int | None = found["health"]["running"]
            return count

        wait_until(lambda: left() == 1, "the run is seen")
        drain(True)
        waiting = jobs.add("counting", count="1")
        wait_until(lambda: left() == 0, "the node is empty", seconds=40)
        node.start(VERSION_LABEL="after")
        list_spiders(node)
        assert jobs.run(waiting).version is None
        drain(False)
    assert jobs.wait_for_end(waiting).status is JobStatus.COMPLETED
    assert jobs.job(running).status is JobStatus.COMPLETED
    assert jobs.run(running).attempt == 1
    assert (jobs.run(running).version, jobs.run(waiting).version) == ("before", "after")

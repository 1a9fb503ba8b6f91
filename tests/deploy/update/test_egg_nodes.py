"""Eggs on real nodes: what runs is the egg, under its label, and a bad one changes nothing."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from control_api.worker.dispatcher import Dispatcher
from deploy.embedded.children import start_child
from deploy.embedded.layout import PROJECT_ROOT
from deploy.embedded.ports import free_port
from settings.config import ScrapydNode
from spiders.types.registry import POOL_SPIDERS
from storage.base.records import JobStatus
from storage.runs.spiders import Spiders
from tests.crash.farm import running_sandbox
from tests.deploy.update.conftest import Deploy, list_spiders
from tests.nodes.conftest import Jobs
from tests.nodes.scrapyd_node import PASSWORD, RealNode, wait_until
from tests.stores import Store

MakeNode = Callable[..., RealNode]
Dispatch = Callable[..., Dispatcher]


@contextmanager
def bare_node(store: Store, folder: Path, **variables: str) -> Iterator[ScrapydNode]:
    """A node as on a machine that has nothing of the project but deploy/scrapyd."""
    shutil.copytree(PROJECT_ROOT / "deploy" / "scrapyd", folder / "deploy" / "scrapyd")
    port = free_port()
    node = ScrapydNode(f"http://127.0.0.1:{port}", "azscraper", PASSWORD)
    environ = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
        "SCRAPYD_HTTP_PORT": str(port),
        "SCRAPYD_USERNAME": "azscraper",
        "SCRAPYD_PASSWORD": PASSWORD,
        "NODE_NAME": node.name,
        "HEARTBEAT_SECONDS": "2",
        "LEASE_SECONDS": "6",
        "TAKES_EGGS": "1",
        **variables,
    }
    command = ["env", "-C", str(folder), "sh", "deploy/scrapyd/start-node.sh"]
    child = start_child(command, log=folder / "node.log", env=environ)
    try:
        wait_until(lambda: answers(node), "the node answers")
        yield node
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def answers(node: ScrapydNode) -> bool:
    try:
        auth = (node.username, node.password)
        return httpx.get(f"{node.url}/daemonstatus.json", auth=auth, trust_env=False).is_success
    except httpx.TransportError:
        return False


def versions(node: RealNode) -> list[str]:
    answer = httpx.get(
        f"{node.config.url}/listversions.json",
        params={"project": "azscraper"},
        auth=(node.config.username, node.config.password),
        trust_env=False,
    )
    found: list[str] = answer.json()["versions"]
    return found


def registered_version(store: Store) -> str | None:
    spider = Spiders(store.database).find_deployed("amazon_search")
    return None if spider is None else spider.version


def test_a_node_without_the_project_crawls_from_its_egg(
    store: Store, jobs: Jobs, dispatch: Dispatch, deploy_to: Deploy, tmp_path: Path
) -> None:
    folder = tmp_path / "bare"
    with (
        running_sandbox(tmp_path) as sandbox_url,
        bare_node(store, folder, SANDBOX_URL=sandbox_url) as node,
    ):
        dispatch(node)
        url = f"http://azscraper:{PASSWORD}@{node.name}"
        told = deploy_to(url, VERSION_LABEL="2026.11-first")
        assert told.code == 0, told.errors
        begun = ", ".join(sorted(POOL_SPIDERS))
        assert f"starts its crawlers from 2026.11-first now: {begun}" in told.out
        assert PASSWORD not in told.out + told.errors
        assert any("scrapyd_client" in line for line in told.command_lines)
        assert not [line for line in told.command_lines if PASSWORD in line]
        wait_until(lambda: registered_version(store) == "2026.11-first", "the registry")
        job_id = jobs.add("amazon_search", keywords="usb hub", marketplace="sandbox", max_pages="1")
        assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED, jobs.run(job_id)
    assert jobs.job(job_id).result_count > 0
    assert jobs.run(job_id).version == "2026.11-first"
    assert not (folder / "spiders").exists()


@pytest.mark.chaos
def test_the_version_of_each_run_is_the_one_that_it_ran(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, deploy_to: Deploy, copied_project: Path
) -> None:
    node = make_node(TAKES_EGGS="1", VERSION_LABEL="of-the-folder")
    list_spiders(node)
    dispatch(node.config)
    seen = []

    def run() -> str | None:
        job_id = jobs.add("counting", count="3")
        assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
        return jobs.run(job_id).version

    seen.append(run())
    # As words are sorted, v10 would come before v9.
    assert deploy_to(node, root=copied_project, VERSION_LABEL="v9").code == 0
    seen.append(run())
    pool = copied_project / "settings" / "pool.py"
    before = pool.read_text()
    pool.write_text(f"{before}# changed\n")
    told = deploy_to(node, root=copied_project, VERSION_LABEL="v9")
    assert told.code == 1
    assert "v9 is here already, with other code" in told.errors
    assert deploy_to(node, root=copied_project, VERSION_LABEL="v10").code == 0
    seen.append(run())
    # Back to the first: the egg is there, and is the newest again.
    pool.write_text(before)
    assert deploy_to(node, root=copied_project, VERSION_LABEL="v9").code == 0
    seen.append(run())
    assert seen == ["of-the-folder", "v9", "v10", "v9"]
    wait_until(lambda: registered_version(jobs.store) == "v9", "the registry")


def test_an_egg_that_does_not_work_changes_nothing(
    make_node: MakeNode, deploy_to: Deploy, copied_project: Path
) -> None:
    node = make_node(TAKES_EGGS="1")
    assert deploy_to(node, VERSION_LABEL="good").code == 0
    (copied_project / "spiders" / "amazon" / "search.py").write_text("import nothing_like_it\n")
    told = deploy_to(node, root=copied_project, VERSION_LABEL="bad")
    assert told.code == 1
    assert "No module named 'nothing_like_it'" in told.errors
    assert len(told.errors.splitlines()) == 1
    assert versions(node) == ["good"]


@pytest.mark.parametrize("service", ["addversion.json", "delversion.json", "delproject.json"])
def test_no_node_takes_or_loses_code_unless_the_operator_says_so(
    make_node: MakeNode, service: str
) -> None:
    node = make_node()
    answer = httpx.post(
        f"{node.config.url}/{service}", auth=("azscraper", PASSWORD), trust_env=False
    )
    assert answer.status_code == 404


@pytest.mark.chaos
def test_an_egg_is_not_used_once_the_node_takes_none(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, deploy_to: Deploy
) -> None:
    node = make_node(TAKES_EGGS="1")
    assert deploy_to(node, VERSION_LABEL="an-egg").code == 0
    node.start(TAKES_EGGS="0", VERSION_LABEL="the-folder")
    list_spiders(node)
    dispatch(node.config)
    job_id = jobs.add("counting", count="1")
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
    assert jobs.run(job_id).version == "the-folder"

"""The whole of it: an API process, a worker process and a real node."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymongo.database import Database

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.ports import free_port
from settings.config import Config
from storage.runs.spiders import Spiders
from tests.control_api.processes import ROOT, running_api
from tests.nodes.scrapyd_node import HEARTBEAT_SECONDS, PASSWORD, RealNode, wait_until
from tests.scrapethis.conftest import MakeCaller


@dataclass(frozen=True)
class World:
    """`key` is someone's; `my-spider` goes on when the file `gate` is there."""

    url: str
    key: str
    folder: Path
    gate: Path


@pytest.fixture
def node(config: Config, tmp_path: Path) -> Iterator[RealNode]:
    """Not started yet. The document's spider `my-spider` is deployed on it, and those of tests/nodes."""
    node = RealNode(
        config,
        tmp_path / "node",
        port=free_port(),
        EXTRA_SPIDER_MODULES="tests.scrapethis.spiders,tests.nodes.spiders",
        MY_SPIDER_GATE=str(tmp_path / "go"),
    )
    yield node
    node.kill()


@pytest.fixture
def environ(config: Config, node: RealNode) -> dict[str, str]:
    return {
        "MONGODB_URI": config.mongodb_uri,
        "MONGODB_DATABASE": config.mongodb_database,
        "REDIS_URL": config.redis_url,
        "SCRAPYD_NODES": node.config.url.replace("://", f"://azscraper:{PASSWORD}@"),
        "HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
        "LEASE_SECONDS": str(3 * HEARTBEAT_SECONDS),
        # The tests look more often than a user may.
        "API_V1_RATE_LIMIT": "100000",
        "SEARCH_CRAWLERS": "0",
        "DETAIL_CRAWLERS": "0",
        "BESTSELLERS_CRAWLERS": "0",
        "SITE_CRAWLERS": "0",
    }


@pytest.fixture
def api(
    config: Config, environ: dict[str, str], make_caller: MakeCaller, tmp_path: Path
) -> Iterator[World]:
    caller = make_caller()
    with running_api(config, tmp_path / "api.log", environ=environ) as url:
        yield World(url, caller.credential, tmp_path, tmp_path / "go")


@pytest.fixture
def world(
    api: World, environ: dict[str, str], database: Database, node: RealNode
) -> Iterator[World]:
    """With a node that takes jobs, and a worker that gives them."""
    node.start()
    wait_until(lambda: _is_registered(database), "the node's spider is registered")
    command = [sys.executable, "-m", "control_api.worker"]
    worker = start_child(
        command,
        log=api.folder / "worker.log",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ},
    )
    yield api
    stop_child(worker)


def _is_registered(database: Database) -> bool:
    spider = Spiders(database).find_deployed("my-spider")
    return spider is not None and spider.repo_path == "tests/scrapethis/spiders/my_spider.py"

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.embedded.layout import PROJECT_ROOT
from deploy.update.build import build_egg
from tests.nodes.conftest import dispatch, jobs, make_node
from tests.nodes.scrapyd_node import PASSWORD, RealNode
from tests.stores import database, indexed_database, redis, store, store_config

__all__ = [
    "database",
    "dispatch",
    "indexed_database",
    "jobs",
    "make_node",
    "redis",
    "store",
    "store_config",
]

SOURCES = ("settings", "storage", "spiders", "pipelines", "scrapy.cfg", "setup.py")


@dataclass(frozen=True)
class Told:
    """What `make deploy` said, and what the process list showed meanwhile."""

    code: int
    out: str
    errors: str
    command_lines: frozenset[str]


Deploy = Callable[..., Told]


@pytest.fixture(scope="session")
def egg() -> bytes:
    return build_egg(PROJECT_ROOT)


@pytest.fixture
def deploy_to() -> Deploy:
    """What `make deploy` runs, from this folder or a copy of it."""

    def run(node: RealNode | str, *, root: Path = PROJECT_ROOT, **variables: str) -> Told:
        url = node if isinstance(node, str) else node_url(node)
        deploying = subprocess.Popen(
            [sys.executable, "-m", "deploy.update"],
            cwd=root,
            env={"PATH": os.environ["PATH"], "NODE": url, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        seen: set[str] = set()
        while deploying.poll() is None:
            seen.update(command_lines())
            time.sleep(0.05)
        out, errors = deploying.communicate()
        return Told(deploying.returncode, out, errors, frozenset(seen))

    return run


@pytest.fixture
def copied_project(tmp_path: Path) -> Path:
    """A project folder that a test may change."""
    root = tmp_path / "project"
    root.mkdir()
    for name in (*SOURCES, "pyproject.toml", "deploy"):
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, root / name)
    return root


def node_url(node: RealNode, password: str = PASSWORD) -> str:
    return f"http://azscraper:{password}@{node.config.name}"


def list_spiders(node: RealNode) -> list[str]:
    """It keeps the list: a busy machine needs seconds for it, which the first dispatch would wait."""
    answer = httpx.get(
        f"{node.config.url}/listspiders.json",
        params={"project": "azscraper"},
        auth=(node.config.username, node.config.password),
        timeout=60,
        trust_env=False,
    )
    spiders: list[str] = answer.json()["spiders"]
    return spiders


def command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_text(errors="replace").replace("\0", " ")
        except OSError:
            continue

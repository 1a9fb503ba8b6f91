"""The image without Docker: a folder with exactly what the Dockerfile copies, in which the very commands
of compose.yaml run, on the tests' own MongoDB and Redis."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.layout import PROJECT_ROOT
from deploy.embedded.logs import last_lines
from deploy.embedded.ports import free_port
from storage.queue.crawlers import Crawler, CrawlerRegistry
from storage.runs.spiders import Spiders
from tests.deploy.manifests import SECRETS, compose, copied_into_the_image
from tests.nodes.scrapyd_node import wait_until
from tests.stores import Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]

PASSWORD = SECRETS["SCRAPYD_PASSWORD"]


@dataclass(frozen=True)
class Image:
    """`/app` and `/data` of a container, and what stands for its network."""

    app: Path
    data: Path
    environ: dict[str, str]
    stack: ExitStack

    def run(self, service: str, *, replaced: dict[str, str], **variables: str) -> None:
        """Its command and environment as in compose.yaml, with other addresses."""
        described = compose()["services"][service]
        command = [replaced.get(word, word) for word in described["command"]]
        environ = {**described["environment"], **self.environ, **variables}
        log = self.data / f"{service}.log"
        child = start_child(["env", "-C", str(self.app), *command], log=log, env=environ)
        self.stack.callback(stop_child, child, grace_seconds=20)

    def log(self, service: str) -> str:
        return last_lines(self.data / f"{service}.log")


@pytest.fixture
def image(store: Store, tmp_path: Path) -> Iterator[Image]:
    app, data = tmp_path / "app", tmp_path / "data"
    app.mkdir()
    (data / "scrapyd").mkdir(parents=True)
    for name in copied_into_the_image():
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, app / name)
    environ = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(app),
        "PYTHONDONTWRITEBYTECODE": "1",
        "STACK_DATA": str(data),
        "VERSION_LABEL": "of-the-image",
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
    }
    with ExitStack() as stack:
        yield Image(app, data, environ, stack)


def answer(url: str, **options: object) -> int | None:
    try:
        return httpx.get(url, trust_env=False, **options).status_code  # type: ignore[arg-type]
    except httpx.TransportError:
        return None


def test_api_worker_and_node_serve_from_what_the_image_holds(image: Image, store: Store) -> None:
    api, node = (f"127.0.0.1:{free_port()}" for _ in range(2))
    nodes = {"SCRAPYD_NODES": f"http://azscraper:{PASSWORD}@{node}"}

    image.run(
        "node1",
        replaced={},
        NODE_NAME=node,
        SCRAPYD_BIND_ADDRESS="127.0.0.1",
        SCRAPYD_HTTP_PORT=node.partition(":")[2],
    )
    status = f"http://{node}/daemonstatus.json"
    wait_until(lambda: answer(status) == 401, "the node asks for a password")
    assert answer(status, auth=("azscraper", "another")) == 401
    assert answer(status, auth=("azscraper", PASSWORD)) == 200

    replaced = {"0.0.0.0": "127.0.0.1", "8000": api.partition(":")[2]}
    image.run("api", replaced=replaced, **nodes)
    wait_until(lambda: answer(f"http://{api}/health") == 200, "the API is ready", seconds=40)
    assert answer(f"http://{api}/health/live") == 200

    image.run("worker", replaced={}, **nodes)
    registry = CrawlerRegistry(store.redis)

    def crawlers() -> list[Crawler]:
        return registry.living(within_seconds=10)

    wait_until(
        lambda: len(crawlers()) == 4, f"the fleet's crawlers\n{image.log('worker')}", seconds=60
    )
    assert {crawler.node for crawler in crawlers()} == {node}
    assert {Path(f"/proc/{crawler.pid}/cwd").readlink() for crawler in crawlers()} == {image.app}
    registered = Spiders(store.database).find_deployed("amazon_search")
    assert registered is not None
    assert registered.version == "of-the-image"

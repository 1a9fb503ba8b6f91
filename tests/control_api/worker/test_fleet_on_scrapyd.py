"""The fleet keeper with a real scrapyd and real crawler processes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from control_api.gateways.scrapyd import PoolNode, Scrapyd, ScrapydError, ScrapydRefused
from control_api.worker.fleet import Fleet
from deploy.embedded.children import start_child
from deploy.embedded.layout import PROJECT_ROOT
from deploy.embedded.ports import free_port
from settings.config import ScrapydNode
from storage.queue.crawlers import Crawler, CrawlerRegistry
from storage.queue.fleet import FleetMemory
from storage.queue.fleet_state import FleetState
from tests.stores import Store

SPIDER = "amazon_detail"


@pytest.fixture
def scrapyd_node(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScrapydNode]:
    """A scrapyd as the stack starts it; its crawlers end with it."""
    monkeypatch.chdir(PROJECT_ROOT)
    port = free_port()
    (tmp_path / "scrapyd").mkdir()
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT_ROOT),
        "STACK_DATA": str(tmp_path),
        "SCRAPYD_BIND_ADDRESS": "127.0.0.1",
        "SCRAPYD_HTTP_PORT": str(port),
        "SCRAPYD_USERNAME": "azscraper",
        "SCRAPYD_PASSWORD": "password",
        "NODE_NAME": f"127.0.0.1:{port}",
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
        "HEARTBEAT_SECONDS": "0.5",
    }
    application = PROJECT_ROOT / "deploy" / "scrapyd" / "scrapyd_app.py"
    command = [str(Path(sys.executable).with_name("twistd"))]
    command += ["--nodaemon", "--pidfile=", "--python", str(application)]
    child = start_child(command, log=tmp_path / "scrapyd.log", env=env)
    node = ScrapydNode(f"http://127.0.0.1:{port}", "azscraper", "password")
    try:
        wait_until(lambda: answers(node), "scrapyd answers")
        yield node
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@pytest.fixture
def scrapyd(scrapyd_node: ScrapydNode) -> Iterator[Scrapyd]:
    with closing(Scrapyd(scrapyd_node)) as scrapyd:
        yield scrapyd


def answers(node: ScrapydNode) -> bool:
    with closing(Scrapyd(node)) as scrapyd:
        try:
            scrapyd.jobs()
        except ScrapydError:
            return False
        return True


def wait_until(holds: Callable[[], bool], what: str, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        time.sleep(0.1)


def test_crawlers_are_started_replaced_when_killed_and_retired_when_too_many(
    store: Store, scrapyd: Scrapyd
) -> None:
    registry = CrawlerRegistry(store.redis)

    fleet = Fleet(
        lambda: [PoolNode(scrapyd)],
        registry,
        FleetMemory(store.redis),
        FleetState(store.redis),
        wanted={SPIDER: 1},
        silence_seconds=2.0,
    )

    def living() -> list[Crawler]:
        fleet.step()
        return registry.living(within_seconds=2.0)

    wait_until(lambda: len(living()) == 1, "the first crawler beats")
    (first,) = living()
    assert first.node == scrapyd.node.name

    os.kill(first.pid, signal.SIGKILL)
    wait_until(
        lambda: any(crawler.owner != first.owner for crawler in living()),
        "another crawler beats in its place",
    )
    (second,) = [crawler for crawler in living() if crawler.owner != first.owner]

    registry.retire([second.owner])
    wait_until(lambda: second.owner in scrapyd.jobs().finished, "the retired one has ended")

    with pytest.raises(ScrapydRefused):
        scrapyd.schedule("no_such_spider", job_id="x", arguments={})
    wrong = ScrapydNode(scrapyd.node.url, "azscraper", "wrong")
    with closing(Scrapyd(wrong)) as stranger, pytest.raises(ScrapydError):
        stranger.jobs()

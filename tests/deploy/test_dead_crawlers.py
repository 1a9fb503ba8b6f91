"""A stack whose crawlers cannot live says so: at its start, in `/health`, in `status` and in the demo."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.embedded.errors import StackError
from deploy.embedded.marked import marked_processes
from deploy.embedded.servers.mongod import mongod_binary
from deploy.embedded.servers.redis_server import redis_binary
from tests.services import service_is_missing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SPIDER = """
import scrapy

class Mine(scrapy.Spider):
    name = "mine"
    start_urls = ["https://example.com/"]
"""
BROKEN = 'raise RuntimeError("no mongodb://u:hidden-word@h/ today")\n'


class OwnStack:
    """A stack with a module of the user's own, beside the project."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.module = folder / "mine" / "my_spiders.py"
        self.module.parent.mkdir()
        self.module.write_text(SPIDER)
        self._folder = folder

    def call(self, command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        replaced = ("MONGODB_URI", "REDIS_URL", "SCRAPYD_NODES", "PYTHONPATH")
        known = {name: value for name, value in os.environ.items() if name not in replaced}
        project = Path(__file__).resolve().parents[2]
        own = {
            # A relative path of the caller's, as people write it; the project is found beside it.
            "PYTHONPATH": f"mine{os.pathsep}{project}",
            "EXTRA_SPIDER_MODULES": "my_spiders",
            "HEARTBEAT_SECONDS": "1",
            "LEASE_SECONDS": "3",
        }
        return subprocess.run(
            [sys.executable, "-m", "deploy.embedded", "--data", str(self.data), command],
            cwd=self._folder,
            env={**known, **own, **environ},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    def health(self) -> dict[str, Any]:
        port = re.search(r"API_PORT=(\d+)", (self.data / "stack.env").read_text())
        assert port is not None
        answer = httpx.get(f"http://127.0.0.1:{port[1]}/health", trust_env=False)
        # The API itself serves: a load balancer has no reason to take it out.
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json()
        return body

    def crawlers_message(self) -> str:
        return str(self.health()["error"].get("crawlers", {}).get("message", ""))

    def kill_crawlers(self) -> None:
        for process in marked_processes(str(self.data)):
            if "scrapy crawl" in process.command and "runner" not in process.command:
                os.kill(process.pid, signal.SIGKILL)


SPIDERS = ("amazon_search", "amazon_detail", "amazon_bestsellers", "site")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[OwnStack]:
    try:
        mongod_binary()
        redis_binary()
    except StackError as error:
        service_is_missing(str(error))
    made = OwnStack(tmp_path)
    yield made
    made.call("down")


def wait_until(holds: Callable[[], bool], what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, what()
        time.sleep(0.3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "ModuleNotFoundError: No module named 'my_spiders'"),
        ("def broken(:\n", "SyntaxError"),
        ("import nothing_of_this_name\n", "No module named 'nothing_of_this_name'"),
        (BROKEN, "RuntimeError: no mongodb://***@h/ today"),
        ("class Mine(object, object): pass\n", "TypeError"),
    ],
    ids=["no module", "syntax", "its import", "any error", "a class"],
)
def test_a_module_that_cannot_be_imported_stops_the_start_and_names_the_variable(
    stack: OwnStack, text: str | None, words: str
) -> None:
    stack.module.unlink() if text is None else stack.module.write_text(text)
    done = stack.call("up")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "EXTRA_SPIDER_MODULES: my_spiders cannot be imported: " in done.stderr
    assert words in done.stderr
    assert "hidden-word" not in done.stderr
    assert marked_processes(str(stack.data)) == []


# It waits for deaths and their waits, for a minute.
@pytest.mark.chaos
def test_crawlers_that_die_are_told_of_until_they_live_again(stack: OwnStack) -> None:
    up = stack.call("up")
    assert up.returncode == 0, up.stderr
    assert stack.health()["status"] == "ok"
    status = stack.call("status")
    assert status.returncode == 0, status.stdout
    alive = re.search(r"^crawlers  4 alive: (.*)$", status.stdout, re.MULTILINE)
    assert alive is not None, status.stdout
    assert set(alive[1].split(", ")) == {f"{spider} 1" for spider in SPIDERS}
    lines = {line.split()[0]: line.split()[1] for line in status.stdout.splitlines()}
    for service in ("mongod", "redis", "sandbox", "scrapyd", "worker", "api"):
        assert lines[service] == "up", status.stdout

    stack.module.write_text(BROKEN)
    stack.kill_crawlers()
    wait_until(
        lambda: stack.crawlers_message().count("my_spiders cannot be imported") == len(SPIDERS),
        stack.health,
    )
    health = stack.health()
    assert health["status"] == "error"
    assert health["details"]["crawlers"]["status"] == "down"
    message = health["error"]["crawlers"]["message"]
    since = r"crawler lives since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert re.search(f"no amazon_detail {since}", message)
    assert "EXTRA_SPIDER_MODULES: my_spiders cannot be imported: RuntimeError" in message
    assert "hidden-word" not in message

    status = stack.call("status")
    assert status.returncode == 1
    assert "crawlers  0 alive" in status.stdout
    assert "WRONG     no amazon_bestsellers crawler lives since" in status.stdout
    assert "no amazon_detail crawler lives since" in status.stdout
    demo = stack.call("demo")
    assert demo.returncode == 1
    assert "nothing would be crawled: no amazon_bestsellers crawler lives since" in demo.stderr

    stack.module.write_text(SPIDER)
    wait_until(lambda: stack.health()["status"] == "ok", stack.health)
    assert stack.call("status").returncode == 0

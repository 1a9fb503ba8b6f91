"""The launcher over two processes of the Procfile, and what `down` leaves."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.embedded.identity import load_identity
from deploy.embedded.layout import PROJECT_ROOT, Layout
from deploy.embedded.marked import marked_processes
from deploy.embedded.plan import Plan, make_plan
from deploy.embedded.shutdown import stop_stack

# What a crawler does when it is told to end: it writes what it has in hand, so the store must be up.
_CRAWLER = """
import pathlib, signal, socket, sys, time
port, report = int(sys.argv[1]), pathlib.Path(sys.argv[2])
def end(*_):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
        report.write_text("the store was there")
    except OSError as error:
        report.write_text(str(error))
    sys.exit()
signal.signal(signal.SIGINT, end)
report.write_text("ready")
time.sleep(60)
"""


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    layout = Layout(tmp_path)
    layout.make_folders()
    yield make_plan(load_identity(layout.env_file), layout, environ=os.environ)
    stop_stack(layout)


def launch(plan: Plan, *names: str) -> subprocess.Popen[bytes]:
    plan.layout.stores_ready.touch()
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.embedded.launcher", str(plan.layout.data), *names],
        cwd=PROJECT_ROOT,
        env=plan.environ,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_crawlers_that_scrapyd_leaves_end_before_the_stores(plan: Plan, tmp_path: Path) -> None:
    ports = plan.identity
    launcher = launch(plan, "redis", "scrapyd")
    wait_until(lambda: listens(ports.redis_port) and listens(ports.scrapyd_port))
    report = tmp_path / "report"
    crawler = subprocess.Popen(
        [sys.executable, "-c", _CRAWLER, str(ports.redis_port), str(report)],
        env=plan.environ,
        start_new_session=True,
    )
    wait_until(lambda: report.exists() and report.read_text() == "ready")
    ran = stop_stack(plan.layout)
    assert {crawler.pid, launcher.pid} <= {process.pid for process in ran}
    assert report.read_text() == "the store was there"
    assert marked_processes(plan.layout.mark) == []
    assert not listens(ports.redis_port)
    assert not listens(ports.scrapyd_port)
    launcher.wait()
    crawler.wait()


def test_nothing_is_left_when_the_launcher_itself_was_killed(plan: Plan) -> None:
    launcher = launch(plan, "redis")
    wait_until(lambda: listens(plan.identity.redis_port))
    launcher.kill()
    launcher.wait()
    assert stop_stack(plan.layout) != []
    assert marked_processes(plan.layout.mark) == []
    assert not listens(plan.identity.redis_port)


def test_one_process_that_cannot_start_ends_the_rest(plan: Plan) -> None:
    with socket.create_server(("127.0.0.1", plan.identity.scrapyd_port)):
        launcher = launch(plan, "redis", "scrapyd")
        assert launcher.wait(30) != 0
    assert marked_processes(plan.layout.mark) == []
    assert "scrapyd stopped" in (plan.layout.logs / "system.log").read_text()
    assert "Couldn't listen" in (plan.layout.logs / "scrapyd.log").read_text()


def test_a_second_launcher_over_the_same_data_refuses(plan: Plan) -> None:
    first = launch(plan, "redis")
    wait_until(lambda: listens(plan.identity.redis_port))
    second = launch(plan, "redis")
    assert second.wait(10) == 1
    assert listens(plan.identity.redis_port)
    stop_stack(plan.layout)
    first.wait()

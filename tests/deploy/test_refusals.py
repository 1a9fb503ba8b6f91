"""What is wrong is told in one line, before anything is started."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded.identity import load_identity
from deploy.embedded.marked import marked_processes

_REPLACES = ("MONGODB_URI", "REDIS_URL", "SCRAPYD_NODES")


def stack(command: str, data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    # Servers that the tests around it use would replace embedded ones.
    known = {name: value for name, value in os.environ.items() if name not in _REPLACES}
    return subprocess.run(
        [sys.executable, "-m", "deploy.embedded", "--data", str(data), command],
        env={**known, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refusal(data: Path, **environ: str) -> str:
    done = stack("up", data, **environ)
    assert done.returncode == 1
    assert done.stdout == ""
    assert marked_processes(str(data)) == []
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("name", ["api", "mongod", "redis", "scrapyd", "sandbox"])
def test_a_busy_port_is_named_with_its_setting(tmp_path: Path, name: str) -> None:
    port = getattr(load_identity(tmp_path / "stack.env"), f"{name}_port")
    with socket.create_server(("127.0.0.1", port)):
        line = refusal(tmp_path)
    assert f"port {port} for {name} is used by another program" in line
    assert f"{name.upper()}_PORT in {tmp_path}/stack.env" in line


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FEED_WINDOW", "many", "FEED_WINDOW is wrong"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL is wrong"),
        ("JWT_SECRET", "secret", "JWT_SECRET is too weak"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str, words: str) -> None:
    assert words in refusal(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("MONGODB_URI", "mongodb://127.0.0.1:1/"), ("REDIS_URL", "redis://127.0.0.1:1/0")],
)
def test_a_server_of_the_users_own_that_is_away_is_named_and_nothing_stays(
    tmp_path: Path, name: str, value: str
) -> None:
    assert f"{name} does not serve us" in refusal(tmp_path, **{name: value})


def test_down_of_a_stack_that_is_not_up_is_no_failure(tmp_path: Path) -> None:
    done = stack("down", tmp_path)
    assert (done.returncode, done.stdout) == (0, "The stack is not running.\n")


def test_status_of_a_stack_that_is_not_up_says_so(tmp_path: Path) -> None:
    done = stack("status", tmp_path)
    assert (done.returncode, done.stdout) == (3, "The stack is not up.\n")

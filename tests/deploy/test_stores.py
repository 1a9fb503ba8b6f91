"""The embedded stores as the stack runs them: with passwords, surviving a kill."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from redis import Redis
from redis.exceptions import AuthenticationError

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.errors import StackError
from deploy.embedded.layout import Layout
from deploy.embedded.ports import free_port
from deploy.embedded.servers.mongod import mongod_binary, mongod_uri, wait_for_primary
from deploy.embedded.servers.redis_server import redis_binary, redis_url, wait_for_redis
from tests.services import service_is_missing


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Layout(tmp_path).make_folders()
    return tmp_path


@contextmanager
def running(module: str, port: int, data: Path, **environ: str) -> Iterator[subprocess.Popen]:
    words = [sys.executable, "-m", f"deploy.embedded.servers.{module}", "--port", str(port)]
    child = start_child(
        [*words, "--data", str(data)], log=data / f"{module}.log", env={**os.environ, **environ}
    )
    try:
        yield child
    finally:
        stop_child(child)


@pytest.fixture
def _mongod() -> None:
    try:
        mongod_binary()
    except StackError as error:
        service_is_missing(str(error))


@pytest.fixture
def _redis_server() -> None:
    try:
        redis_binary()
    except StackError as error:
        service_is_missing(str(error))


@pytest.mark.usefixtures("_mongod")
def test_mongod_serves_only_who_knows_the_password_and_keeps_writes_after_a_kill(
    data: Path,
) -> None:
    port = free_port()
    uri = mongod_uri(port, password="pass")
    with running("mongod", port, data) as mongod:
        wait_for_primary(port, password="pass")
        with MongoClient(uri) as client:
            client.db.kept.insert_one({"_id": 1})
        with MongoClient(mongod_uri(port)) as stranger, pytest.raises(OperationFailure):
            stranger.db.kept.find_one()
        mongod.send_signal(signal.SIGKILL)
        mongod.wait()
    with running("mongod", port, data):
        wait_for_primary(port, password="pass")
        with MongoClient(uri) as client:
            assert client.db.kept.find_one() == {"_id": 1}
    assert stat.S_IMODE((data / "run" / "mongod.key").stat().st_mode) == 0o600


@pytest.mark.usefixtures("_mongod")
def test_a_mongod_that_moves_to_another_port_takes_its_data_along(data: Path) -> None:
    old, new = free_port(), free_port()
    with running("mongod", old, data):
        wait_for_primary(old, password="pass")
        with MongoClient(mongod_uri(old, password="pass")) as client:
            client.db.kept.insert_one({"_id": 1})
    with running("mongod", new, data):
        wait_for_primary(new, password="pass")
        with MongoClient(mongod_uri(new, password="pass")) as client:
            assert client.db.kept.find_one() == {"_id": 1}


@pytest.mark.usefixtures("_redis_server")
def test_redis_serves_only_who_knows_the_password_and_keeps_its_keys_after_a_kill(
    data: Path,
) -> None:
    port = free_port()
    url = redis_url(port, password="pass")
    with running("redis_server", port, data, REDIS_PASSWORD="pass") as server:
        wait_for_redis(url)
        with Redis.from_url(url) as client:
            client.set("kept", "1")
        with Redis.from_url(redis_url(port)) as stranger, pytest.raises(AuthenticationError):
            stranger.get("kept")
        # The append-only file is synced once a second.
        time.sleep(1.2)
        server.send_signal(signal.SIGKILL)
        server.wait()
    with running("redis_server", port, data, REDIS_PASSWORD="pass"):
        wait_for_redis(url)
        with Redis.from_url(url) as client:
            assert client.get("kept") == b"1"


@pytest.mark.usefixtures("_redis_server")
def test_no_password_shows_in_the_process_list(data: Path) -> None:
    port = free_port()
    with running("redis_server", port, data, REDIS_PASSWORD="quite-secret") as server:
        wait_for_redis(redis_url(port, password="quite-secret"))
        command = Path(f"/proc/{server.pid}/cmdline").read_text()
    assert "redis.conf" in command
    assert "quite-secret" not in command
    assert stat.S_IMODE((data / "redis" / "redis.conf").stat().st_mode) == 0o600

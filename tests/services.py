"""Real servers for the tests, on free ports, with their data in a temporary folder.

MONGODB_URI and REDIS_URL point the tests at servers of your own instead.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.errors import StackError
from deploy.embedded.logs import last_lines
from deploy.embedded.ports import free_port
from deploy.embedded.servers.mongod import (
    mongod_binary,
    mongod_command,
    mongod_uri,
    wait_for_primary,
)
from deploy.embedded.servers.redis_server import (
    redis_binary,
    redis_config,
    redis_url,
    wait_for_redis,
)
from spiders.sites.browsers import find_browser

MEMORY_FOLDER_BYTES = 4 * 1024**3


def service_is_missing(reason: str) -> None:
    """A developer without the server sees a skip; CI must not pass without it."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def require_browser() -> None:
    if find_browser() is None:
        service_is_missing("no playwright package (requirements/browser.txt) or no Chromium here")


@contextmanager
def running_mongod() -> Iterator[str]:
    given = os.environ.get("MONGODB_URI")
    if given:
        yield given
        return
    with _folder("mongod") as folder:
        port = free_port()
        command = mongod_command(mongod_binary(), port=port, data=folder, cache_gb=0.25)
        # For the fail point with which a test makes the server answer with an error.
        command += ["--setParameter", "enableTestCommands=1"]
        with _running(command, folder / "mongod.log", lambda: wait_for_primary(port)):
            yield mongod_uri(port)


@contextmanager
def running_redis() -> Iterator[str]:
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    with _folder("redis") as folder:
        port = free_port()
        config = folder / "redis.conf"
        config.write_text(redis_config(port=port, data=folder, password=None, is_durable=False))
        url = redis_url(port)
        command = [str(redis_binary()), str(config)]
        with _running(command, folder / "redis.log", lambda: wait_for_redis(url)):
            yield url


def _fast_folder() -> str | None:
    """A folder in memory where there is room: every write is journaled, and disks are slow at that.

    A server that is killed still finds what it wrote; only a crash of the machine would lose it.
    """
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < MEMORY_FOLDER_BYTES:
        return None
    return str(memory)


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"azscraper-test-{name}-", dir=_fast_folder()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: list[str], log: Path, wait_until_ready: Callable[[], None]) -> Iterator[None]:
    child = start_child(command, log=log)
    try:
        try:
            wait_until_ready()
        except StackError as error:
            raise StackError(f"{error}\n{last_lines(log)}") from error
        yield
    finally:
        stop_child(child)

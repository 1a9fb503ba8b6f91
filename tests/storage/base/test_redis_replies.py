"""Which refusals of a real Redis-protocol server waiting heals, in each way in which we call it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.ports import free_port
from deploy.embedded.servers.redis_server import redis_binary
from settings.config import Config
from storage.base.away import RedisAway, StorageAway, is_defect
from storage.base.connections import REQUESTS, connect_async_redis, connect_redis

Provoke = Callable[[redis.Redis, ExitStack], None]


class Server:
    """One that may be spoilt: nobody else uses it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._child: Any = None
        self.config = Config(redis_url=f"redis://127.0.0.1:{self._port}/0")

    def start(self, **options: str) -> None:
        given = {
            "port": str(self._port),
            "bind": "127.0.0.1",
            "dir": str(self._folder),
            "save": "",
            "enable-protected-configs": "yes",
            **{name.replace("_", "-"): value for name, value in options.items()},
        }
        words = [word for name, value in given.items() for word in (f"--{name}", value)]
        self._child = start_child([redis_binary(), *words], log=self._folder / "log")

    def admin(self) -> redis.Redis:
        return redis.Redis(port=self._port, decode_responses=True)

    def wait(self) -> None:
        with self.admin() as admin:
            until(lambda: answers(admin))

    def stop(self) -> None:
        stop_child(self._child)


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("redis"))
    server.start()
    server.wait()
    yield server
    server.stop()


@contextmanager
def spoilt(server: Server, provoke: Provoke) -> Iterator[None]:
    with server.admin() as admin, ExitStack() as mending:
        provoke(admin, mending)
        yield


def options(**wanted: Any) -> Provoke:
    """CONFIG SET, until the end of the test."""

    def provoke(admin: redis.Redis, mending: ExitStack) -> None:
        for name, value in wanted.items():
            option = name.replace("_", "-")
            before = admin.config_get(option)[option]
            mending.callback(admin.config_set, option, before)
            admin.config_set(option, value)

    return provoke


def replica(admin: redis.Redis, mending: ExitStack) -> None:
    mending.callback(admin.replicaof, "NO", "ONE")
    admin.replicaof("127.0.0.1", "1")


def stale_replica(admin: redis.Redis, mending: ExitStack) -> None:
    options(replica_serve_stale_data="no")(admin, mending)
    replica(admin, mending)


def no_snapshot(admin: redis.Redis, mending: ExitStack) -> None:
    """Nobody writes files to /proc: the snapshot fails, and the server takes no writes."""
    folder = admin.config_get("dir")["dir"]
    options(save="3600 1", dir="/proc")(admin, mending)

    def mend() -> None:
        admin.config_set("dir", folder)
        admin.bgsave()
        until(lambda: admin.info("persistence")["rdb_last_bgsave_status"] == "ok")

    mending.callback(mend)
    admin.bgsave()
    until(lambda: admin.info("persistence")["rdb_last_bgsave_status"] == "err")


def busy_script(admin: redis.Redis, mending: ExitStack) -> None:
    options(busy_reply_threshold=10)(admin, mending)
    port = admin.connection_pool.connection_kwargs["port"]

    def run() -> None:
        with redis.Redis(port=port) as client, pytest.raises(redis.ResponseError):
            client.eval("while true do end", 0)

    thread = ThreadPoolExecutor(1)
    mending.callback(thread.shutdown)
    running = thread.submit(run)
    mending.callback(running.result)
    mending.callback(admin.script_kill)
    until(lambda: not answers(admin))


# What waiting heals.
PASSING: dict[str, Provoke] = {
    "READONLY": replica,
    "MASTERDOWN": stale_replica,
    "OOM": options(maxmemory=1, maxmemory_policy="noeviction"),
    "MISCONF": no_snapshot,
    "NOREPLICAS": options(min_replicas_to_write=1),
    "BUSY": busy_script,
}
CALLS: dict[str, Callable[[Any], Any]] = {
    "command": lambda client: client.set("key", "1"),
    "script": lambda client: client.register_script("return redis.call('set', 'key', 1)")(),
    "pipeline": lambda client: client.pipeline(transaction=False).set("key", "1").execute(),
    "transaction": lambda client: client.pipeline(transaction=True).set("key", "1").execute(),
}


async def call_async(config: Config, call: Callable[[Any], Any]) -> None:
    async with connect_async_redis(config) as client:
        await call(client)


@pytest.mark.parametrize("reply", PASSING)
def test_what_passes_is_away_and_works_again_afterwards(server: Server, reply: str) -> None:
    with spoilt(server, PASSING[reply]):
        for name, call in CALLS.items():
            with connect_redis(server.config, REQUESTS) as client, pytest.raises(RedisAway):
                call(client)
                pytest.fail(f"{name} was answered")
            with pytest.raises(RedisAway):
                asyncio.run(call_async(server.config, call))
    with connect_redis(server.config, REQUESTS) as client:
        for call in CALLS.values():
            call(client)


def test_a_wait_that_the_server_ends_is_away(server: Server) -> None:
    """UNBLOCKED: the primary became a replica."""
    with connect_redis(server.config, REQUESTS) as client, ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(client.blpop, ["nothing"], 10)
        with server.admin() as admin, ExitStack() as mending:
            until(lambda: admin.info("clients")["blocked_clients"] == 1)
            replica(admin, mending)
            with pytest.raises(RedisAway):
                waiting.result()


def test_a_server_that_reads_its_file_is_away(tmp_path: Path) -> None:
    """LOADING: slowed down, for there is little to read."""
    server = Server(tmp_path)
    server.start()
    server.wait()
    with server.admin() as admin:
        for number in range(300):
            admin.set(f"key:{number}", "x" * 100)
        admin.save()
    server.stop()
    server.start(key_load_delay="10000", loading_process_events_interval_bytes="1024")
    try:
        with connect_redis(server.config, REQUESTS) as client:
            said: list[str] = []

            def is_loading() -> bool:
                try:
                    client.get("key:1")
                except StorageAway as error:
                    said.append(str(error.__cause__))
                return any("loading the dataset" in one for one in said)

            until(is_loading)
    finally:
        server.stop()


def test_too_many_connections_are_away(server: Server) -> None:
    with connect_redis(server.config, REQUESTS) as client, server.admin() as admin:
        admin.ping()
        before = admin.config_get("maxclients")["maxclients"]
        admin.config_set("maxclients", 1)
        try:
            with pytest.raises(RedisAway):
                client.ping()
        finally:
            admin.config_set("maxclients", before)


def wrong_type(client: redis.Redis) -> object:
    client.set("text", "1")
    return client.lpop("text")


# What waiting does not heal.
LASTING: dict[str, Callable[[Any], Any]] = {
    "WRONGTYPE": wrong_type,
    "ERR unknown command": lambda client: client.execute_command("NO_SUCH_COMMAND"),
    "ERR wrong number of arguments": lambda client: client.execute_command("GET"),
    "ERR value is not an integer": lambda client: (client.set("t", "x"), client.incr("t")),
    "ERR in a script": lambda client: client.eval("return redis.call('no_such_command')", 0),
    "ERR syntax of a script": lambda client: client.eval("return (", 0),
    "BUSYGROUP": lambda client: [client.xgroup_create("s", "g", mkstream=True) for _ in "ab"],
    "EXECABORT": lambda client: (
        client.pipeline(transaction=True).execute_command("NO_SUCH_COMMAND").execute()
    ),
}


@pytest.mark.parametrize("reply", LASTING)
def test_what_does_not_pass_is_a_defect(server: Server, reply: str) -> None:
    with (
        connect_redis(server.config, REQUESTS) as client,
        pytest.raises(redis.RedisError) as caught,
    ):
        LASTING[reply](client)
    assert not isinstance(caught.value, StorageAway)
    assert is_defect(caught.value)

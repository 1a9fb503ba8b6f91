"""Bringing the stack up: check first, start, wait until each part answers, tell where it is."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from deploy.embedded.crawlers import Crawlers
from deploy.embedded.errors import StackError
from deploy.embedded.first_user import ensure_first_user
from deploy.embedded.identity import load_identity
from deploy.embedded.layout import PROJECT_ROOT, Layout, write_private
from deploy.embedded.logs import last_lines, why_it_ended
from deploy.embedded.marked import marked_processes
from deploy.embedded.plan import Plan, make_plan
from deploy.embedded.ports import is_free
from deploy.embedded.servers.mongod import mongod_binary, wait_for_primary
from deploy.embedded.servers.redis_server import redis_binary, wait_for_redis
from deploy.embedded.shutdown import stop_stack
from settings.config import Config, ConfigError, load_config
from settings.secret_texts import without_secrets
from storage.base.connections import connect_mongo, connect_redis, open_database
from storage.base.migrations import migrate
from storage.queue.fleet_state import FleetState

PROCESSES = ("mongod", "redis", "sandbox", "scrapyd", "worker", "api")
_START_SECONDS = 60.0
_SECOND_START_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Launched:
    plan: Plan
    launcher: subprocess.Popen[bytes]


def running_plan(layout: Layout, *, environ: Mapping[str, str]) -> Plan | None:
    """The plan of the stack that is up in this data folder, if one is."""
    if not layout.ready.exists() or not _launcher_is_alive(layout):
        return None
    return make_plan(load_identity(layout.env_file), layout, environ=environ)


def start_stack(
    layout: Layout, *, environ: Mapping[str, str], shows_output: bool = False
) -> Launched:
    """Start everything and return when it serves; on any failure nothing is left running."""
    layout.make_folders()
    # Remains of a start that was killed: nothing of them may write beside the new stack.
    if marked_processes(layout.mark):
        stop_stack(layout)
    plan = make_plan(load_identity(layout.env_file), layout, environ=environ)
    config = _checked_config(plan)
    _check_spiders(plan)
    _check_binaries(plan)
    _check_ports(plan)
    launcher = _start_launcher(plan, shows_output=shows_output)
    try:
        _wait_for_stores(plan, launcher, config=config)
        layout.stores_ready.touch()
        _wait_for_servers(plan, launcher)
        _wait_for_crawlers(plan, launcher, config)
        ensure_first_user(plan, config)
        write_private(layout.stack_json, json.dumps(plan.description(), indent=2) + "\n")
        layout.ready.touch()
    except BaseException:
        # Ctrl-C as well: half a stack is worse than none.
        stop_stack(layout)
        launcher.wait()
        raise
    return Launched(plan, launcher)


def _launcher_is_alive(layout: Layout) -> bool:
    try:
        pid = int(layout.pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return False
    return any(process.pid == pid for process in marked_processes(layout.mark))


def _checked_config(plan: Plan) -> Config:
    try:
        config = load_config(plan.environ)
        # The API would refuse it too, but with a trace and after everything else was started.
        config.require_jwt_secret()
    except ConfigError as error:
        raise StackError(str(error)) from error
    return config


def _check_spiders(plan: Plan) -> None:
    """Crawlers that cannot be made would be started again and again, and their jobs never end."""
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=PROJECT_ROOT,
        env={**plan.environ, "SCRAPY_PROJECT": "azscraper"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        last = (listed.stderr.strip().splitlines() or ["the spiders cannot be listed"])[-1]
        raise StackError(without_secrets(last.removeprefix("azscraper: ")))


def _check_binaries(plan: Plan) -> None:
    if "mongod" not in plan.external:
        mongod_binary()
    if "redis" not in plan.external:
        redis_binary()


def _check_ports(plan: Plan) -> None:
    for name, port in plan.ports.items():
        if not is_free(port):
            raise StackError(
                f"port {port} for {name} is used by another program: stop it, or change "
                f"{name.upper()}_PORT in {plan.layout.env_file}"
            )


def _start_launcher(plan: Plan, *, shows_output: bool) -> subprocess.Popen[bytes]:
    layout = plan.layout
    for file in (layout.stores_ready, layout.ready, layout.pid_file):
        file.unlink(missing_ok=True)
    for old in layout.logs.glob("*.log"):
        old.replace(old.with_suffix(".log.1"))
    names = [name for name in PROCESSES if name not in plan.external]
    with (layout.logs / "launcher.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded.launcher", str(layout.data), *names],
            cwd=PROJECT_ROOT,
            env=plan.environ,
            stdin=subprocess.DEVNULL,
            # Each process has its own log; here only what the launcher itself has to complain about.
            stdout=None if shows_output else subprocess.DEVNULL,
            stderr=log,
            # The stack must outlive this command and its terminal.
            start_new_session=True,
        )


def _wait_for_stores(plan: Plan, launcher: subprocess.Popen[bytes], *, config: Config) -> None:
    identity = plan.identity
    if "mongod" not in plan.external:
        _wait_while_alive(plan, launcher, "mongod", lambda: not is_free(identity.mongod_port))
        wait_for_primary(identity.mongod_port, password=identity.mongod_password)
    if "redis" not in plan.external:
        _wait_while_alive(plan, launcher, "redis", lambda: not is_free(identity.redis_port))
        wait_for_redis(plan.redis_url)
    with connect_mongo(config) as client, connect_redis(config) as redis:
        try:
            migrate(open_database(client, config))
        except PyMongoError as error:
            raise StackError(
                f"MongoDB at MONGODB_URI does not serve us: {_short(error)}"
            ) from error
        try:
            FleetState(redis).clear()
        except RedisError as error:
            raise StackError(f"Redis at REDIS_URL does not serve us: {_short(error)}") from error


def _wait_for_servers(plan: Plan, launcher: subprocess.Popen[bytes]) -> None:
    _wait_while_alive(plan, launcher, "sandbox", lambda: _answers(plan.sandbox_url + "/robots.txt"))
    if "scrapyd" not in plan.external:
        _wait_while_alive(plan, launcher, "scrapyd", lambda: _scrapyd_answers(plan))
    _wait_while_alive(plan, launcher, "api", lambda: _answers(plan.api_url + "/health"))


def _wait_for_crawlers(plan: Plan, launcher: subprocess.Popen[bytes], config: Config) -> None:
    """On nodes elsewhere they may come later: `make status` and `/health` say when none lives."""
    if "scrapyd" in plan.external:
        return
    with connect_redis(config) as redis:
        crawlers = Crawlers(redis, config)
        began = time.monotonic()

        def is_decided() -> bool:
            # One that died at its first start may have met a server that was not quite ready.
            has_waited = time.monotonic() - began > _SECOND_START_SECONDS
            return crawlers.are_there() or (has_waited and crawlers.died())

        _wait_while_alive(plan, launcher, "scrapyd", is_decided)
        if not crawlers.are_there():
            raise StackError(f"the crawlers do not start: {crawlers.trouble()}")


def _scrapyd_answers(plan: Plan) -> bool:
    return all(_answers(node.rstrip("/") + "/daemonstatus.json") for node in plan.scrapyd_nodes)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _wait_while_alive(
    plan: Plan, launcher: subprocess.Popen[bytes], name: str, is_ready: Callable[[], bool]
) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_ready():
        if launcher.poll() is not None:
            raise StackError(f"the stack did not start: {why_it_ended(plan.layout)}")
        if time.monotonic() > deadline:
            log = plan.layout.logs / f"{name}.log"
            raise StackError(f"{name} did not answer in {_START_SECONDS:.0f} s\n{last_lines(log)}")
        time.sleep(0.05)


def _short(error: Exception) -> str:
    return str(error).split(", Timeout:")[0][:300]

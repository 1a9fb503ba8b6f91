"""How each route answers at the moment a store goes away, and while it is away."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from flask.testing import FlaskClient

from control_api.app import create_app
from control_api.http.access import Access
from control_api.wiring.api import build_parts
from deploy.embedded.layout import PROJECT_ROOT
from storage.base.connections import MongoDatabase, connect_mongo, open_database
from storage.base.indexes import INDEXES
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import OPERATOR_TOKEN, PASSWORD, Tenant
from tests.control_api.http.world import World, routes
from tests.reliability.stage import Fault, Stage, Store

CONNECTIONS = 64
_WHOLE_AFTER_GOOD = 30


@dataclass(frozen=True)
class Call:
    method: str
    rule: str
    path: str
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    call: Call
    seconds: float
    status: int
    retry_after: str | None
    text: str


@dataclass
class Outage:
    """What was seen of one store with one fault. `first`: all routes at once, on 64 connections, as
    the store goes away; `later`: one after another. `live`: seconds of each look at /health/live."""

    first: list[Answer] = field(default_factory=list)
    later: list[Answer] = field(default_factory=list)
    live: list[float] = field(default_factory=list)
    live_statuses: set[int] = field(default_factory=set)
    threads_before: int = 0
    threads_most: int = 0
    whole_after: float = 0.0

    @property
    def slowest_liveness(self) -> float:
        """But for one look of a hundred, which the machine may have held up."""
        return sorted(self.live)[: -(len(self.live) // 100 + 1)][-1]

    @property
    def answers(self) -> list[Answer]:
        return [*self.first, *self.later]


class Walker:
    """Makes the objects that the routes need, past the relays, and calls the routes through them."""

    def __init__(self, stage: Stage, client: httpx.Client) -> None:
        self._stage = stage
        self._client = client
        self._numbers = itertools.count(1)

    @contextmanager
    def calls(self, times: int) -> Iterator[list[list[Call]]]:
        """So many calls of every route, each time as another person with objects of their own."""
        config = self._stage.config
        with closing(build_parts(config)) as parts, connect_mongo(config) as mongo:
            app = create_app(config, parts)
            database = open_database(mongo, config)
            for name in INDEXES:
                database[name].delete_many({})
            worlds = [self._world(app.test_client(), database) for _ in range(times)]
            yield [[self._call(world, *route) for route in routes(app)] for world in worlds]

    def _world(self, flask: FlaskClient, database: MongoDatabase) -> World:
        number = next(self._numbers)
        email = f"owner{number}@example.com"
        made = flask.post("/auth/register", json={"email": email, "password": PASSWORD})
        user = database["users"].find_one_and_update(
            {"emailKey": email}, {"$set": {"isAdmin": True}}
        )
        assert user is not None
        database["organizations"].update_one(
            {"_id": user["organizationId"]}, {"$set": {"plan": "unlimited"}}
        )
        token = made.json["data"]["accessToken"]
        owner = Tenant(flask, email, token, user["_id"], user["organizationId"])
        world = World(owner, Settlement(database.client, database), database)
        # Names of nodes and proxies are taken once for all organizations.
        world._numbers = itertools.count(number * 1000)
        return world

    def _call(self, world: World, method: str, rule: str, access: Access) -> Call:
        owner = world._owner
        if access is Access.PUBLIC:
            path = re.sub(r"<[^>]+>", "nothing", rule)
            return Call(method, rule, path, _public_body(rule, owner), {})
        token = OPERATOR_TOKEN if access is Access.OPERATOR else owner.token
        headers = {"Authorization": f"Bearer {token}"}
        return Call(method, rule, world.path(rule), world.body(method, rule), headers)

    def make(self, call: Call) -> Answer:
        began = time.monotonic()
        answer = self._client.request(
            call.method, call.path, json=call.body, headers=call.headers, follow_redirects=False
        )
        return Answer(
            call,
            time.monotonic() - began,
            answer.status_code,
            answer.headers.get("retry-after"),
            answer.text[:500],
        )


def measure(stage: Stage, store: Store, fault: Fault) -> Outage:
    seen = Outage()
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    with (
        httpx.Client(base_url=stage.url, timeout=60, limits=limits, trust_env=False) as client,
        ThreadPoolExecutor(CONNECTIONS) as pool,
    ):
        walker = Walker(stage, client)
        with walker.calls(3) as (first, later, afterwards):
            reads = [call for call in later if (call.method, call.rule) == ("GET", "/projects")]
            # Connections are open, and every thread that serves requests has begun.
            list(pool.map(walker.make, reads * CONNECTIONS * 4))
            seen.threads_before = stage.threads()
            with _watched(stage, seen):
                with stage.failing(store, fault):
                    seen.first = list(pool.map(walker.make, first))
                    list(pool.map(walker.make, reads * CONNECTIONS))
                    seen.later = [walker.make(call) for call in later]
                    back_at = time.monotonic()
                seen.whole_after = _seconds_until_whole(walker, afterwards, since=back_at)
    return seen


def _seconds_until_whole(walker: Walker, calls: Sequence[Call], *, since: float) -> float:
    """Until sign-in, a read, a create and readiness answer many times in a row, by each process."""
    wanted = {
        ("POST", "/auth/login"),
        ("GET", "/projects"),
        ("POST", "/projects/<projectId>/jobs"),
        ("GET", "/health"),
    }
    asked = [call for call in calls if (call.method, call.rule) in wanted]
    good, whole_at = 0, time.monotonic()
    while good < _WHOLE_AFTER_GOOD and time.monotonic() < since + 30:
        for call in asked:
            is_good = walker.make(call).status < 400
            good = good + 1 if is_good else 0
            if good == 1:
                whole_at = time.monotonic()
    return whole_at - since if good else float("inf")


@contextmanager
def _watched(stage: Stage, seen: Outage) -> Iterator[None]:
    ended = threading.Event()
    threads = threading.Thread(target=_watch_threads, args=(stage, seen, ended))
    threads.start()
    # In a process of its own: the 64 callers hold this one's interpreter.
    parts = urlsplit(stage.url)
    command = [sys.executable, "-m", "tests.reliability.liveness", str(parts.port)]
    liveness = subprocess.Popen(
        command, cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield
    finally:
        ended.set()
        threads.join()
        # The end of its input tells it to end.
        printed, _ = liveness.communicate(timeout=60)
        looks = [line.split() for line in printed.splitlines()]
        seen.live = [float(seconds) for seconds, _ in looks]
        seen.live_statuses = {int(status) for _, status in looks}


def _watch_threads(stage: Stage, seen: Outage, ended: threading.Event) -> None:
    while not ended.wait(0.05):
        seen.threads_most = max(seen.threads_most, stage.threads())


def _public_body(rule: str, owner: Tenant) -> Any:
    """What the routes that ask for no credential are sent."""
    number = time.time_ns()
    login = {"email": owner.email, "password": PASSWORD}
    return {
        "/auth/register": {"email": f"new{number}@example.com", "password": PASSWORD},
        "/auth/login": login,
        "/auth/login-handoff": login,
        "/auth/verify-handoff": {"token": "no token"},
        "/referral/click": {"referralCode": "no-code"},
        "/api/v1/auth/register": {"username": f"new{number}", "password": PASSWORD},
        "/api/v1/auth/login": {"username": owner.email, "password": PASSWORD},
    }.get(rule)

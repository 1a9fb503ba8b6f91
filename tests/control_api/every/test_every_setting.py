"""Every setting that the API reads does something: a table with a line for each of them.

Each line looks at an API that is made from an environment, once for each value of the variable.
"""

from __future__ import annotations

import asyncio
import logging
import runpy
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database
from redis import Redis

from control_api.app import create_app
from control_api.server import Server
from control_api.wiring.api import build_parts
from settings.config import current_config, load_config
from storage.base.connections import connect_mongo, connect_redis, open_database
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import OPERATOR_TOKEN, PASSWORD, SECRET, Tenant
from tests.control_api.console.job_pictures import job_with, paths_of_pictures
from tests.control_api.console.picture_host import running_host


@dataclass(frozen=True)
class Scene:
    """An API of one environment, and the stores that it works on."""

    environ: dict[str, str]
    client: FlaskClient
    database: Database
    folder: Path

    def register(self, number: int = 1, **options: Any) -> Any:
        body = {"email": f"one{number}@example.com", "password": PASSWORD}
        return self.client.post("/auth/register", json=body, **options)

    def tenant(self) -> Tenant:
        answer = self.register().json["data"]
        user = self.database["users"].find_one({})
        self.database["users"].update_one({"_id": user["_id"]}, {"$set": {"isAdmin": True}})
        token = answer["accessToken"]
        return Tenant(self.client, user["email"], token, user["_id"], user["organizationId"])

    def login(self, number: int) -> int:
        body = {"email": f"one{number}@example.com", "password": "wrong horse"}
        return int(self.client.post("/auth/login", json=body).status_code)

    def amazon_job(self, lang: str = "en-US") -> dict[str, Any]:
        self.tenant().make_job(config={"lang": lang})
        target: dict[str, Any] = self.database["targets"].find_one({})["seed"]
        return target


@dataclass(frozen=True)
class Line:
    """What `look` sees, by the variable's value; None: it is not set."""

    look: Callable[[Scene], Any]
    seen: dict[str | None, Any]
    beside: dict[str, str] = field(default_factory=dict)


def node_shown(scene: Scene) -> list[tuple[str, int]]:
    listed = scene.tenant().get("/admin/nodes").json["data"]
    return [(node["name"], node["slots"]) for node in listed]


def webhook_to_loopback(scene: Scene) -> int:
    tenant = scene.tenant()
    body = {"url": "http://127.0.0.1:9999/", "events": ["job.completed"]}
    path = f"/projects/{tenant.make_project()}/webhooks"
    return int(tenant.post(path, json=body).status_code)


def address_noted(scene: Scene) -> str:
    tenant = scene.tenant()
    headers = {"X-Forwarded-For": "203.0.113.9"}
    assert tenant.post("/projects", json={"name": "p"}, headers=headers).status_code == 201
    entry = scene.database["audit"].find_one({"action": "project.created"})
    return str(entry["ip"])


def rate_shown(scene: Scene) -> list[float]:
    shown = scene.tenant().get("/admin/settings").json["data"]["crawlRate"]
    return sorted(set(shown["marketplaces"].values()))


def is_signed_in(scene: Scene) -> int:
    """A token of the API of the tests' usual secret."""
    usual = {**scene.environ, "JWT_SECRET": SECRET}
    with scene_of(usual, scene.database, scene.folder) as other:
        tenant = other.tenant()
    return int(scene.client.get("/usage", headers=tenant.headers).status_code)


def console_at(scene: Scene) -> list[Any]:
    """Whether it is there, and where a browser is led that knows the address alone."""
    entrance = scene.client.get("/", headers={"Accept": "text/html"})
    return [scene.client.get("/console/login").status_code, entrance.headers["Location"]]


def console_cookie(scene: Scene) -> list[Any]:
    tenant = scene.tenant()
    data = {"email": tenant.email, "password": PASSWORD}
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = scene.client.post("/console/login", data=data, headers=headers)
    name, _, flags = answer.headers["Set-Cookie"].partition("=")
    return [name, "; Secure" in flags]


def shown_picture(scene: Scene) -> list[int]:
    """How a row's picture is answered that a page names, twice, and how often its host was asked."""
    with running_host() as host:
        environ = {**scene.environ, "AMAZON_ORIGIN": host.origin}
        with scene_of(environ, scene.database, scene.folder) as with_host:
            tenant = with_host.tenant()
            job = job_with(tenant, Settlement(scene.database.client, scene.database), "71abc")
            form = {"email": tenant.email, "password": PASSWORD}
            headers = {"Sec-Fetch-Site": "same-origin"}
            with_host.client.post("/console/login", data=form, headers=headers)
            paths = paths_of_pictures(with_host.client.get(f"/console/jobs/{job}").text)
            asked = [with_host.client.get(path).status_code for path in paths * 2]
        return [*asked, len(host.asked)]


def own_link(scene: Scene) -> str:
    link = scene.tenant().post("/referral/link").json["data"]["referralLink"]
    return str(link).partition("/r/")[0]


def sign_up_link(scene: Scene) -> str:
    link = scene.tenant().post("/referral/link").json["data"]["referralLink"]
    found = scene.client.get(link[link.index("/r/") :])
    return str(found.headers["Location"]).partition("?")[0].partition("#")[0]


def metrics(scene: Scene) -> int:
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    return int(scene.client.get("/metrics", headers=headers).status_code)


def cors(scene: Scene) -> str | None:
    headers = {"Origin": "https://a.example"}
    found = scene.client.get("/health/live", headers=headers).headers
    return found.get("Access-Control-Allow-Origin")


def v1(scene: Scene) -> list[int]:
    tenant = scene.tenant()
    return [tenant.get("/api/v1/jobs").status_code for _ in range(3)]


def long_body(scene: Scene) -> int:
    body = {"name": "x" * 150}
    return int(scene.tenant().post("/projects", json=body).status_code)


def database_used(scene: Scene) -> bool:
    config = load_config(scene.environ)
    with connect_mongo(config) as mongo:
        open_database(mongo, config)["marks"].insert_one({"_id": "a mark"})
        return scene.database["marks"].delete_many({}).deleted_count == 1


def mongo_port(scene: Scene) -> int | None:
    """The port that the driver asks; no server listens on the other one."""
    with connect_mongo(load_config(scene.environ)) as mongo:
        (node,) = mongo.topology_description.server_descriptions()
        return node[1]


def redis_used(scene: Scene) -> bool:
    config = load_config(scene.environ)
    usual = load_config({**scene.environ, "REDIS_URL": scene.environ["USUAL_REDIS"]})
    with connect_redis(config) as used, connect_redis(usual) as other:
        used.set("a-mark", "1", ex=5)
        return other.get("a-mark") is not None


@contextmanager
def server_of(scene: Scene) -> Iterator[Server]:
    """The ASGI app as granian loads it."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    with pytest.MonkeyPatch.context() as patch:
        for name, value in scene.environ.items():
            patch.setenv(name, value)
        current_config.cache_clear()
        made = runpy.run_module("control_api.asgi")
        try:
            yield made["app"]
        finally:
            made["parts"].close()
            root.handlers, root.level = handlers, level
    current_config.cache_clear()


def threads(scene: Scene) -> int:
    """How many of four requests are worked on at the same time."""
    busy, most = [0], [0]

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        time.sleep(0.2)
        busy[0] -= 1
        start("200 OK", [])
        return [b""]

    async def ask(server: Server) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None: ...

        scope = {
            "type": "http", "method": "GET", "path": "/x", "raw_path": b"/x", "query_string": b"",
            "headers": [], "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2), "root_path": "",
        }  # fmt: skip
        await server(scope, receive, send)

    async def ask_all(server: Server) -> None:
        await asyncio.gather(*(ask(server) for _ in range(4)))

    with server_of(scene) as server:
        server._app = slow
        asyncio.run(ask_all(server))
    return most[0]


def waiters(scene: Scene) -> list[bool]:
    with server_of(scene) as server:
        return [server._places.take() for _ in range(3)]


def logs_debug(scene: Scene) -> bool:
    with server_of(scene):
        return logging.getLogger("control_api").isEnabledFor(logging.DEBUG)


SLOTS = {"SCRAPYD_NODES": "http://10.0.0.5:6800"}
TABLE: dict[str, Line] = {
    "MONGODB_URI": Line(mongo_port, {"mongodb://127.0.0.1:9/?directConnection=true": 9, "mongodb://127.0.0.1:8/?directConnection=true": 8}),
    "MONGODB_DATABASE": Line(database_used, {"azscraper_test_other": False, "{database}": True}),
    "REDIS_URL": Line(redis_used, {"{redis}": True, "{redis}?db=1": False}),
    "SCRAPYD_NODES": Line(node_shown, {None: [], "http://10.0.0.5:6800": [("10.0.0.5:6800", 4)]}),
    "SPIDER_SLOTS": Line(node_shown, {"1": [("10.0.0.5:6800", 1)], "7": [("10.0.0.5:6800", 7)]}, SLOTS),
    "JWT_SECRET": Line(is_signed_in, {SECRET: 200, SECRET[::-1]: 401}),
    "OPERATOR_TOKEN": Line(metrics, {OPERATOR_TOKEN: 200, "another": 401}),
    "PUBLIC_URL": Line(own_link, {None: "http://localhost", "https://api.example": "https://api.example"}),
    "SIGN_UP_URL": Line(sign_up_link, {None: "http://localhost/api/docs", "https://a.example/join": "https://a.example/join"}),
    "TRUSTED_PROXIES": Line(address_noted, {"0": "127.0.0.1", "1": "203.0.113.9"}),
    "DEFAULT_PLAN": Line(lambda s: s.tenant() and s.database["organizations"].find_one({})["plan"], {None: "free", "unlimited": "unlimited"}),
    "CONSOLE": Line(console_at, {None: [200, "/console"], "off": [404, "/api/docs"]}),
    "CONSOLE_INSECURE_COOKIE": Line(console_cookie, {None: ["__Host-azscraper", True], "1": ["azscraper", False]}),
    "IMAGES": Line(shown_picture, {None: [200, 200, 1], "off": [0]}),
    "IMAGE_CACHE_BYTES": Line(shown_picture, {None: [200, 200, 1], "1": [200, 200, 2]}),
    "LOGIN_FAILURES_PER_ACCOUNT": Line(lambda s: [s.login(1) for _ in range(3)], {"1": [401, 429, 429], "2": [401, 401, 429]}),
    "LOGIN_FAILURES_PER_ADDRESS": Line(lambda s: [s.login(n) for n in range(3)], {"1": [401, 429, 429], "2": [401, 401, 429]}),
    "REGISTRATIONS_PER_ADDRESS": Line(lambda s: [s.register(n).status_code for n in range(3)], {"1": [201, 429, 429], "2": [201, 201, 429]}),
    "API_V1_RATE_LIMIT": Line(v1, {"1": [200, 429, 429], "2": [200, 200, 429]}),
    "API_THREADS": Line(threads, {"1": 1, "3": 3}),
    "API_WAITERS": Line(waiters, {"1": [True, False, False], "2": [True, True, False]}),
    "MAX_BODY_BYTES": Line(long_body, {"120": 413, "1000": 201}),
    "CORS_ORIGINS": Line(cors, {None: None, "https://a.example": "https://a.example"}),
    "PROMETHEUS_MULTIPROC_DIR": Line(lambda s: (s.folder / "counts").is_dir(), {None: False, "{folder}/counts": True}),
    "ALLOWED_NETWORKS": Line(webhook_to_loopback, {None: 400, "127.0.0.0/8": 201}),
    "LOG_LEVEL": Line(logs_debug, {"INFO": False, "DEBUG": True}),
    "DELIVER_TO": Line(lambda s: "deliverTo" in s.amazon_job(), {None: False, "US=10001": True}),
    "AMAZON_ENGINE": Line(lambda s: s.amazon_job().get("engine"), {None: None, "auto": "auto"}),
    "MARKETPLACE_REQUESTS_PER_MINUTE": Line(rate_shown, {"30": [30], "90": [90]}),
}  # fmt: skip
CASES = [(name, value) for name, line in TABLE.items() for value in line.seen]


@contextmanager
def scene_of(environ: dict[str, str], database: Database, folder: Path) -> Iterator[Scene]:
    config = load_config(environ)
    parts = build_parts(config)
    try:
        yield Scene(environ, create_app(config, parts).test_client(), database, folder)
    finally:
        parts.close()


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_setting_makes_its_difference(
    mongodb_uri: str,
    redis_url: str,
    redis_client: Redis,
    database: Database,
    tmp_path: Path,
    name: str,
    value: str | None,
) -> None:
    line = TABLE[name]
    usual = {
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": database.name,
        "REDIS_URL": redis_url,
        "USUAL_REDIS": redis_url,
        "JWT_SECRET": SECRET,
        **line.beside,
    }
    if value is not None:
        places = {"database": database.name, "redis": redis_url, "folder": tmp_path}
        usual[name] = value.format(**places)
    with scene_of(usual, database, tmp_path) as scene:
        assert line.look(scene) == line.seen[value]

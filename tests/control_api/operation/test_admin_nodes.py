"""GET /admin/nodes: how busy each node is, and what its crawlers run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest
from pymongo.database import Database
from redis import Redis

from settings.config import Config
from spiders.frontier.load import load_per_core
from storage.base.connections import connect_async_redis
from storage.queue.crawlers import Crawler, CrawlerBeats
from storage.queue.seed_keys import CRAWLERS
from storage.runs.nodes import Nodes
from tests.control_api.conftest import Tenant

NODE = "10.0.0.5:6800"


@pytest.fixture
def admin(make_tenant: Callable[..., Tenant], database: Database) -> Tenant:
    tenant = make_tenant()
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    return tenant


def beat(config: Config, *, load: float | None, owner: str = "pool-1", version: str = "1") -> None:
    async def beat_once() -> None:
        client = connect_async_redis(config)
        crawler = Crawler(owner, "amazon_detail", NODE, 1, 0.0, version)
        await CrawlerBeats(client, crawler).beat(load=load)
        await client.aclose()

    asyncio.run(beat_once())


def node_of(admin: Tenant) -> dict[str, object]:
    (node,) = admin.get("/admin/nodes").json["data"]
    found: dict[str, object] = node
    return found


def test_the_load_is_what_a_crawler_there_said_last(admin: Tenant, config: Config) -> None:
    beat(config, load=3.0)
    beat(config, load=0.25, owner="pool-2")
    beat(config, load=None, owner="pool-3")
    assert node_of(admin)["load"] == 0.25


def test_where_only_spider_jobs_run_it_is_what_the_worker_heard(
    admin: Tenant, config: Config, database: Database
) -> None:
    nodes = Nodes(database)
    nodes.add(NODE, url=f"http://{NODE}", username="", password="")
    assert node_of(admin)["load"] is None
    nodes.note_health(NODE, {"load": 1.5})
    assert node_of(admin)["load"] == 1.5
    beat(config, load=0.5)
    assert node_of(admin)["load"] == 0.5


def test_a_crawler_of_another_version_may_say_more_or_less(
    admin: Tenant, config: Config, redis_client: Redis
) -> None:
    beat(config, load=1.0)
    told = json.loads(redis_client.hget(CRAWLERS, "pool-1"))  # type: ignore[arg-type]
    del told["load"]
    redis_client.hset(CRAWLERS, "pool-1", json.dumps({**told, "mood": "good"}))
    shown = node_of(admin)
    assert shown["load"] is None
    assert [crawler["id"] for crawler in shown["crawlers"]] == ["pool-1"]  # type: ignore[attr-defined]


def test_mixed_versions_of_crawlers_are_visible(admin: Tenant, config: Config) -> None:
    beat(config, load=1.0, version="v1.2")
    beat(config, load=1.0, owner="pool-2", version="v1.3-dirty")
    crawlers: list[dict[str, object]] = node_of(admin)["crawlers"]  # type: ignore[assignment]
    assert {crawler["id"]: crawler["version"] for crawler in crawlers} == {
        "pool-1": "v1.2",
        "pool-2": "v1.3-dirty",
    }


def test_it_is_per_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (6.0, 1.0, 1.0))
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert load_per_core() == 1.5


def test_the_documentation_says_what_it_is(admin: Tenant) -> None:
    document = admin.get("/api/openapi.json").json
    field = document["components"]["schemas"]["NodeOut"]["properties"]["load"]
    assert "per core" in field["description"]
    assert "load" in document["components"]["schemas"]["NodeOut"]["required"]

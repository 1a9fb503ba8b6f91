"""`GET /admin/diagnosis`: why does nothing move? Each cause is provoked, told in words, and gone again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask_openapi3.openapi import OpenAPI
from pymongo.database import Database
from redis import Redis

from deploy.embedded.ports import free_port
from settings.config import Config
from spiders.types.registry import POOL_SPIDERS
from storage.base.clock import utc_now
from storage.base.connections import connect_async_redis, connect_redis
from storage.base.records import Seed
from storage.jobs.settlement import Settlement
from storage.queue.fleet_state import FleetState
from storage.queue.pace import Pace
from storage.queue.seed_keys import pace_key
from storage.queue.seed_queue import SeedQueue
from storage.runs.loop_marks import LoopMarks
from storage.runs.nodes import Nodes
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.documentation.beats import beat
from tests.control_api.profiled import profiled, scans

NODE = "node.example.com:6800"


class Installation:
    """One that works, and an admin's questions to it."""

    def __init__(self, admin: Tenant, database: Database, config: Config) -> None:
        self.admin = admin
        self.database = database
        self._config = config
        database["users"].update_one({"_id": admin.user_id}, {"$set": {"isAdmin": True}})
        for loop in ("feeder", "observer"):
            LoopMarks(database).mark("host:1", loop, resident_bytes=1)
        Nodes(database).add(NODE, url=f"http://{NODE}", username="", password="")
        self.say_of_node(takesWork=True, isUp=True)
        beat(config, NODE)

    def say_of_node(self, **health: Any) -> None:
        Nodes(self.database).note_health(NODE, health)

    def ask(self, query: str = "") -> dict[str, Any]:
        answer = self.admin.get(f"/admin/diagnosis{query}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json["data"]
        assert found["canMove"] == (not any(one["stops"] for one in found["findings"]))
        return found

    def codes(self, query: str = "") -> list[str]:
        return [finding["code"] for finding in self.ask(query)["findings"]]

    def only(self, code: str, query: str = "") -> dict[str, Any]:
        (finding,) = self.ask(query)["findings"]
        assert finding["code"] == code
        return dict(finding)

    def of(self, tenant: Tenant) -> str:
        return f"?organizationId={tenant.organization_id}"

    def age_jobs(self) -> None:
        before = utc_now() - timedelta(minutes=1)
        self.database["jobs"].update_many({}, {"$set": {"createdAt": before}})


@pytest.fixture
def installation(
    make_tenant: Callable[..., Tenant], database: Database, config: Config
) -> Installation:
    return Installation(make_tenant(), database, config)


def test_where_nothing_is_wrong_it_says_so(installation: Installation) -> None:
    found = installation.ask(installation.of(installation.admin))
    assert found == {
        "canMove": True,
        "summary": "No target waits: there is nothing to crawl.",
        "waiting": 0,
        "findings": [],
    }
    installation.admin.make_job(type="details", targets=["B000000001"])
    found = installation.ask()
    assert (found["waiting"], found["findings"]) == (1, [])
    assert found["summary"] == "Nothing is in the way: targets wait and are crawled."


def test_no_worker_lives(installation: Installation) -> None:
    marks = installation.database["loop_marks"]
    marks.update_many({}, {"$set": {"at": utc_now() - timedelta(seconds=90)}})
    text = installation.only("no_worker")["text"]
    assert text == "no worker has lived for 90 s: nobody hands targets to crawlers"
    marks.delete_many({})
    found = installation.ask()
    assert found["findings"][0]["text"] == "no worker has lived: nobody hands targets to crawlers"
    assert found["summary"].startswith("Nothing moves, or not all of it: no worker has lived")


@pytest.mark.parametrize(("loop", "stops"), [("feeder", True), ("observer", False)])
def test_a_loop_of_the_worker_stands(installation: Installation, loop: str, stops: bool) -> None:
    marks = installation.database["loop_marks"]
    marks.update_one({"loop": loop}, {"$set": {"at": utc_now() - timedelta(seconds=35)}})
    assert installation.codes() == []  # some are done every thirty seconds
    marks.update_one({"loop": loop}, {"$set": {"at": utc_now() - timedelta(seconds=70)}})
    found = installation.only("loop_stands")
    assert (found["subject"], found["stops"]) == (loop, stops)


def test_redis_is_away(
    installation: Installation, config: Config, apps: dict[Config, OpenAPI]
) -> None:
    without = replace(config, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    admin = replace(installation.admin, client=apps[without].test_client())
    found = admin.get("/admin/diagnosis").json["data"]
    assert [finding["code"] for finding in found["findings"]] == ["redis_away"]
    assert found["findings"][0]["text"].startswith("Redis is unreachable")
    assert (found["canMove"], found["waiting"]) == (False, None)


def test_no_node_takes_work(installation: Installation) -> None:
    installation.say_of_node(takesWork=False, error="connection refused")
    text = installation.only("no_node_takes_work")["text"]
    assert text == f"no crawl node takes work: {NODE} connection refused"
    installation.say_of_node(takesWork=True)
    Nodes(installation.database).change(NODE, is_draining=True, slots=None)
    assert installation.only("no_node_takes_work")["text"].endswith(f"{NODE} drains")
    Nodes(installation.database).remove(NODE)
    installation.only("no_node")


def test_no_crawler_lives_for_what_waits(installation: Installation, config: Config) -> None:
    installation.admin.make_job(targets=["usb hub", "wall clock"])
    assert installation.codes() == []  # it may be on its way
    installation.age_jobs()
    found = installation.only("no_crawler")
    assert found["subject"] == "amazon_search"
    assert found["text"] == "2 targets wait for a crawler of amazon_search, and none lives"
    with connect_redis(config) as client:
        fleet = FleetState(client)
        fleet.note_look(wanted={"amazon_search": 1}, living={}, nodes=1, node_errors={})
        reason = "ImportError: no module"
        fleet.note_death("amazon_search", node="a-node", exit_code=1, reason=reason)
    assert "ImportError: no module" in installation.only("no_crawler")["text"]


def test_the_pace_of_a_marketplace_is_used_up(
    installation: Installation, config: Config, redis_client: Redis
) -> None:
    seconds, _ = redis_client.time()
    redis_client.set(pace_key("DE"), (seconds + 300) * 1000)
    assert installation.codes() == []  # nobody waits for it
    with connect_redis(config) as client:
        seed = Seed("job:000000", "DE", "an-organization", '{"url": "https://www.amazon.de/"}')
        SeedQueue(client, POOL_SPIDERS).push("amazon_detail", [seed])
    found = installation.only("pace_used_up")
    assert (found["subject"], found["stops"]) == ("DE", False)
    assert "requests a minute are allowed, and the next one waits" in found["text"]


def test_all_targets_of_an_organization_are_blocked(
    installation: Installation, make_tenant: Callable[..., Tenant], settlement: Settlement
) -> None:
    blocked, lucky = make_tenant(), make_tenant()
    for tenant in (blocked, lucky):
        job = tenant.make_job(type="details", targets=[f"B{place:09d}" for place in range(6)])["id"]
        for place in range(5):
            fail_target(settlement, job, place, code="BLOCKED_CAPTCHA")
        if tenant is lucky:
            end_target(settlement, job, 5)
    found = installation.only("blocked", installation.of(blocked))
    assert (found["subject"], found["stops"]) == ("BLOCKED_CAPTCHA", True)
    assert "all 5 targets of" in found["text"]
    assert installation.codes(installation.of(lucky)) == []
    assert installation.codes() == []


def test_everybody_is_blocked(installation: Installation, settlement: Settlement) -> None:
    job = installation.admin.make_job(type="details", targets=[f"B{n:09d}" for n in range(6)])["id"]
    for place in range(4):
        fail_target(settlement, job, place, code="BLOCKED_CAPTCHA")
    assert installation.codes() == []
    fail_target(settlement, job, 4, code="BLOCKED_WAF")
    found = installation.only("blocked")
    assert found["text"] == (
        "all 5 targets of all organizations that ended lately were blocked, most by BLOCKED_CAPTCHA"
    )


def test_credits_are_gone(installation: Installation, make_tenant: Callable[..., Tenant]) -> None:
    poor = make_tenant()
    organizations = installation.database["organizations"]
    organizations.update_one({"_id": poor.organization_id}, {"$set": {"creditBalance": 0}})
    found = installation.only("no_credits", installation.of(poor))
    assert "has 0 credits left" in found["text"]
    organizations.update_one({"_id": poor.organization_id}, {"$set": {"plan": "unlimited"}})
    assert installation.codes(installation.of(poor)) == []


def test_the_plan_of_the_month_is_used_up(installation: Installation) -> None:
    month = {"_id": f"{installation.admin.organization_id}:{utc_now():%Y-%m}"}
    used = {"jobs": 10, "targets": 10, "exports": 0}
    installation.database["usage"].update_one(month, {"$set": used}, upsert=True)
    found = installation.only("quota_reached", installation.of(installation.admin))
    assert "has used all 10 jobs of this month's plan" in found["text"]


def test_a_schedule_is_disabled_or_was_skipped(installation: Installation) -> None:
    admin = installation.admin
    body = {
        "name": "nightly",
        "cron": "0 6 * * *",
        "crawlConfig": {"type": "details", "targets": ["B000000001"]},
    }
    made = admin.post(f"/projects/{admin.make_project()}/schedules", json=body).json["data"]["id"]
    assert installation.codes(installation.of(admin)) == []
    admin.patch(f"/schedules/{made}", json={"enabled": False})
    found = installation.only("schedule_disabled", installation.of(admin))
    assert (found["subject"], found["text"]) == (made, "the schedule nightly is disabled")
    skipped = {"enabled": True, "lastOutcome": "skipped", "lastReason": "no_credits"}
    installation.database["schedules"].update_one({"_id": made}, {"$set": skipped})
    text = installation.only("schedule_skipped", installation.of(admin))["text"]
    assert text == "the schedule nightly was skipped the last time: no_credits"


def test_an_organization_that_is_not_there_is_a_404(installation: Installation) -> None:
    assert installation.admin.get("/admin/diagnosis?organizationId=nobody").status_code == 404


# What stands beside it


def test_the_queue_of_each_spider(installation: Installation, config: Config) -> None:
    installation.admin.make_job(type="details", targets=["B000000001", "B000000002"])
    installation.age_jobs()
    with connect_redis(config) as client:
        queue = SeedQueue(client, POOL_SPIDERS)
        queue.push("amazon_detail", [Seed("job:000000", "US", "x", '{"url": "https://a/"}')])
        client.hset("amazon_detail:leased", mapping={"a": "1|x|{}", "b": "2|x|{}"})
        client.rpush("amazon_detail:suspects", "a", "b", "c")
        client.set("amazon_detail:redeliveries", 4)
    answer = installation.admin.get("/admin/queue").json
    assert answer["meta"] == {
        "total": len(POOL_SPIDERS),
        "webhooks": {"waiting": 0, "oldestSeconds": 0.0},
    }
    (found,) = [one for one in answer["data"] if one["spider"] == "amazon_detail"]
    assert 59 < found.pop("oldestSeconds") < 300
    assert found == {
        "spider": "amazon_detail",
        "waiting": 2,
        "ready": 1,
        "leased": 2,
        "suspects": 3,
        "redeliveries": 4,
        "crawlers": 1,
    }


def test_failures_of_the_last_hours(
    installation: Installation, settlement: Settlement, database: Database
) -> None:
    job = installation.admin.make_job(targets=["a", "b", "c", "d"])["id"]
    end_target(settlement, job, 0)
    for place in (1, 2, 3):
        fail_target(settlement, job, place, code="TIMEOUT" if place == 3 else "NOT_FOUND")
    answer = installation.admin.get("/admin/failures").json
    assert answer["data"] == [
        {"reason": "NOT_FOUND", "targets": 2, "share": 50.0},
        {"reason": "SUCCESS", "targets": 1, "share": 25.0},
        {"reason": "TIMEOUT", "targets": 1, "share": 25.0},
    ]
    assert answer["meta"]["total"] == 4
    hour = utc_now().replace(minute=0, second=0, microsecond=0)
    database["outcomes"].update_many(
        {"reason": "NOT_FOUND"}, {"$set": {"hour": hour - timedelta(hours=3)}}
    )
    totals = [
        installation.admin.get(f"/admin/failures?hours={hours}").json["meta"]["total"]
        for hours in (1, 3, 4)
    ]
    assert totals == [2, 2, 4]
    # What Prometheus counts is of all time, and once.
    assert "NOT_FOUND" in {one["_id"] for one in database["outcomes"].find({"hour": None})}


def test_the_pace_of_each_marketplace(
    installation: Installation, config: Config, redis_client: Redis
) -> None:
    rates = {"crawlRate": {"marketplaces": {"FR": 60_000}}}
    assert installation.admin.patch("/admin/settings", json=rates).status_code == 200
    reserve_many(config, "FR", 7)
    with connect_redis(config) as client:
        seed = Seed("job:000000", "FR", "x", '{"url": "https://www.amazon.fr/"}')
        SeedQueue(client, POOL_SPIDERS).push("amazon_detail", [seed])
    found = installation.admin.get("/admin/pace").json["data"]
    first = found[0]
    assert (first["marketplace"], first["waiting"], first["perMinute"]) == ("FR", 1, 60_000)
    assert first["usedThisMinute"] + first["usedLastMinute"] == 7
    assert {one["waiting"] for one in found[1:]} == {0}
    assert {one["usedThisMinute"] for one in found[1:]} == {0}


def reserve_many(config: Config, marketplace: str, times: int) -> None:
    async def reserve() -> None:
        client = connect_async_redis(config)
        pace = Pace(client, default_per_minute=60)
        for _ in range(times):
            await pace.reserve(marketplace)
        await client.aclose()

    asyncio.run(reserve())


@pytest.mark.parametrize("route", ["diagnosis", "queue", "failures", "pace"])
def test_no_large_collection_is_scanned(installation: Installation, route: str) -> None:
    installation.admin.make_job()
    query = installation.of(installation.admin) if route == "diagnosis" else ""
    with profiled(installation.database) as notes:
        assert installation.admin.get(f"/admin/{route}{query}").status_code == 200
    # A few documents each, read whole.
    small = {"loop_marks", "nodes", "operator_settings", "outcomes"}
    assert {name.rpartition(".")[2] for name in scans(notes)} <= small

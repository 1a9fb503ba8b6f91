"""`deliverTo` and `currency` from a request over the lease to a crawler's visitor, and into the row."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database
from redis import Redis

from control_api.worker.seeds import seed_from_target
from settings.config import Config
from spiders.types.registry import POOL_SPIDERS
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from storage.queue.crawlers import Crawler
from storage.queue.seed_keys import VISITOR_COUNTS
from storage.queue.seed_queue import SeedQueue
from tests.control_api.conftest import OPERATOR_TOKEN, Tenant
from tests.control_api.crawling import end_target
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.visitors.shop import Shop, asins, running_shop


@pytest.fixture
def rich(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant("unlimited")


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_shop() as shop:
        shop.behave(exit_place="PK")
        yield shop


def post(tenant: Tenant, **config: Any) -> Any:
    body = {"type": "details", "targets": ["B000000001"], "config": config}
    return tenant.post(f"/projects/{tenant.make_project()}/jobs", json=body)


def test_a_job_for_a_place_has_rows_of_that_place(
    rich: Tenant,
    config: Config,
    database: Database,
    shop: Shop,
    redis_client: Redis,
    tmp_path: Path,
) -> None:
    asked = {"deliverTo": "60601-1234", "currency": "eur"}
    job = rich.make_job(type="details", targets=asins(1), config=asked)
    assert job["config"] == asked
    with Redis.from_url(config.redis_url, decode_responses=True) as client:
        targets = Targets(database).values(job["id"])
        SeedQueue(client, POOL_SPIDERS).push(
            "amazon_detail",
            [seed_from_target(target, "an-organization", None) for target in targets],
        )
    log = tmp_path / "log"
    with pool_crawler(config, "amazon_detail", log=log, AMAZON_ORIGIN=shop.url):
        wait_until(
            lambda: rich.get(f"/jobs/{job['id']}").json["data"]["status"] == "completed",
            lambda: log.read_text()[-3000:],
        )
    (row,) = rich.get(f"/jobs/{job['id']}/results").json["data"]
    assert (row["deliverTo"], row["deliverToAsked"]) == ("Chicago 60601", "60601")
    assert row["price"] is None or row["price"]["currency"] == "EUR"
    secrets = [entry["sessionSent"] for entry in shop.requests() if entry["sessionSent"]]
    assert secrets
    assert not any(secret in log.read_text() for secret in secrets)


def test_a_place_is_checked_for_its_store_before_anything_is_written(
    rich: Tenant, database: Database
) -> None:
    for asked, words in [
        ({"deliverTo": "1000"}, "config.deliverTo: '1000' is not a postal code of US"),
        ({"deliverTo": "10001", "lang": "de-DE", "marketplace": "UK"}, "of GB"),
        ({"deliverTo": {"country": "XX"}}, "not an ISO 3166 code"),
        ({"deliverTo": "12345", "marketplace": "AE"}, "a city or a district"),
        ({"currency": "DEM"}, "config.currency: 'DEM' is not an ISO 4217 code"),
    ]:
        answer = post(rich, **asked)
        assert answer.status_code == 400, asked
        assert words in answer.json["error"]["message"]
    for asked in (
        {"deliverTo": 10001},
        {"deliverTo": {"zip": "1"}},
        {"deliverTo": ["10001"]},
        {"deliverTo": ""},
        {"onWrongPlace": "ignore"},
        {"currency": "EURO"},
    ):
        answer = post(rich, **asked)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert database["jobs"].count_documents({}) == 0


def test_each_store_of_a_job_is_asked_in_its_own_form(rich: Tenant) -> None:
    """One postal code cannot be of two countries: the job says which of its stores does not take it."""
    body = {
        "type": "details",
        "targets": [
            "https://www.amazon.de/dp/B000000001",
            "https://www.amazon.co.uk/dp/B000000001",
        ],
        "config": {"deliverTo": "10115"},
    }
    answer = rich.post(f"/projects/{rich.make_project()}/jobs", json=body)
    assert answer.status_code == 400
    assert "UK" in answer.json["error"]["message"]


def seeds(database: Database, job: dict[str, Any]) -> list[dict[str, Any]]:
    return [target["seed"] for target in database["targets"].find({"jobId": job["id"]})]


@pytest.fixture
def admin(rich: Tenant, database: Database) -> Tenant:
    database["users"].update_one({"_id": rich.user_id}, {"$set": {"isAdmin": True}})
    return rich


def test_an_admin_sets_where_jobs_that_name_no_place_are_delivered_to(
    admin: Tenant, database: Database
) -> None:
    changed = admin.patch("/admin/settings", json={"deliverTo": {"US": "60601-1234", "DE": "CH"}})
    assert changed.status_code == 200, changed.text
    assert changed.json["data"]["deliverTo"] == {"US": "60601", "DE": "CH"}
    job = admin.make_job(type="details", targets=["B000000001"])
    assert [seed["deliverTo"] for seed in seeds(database, job)] == [
        {"postalCode": "60601", "country": "US"}
    ]
    assert job["config"] == {}, "the config is what the client sent"
    own = admin.make_job(type="details", targets=["B000000001"], config={"deliverTo": "10001"})
    assert seeds(database, own)[0]["deliverTo"]["postalCode"] == "10001"
    none = admin.make_job(type="details", targets=["B000000001"], config={"deliverTo": None})
    assert "deliverTo" not in seeds(database, none)[0]
    elsewhere = admin.make_job(type="search", config={"marketplace": "FR"})
    assert "deliverTo" not in seeds(database, elsewhere)[0]
    gone = admin.patch("/admin/settings", json={"deliverTo": {"US": None}})
    assert gone.json["data"]["deliverTo"] == {"DE": "CH"}
    assert "deliverTo" not in seeds(database, admin.make_job())[0]


def test_one_wrong_place_and_no_setting_changes(admin: Tenant) -> None:
    before = admin.get("/admin/settings").json["data"]
    for body in (
        {"deliverTo": {"US": "1000"}, "crawlRate": {"defaultPerMinute": 7}},
        {"deliverTo": {"MARS": "1"}, "crawlRate": {"defaultPerMinute": 7}},
        {"deliverTo": {"US": "10001"}, "crawlRate": {"marketplaces": {"MARS": 7}}},
        {},
    ):
        assert admin.patch("/admin/settings", json=body).status_code == 400
    assert admin.get("/admin/settings").json["data"] == before


@pytest.mark.parametrize("engine", ["auto", "browser", "http"])
def test_the_engine_goes_with_the_targets(rich: Tenant, database: Database, engine: str) -> None:
    answer = post(rich, engine=engine)
    if answer.status_code == 400:
        assert engine == "browser"
        assert "no browser" in answer.json["error"]["message"]
        return
    (seed,) = seeds(database, answer.json["data"])
    assert seed.get("engine", "http") == engine


def test_a_browser_that_no_crawler_has_is_refused(
    rich: Tenant, redis_client: Redis, config: Config
) -> None:
    crawler = Crawler("one", "amazon_detail", "n", 1, 0.0, "1", has_browser=False)
    redis_client.hset("crawlers", "one", json.dumps(asdict(crawler)))
    redis_client.zadd("crawlers:beats", {"one": time.time()})
    answer = post(rich, engine="browser")
    assert answer.status_code == 400
    assert "the crawl machines have no browser" in answer.json["error"]["message"]


def test_a_job_says_that_the_place_is_why_prices_are_missing(
    rich: Tenant, settlement: Settlement
) -> None:
    def ended(rows: list[dict[str, Any]]) -> dict[str, Any]:
        job = rich.make_job(type="details", targets=[f"B{n:09d}" for n in range(len(rows))])
        for index, row in enumerate(rows):
            end_target(settlement, job["id"], index, [row])
        shown: dict[str, Any] = rich.get(f"/jobs/{job['id']}").json["data"]
        return shown

    blocked = {"price": None, "buyboxState": "location_blocked", "deliverTo": "Pakistan"}
    sold = {"price": {"amount": 1}, "buyboxState": "featured", "deliverTo": "Pakistan"}
    asked = {**blocked, "deliverToAsked": "10001"}
    assert ended([blocked, blocked, sold])["warnings"] == [
        "2 of 3 products show no price for Pakistan; set deliverTo"
    ]
    assert "warnings" not in ended([blocked, sold, sold])
    assert "warnings" not in ended([asked, asked, asked])


def test_metrics_tell_of_visitors(client: FlaskClient, redis_client: Redis) -> None:
    counts = {
        "made:US": 3,
        "ended:blocked": 2,
        "place:US:confirmed": 9,
        "place:US:other": 1,
        "place:DE:unnamed": 4,
    }
    redis_client.hset(VISITOR_COUNTS, mapping=counts)
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    lines = client.get("/metrics", headers=headers).text.splitlines()
    for line in (
        'azscraper_visitors_made_total{marketplace="US"} 3.0',
        'azscraper_visitors_ended_total{reason="blocked"} 2.0',
        'azscraper_place_pages_total{marketplace="US",shown="other"} 1.0',
        'azscraper_place_confirmed_share{marketplace="US"} 0.9',
        'azscraper_place_confirmed_share{marketplace="DE"} 0.0',
    ):
        assert line in lines


def test_a_schedule_checks_its_place_when_it_is_made(rich: Tenant) -> None:
    def schedule(place: str) -> Any:
        crawl = {"type": "details", "targets": ["B000000001"], "config": {"deliverTo": place}}
        body = {"cron": "0 3 * * *", "crawlConfig": crawl}
        return rich.post(f"/projects/{rich.make_project()}/schedules", json=body)

    assert schedule("10001").status_code == 201
    refused = schedule("1000")
    assert refused.status_code == 400
    assert "is not a postal code of US" in refused.json["error"]["message"]

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from flask import Flask
from pymongo.database import Database
from redis import Redis

from control_api.app import create_app
from control_api.azscraper.schemas.jobs.jobs import JobAnswer
from control_api.wiring.api import build_parts
from settings.config import Config
from storage.accounts.credits import Credits
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant, error_of
from tests.control_api.crawling import end_target


def test_a_search_job_is_queued_with_its_targets(tenant: Tenant) -> None:
    config = {"lang": "de", "maxPages": 2, "team": {"name": "eu"}}
    answer = tenant.post(
        f"/projects/{tenant.make_project()}/jobs",
        json={"type": "search", "targets": ["usb hub", "hdmi kabel"], "config": config},
    )
    assert answer.status_code == 201
    JobAnswer.model_validate(answer.json)
    job = answer.json["data"]
    assert job["status"] == "queued"
    assert job["targets"] == [
        {"value": "usb hub", "status": "pending"},
        {"value": "hdmi kabel", "status": "pending"},
    ]
    assert job["config"] == config
    assert job["creditsReserved"] == 10
    assert job["counts"]["pending"] == job["counts"]["total"] == 2
    assert job["bullJobId"] == job["id"]
    assert tenant.get(f"/jobs/{job['id']}").json["data"] == job


def test_a_search_target_carries_what_its_crawler_needs(tenant: Tenant, database: Database) -> None:
    config = {"lang": "de-DE", "maxPages": 2, "sortBy": "price_asc", "priceMin": 5, "x": 1}
    job = tenant.make_job(targets=["usb hub"], config=config)
    target = database["targets"].find_one({"jobId": job["id"]})
    assert target["marketplace"] == "DE"
    assert target["seed"] == {
        "target": "usb hub",
        "keyword": "usb hub",
        "lang": "de-DE",
        "language": "de_DE",
        "maxPages": 2,
        "sortBy": "price_asc",
        "priceMin": 5.0,
    }
    assert target["url"].startswith("https://www.amazon.de/s?k=usb+hub&s=price-asc-rank")
    assert database["jobs"].find_one({"_id": job["id"]})["spider"] == "amazon_search"


def test_details_targets_are_asins_and_addresses(tenant: Tenant, database: Database) -> None:
    texts = ["b08n5wrwnw", "https://www.amazon.de/Some-Name/dp/B000000002/ref=x"]
    job = tenant.make_job(type="details", targets=texts, config={"lang": "en-US"})
    assert [target["value"] for target in job["targets"]] == texts
    assert job["creditsReserved"] == 4
    stored = list(database["targets"].find({"jobId": job["id"]}).sort("_id", 1))
    assert [
        (one["marketplace"], one["seed"]["asin"], one["seed"]["language"]) for one in stored
    ] == [
        ("US", "B08N5WRWNW", "en_US"),
        ("DE", "B000000002", "en_GB"),
    ]
    assert stored[0]["url"] == "https://www.amazon.com/dp/B08N5WRWNW?th=1&psc=1&language=en_US"
    assert database["jobs"].find_one({"_id": job["id"]})["spider"] == "amazon_detail"


def test_duplicates_are_dropped_and_charged_once(tenant: Tenant) -> None:
    job = tenant.make_job(targets=["usb hub", " usb hub ", "hdmi"])
    assert [target["value"] for target in job["targets"]] == ["usb hub", "hdmi"]
    assert job["creditsReserved"] == 10
    same = ["B08N5WRWNW", "https://www.amazon.com/dp/B08N5WRWNW", "b08n5wrwnw"]
    assert tenant.make_job(type="details", targets=same)["creditsReserved"] == 2


def test_each_type_has_its_price(tenant: Tenant) -> None:
    prices = {
        ("bestsellers", "electronics"): 5,
        ("offers", "B08N5WRWNW"): 2,
        ("seller", "A2L77EE7U53NWQ"): 2,
        ("suggestions", "usb c"): 1,
    }
    for (kind, text), price in prices.items():
        assert tenant.make_job(type=kind, targets=[text])["creditsReserved"] == price


def test_variants_are_reserved_for_and_count_against_the_plan(
    tenant: Tenant, database: Database
) -> None:
    job = tenant.make_job(type="details", targets=["B08N5WRWNW"], config={"expandVariants": 4})
    assert job["creditsReserved"] == 10
    stored = database["jobs"].find_one({"_id": job["id"]})
    assert stored is not None and stored["targetLimit"] == 5
    assert tenant.get("/usage").json["data"]["used"]["targetsThisMonth"] == 5
    plain = tenant.make_job(
        type="details", targets=["B08N5WRWNW"], config={"expandVariants": False}
    )
    assert plain["creditsReserved"] == 2
    stored = database["jobs"].find_one({"_id": plain["id"]})
    assert stored is not None and stored["targetLimit"] is None
    retried = tenant.post(f"/jobs/{job['id']}/retry").json["data"]
    stored = database["jobs"].find_one({"_id": retried["id"]})
    assert stored is not None and stored["targetLimit"] == 5
    project = tenant.make_project()
    for wrong in (0, 101, "all", 1.5):
        body = {"type": "details", "targets": ["B08N5WRWNW"], "config": {"expandVariants": wrong}}
        answer = tenant.post(f"/projects/{project}/jobs", json=body)
        assert (answer.status_code, "expandVariants" in answer.text) == (400, True), wrong


def test_an_explicit_marketplace_beats_the_address(tenant: Tenant, database: Database) -> None:
    job = tenant.make_job(
        type="details",
        targets=["https://www.amazon.de/dp/B000000002"],
        config={"marketplace": "sandbox"},
    )
    assert database["targets"].find_one({"jobId": job["id"]})["marketplace"] == "sandbox"


def test_priority_is_kept(tenant: Tenant) -> None:
    assert tenant.make_job(config={"priority": "high"})["priority"] == "high"


def test_a_new_job_wakes_the_feeder(tenant: Tenant, redis_client: Redis) -> None:
    redis_client.flushdb()
    tenant.make_job()
    assert redis_client.keys("*wake*")


def test_a_job_is_accepted_while_redis_is_away(config: Config, tenant: Tenant) -> None:
    parts = build_parts(replace(config, redis_url="redis://127.0.0.1:1/0"))
    away = replace(tenant, client=create_app(config, parts).test_client())
    job = away.make_job()
    assert away.post(f"/jobs/{job['id']}/cancel").status_code == 200
    parts.close()


class TestLimits:
    def test_the_eleventh_job_of_a_month_is_refused(
        self, tenant: Tenant, database: Database
    ) -> None:
        project = tenant.make_project()
        for _ in range(10):
            tenant.make_job(project)
        answer = tenant.post(f"/projects/{project}/jobs", json={"type": "search", "targets": ["x"]})
        assert error_of(answer) == (403, "FORBIDDEN", "Job limit reached for this month")
        assert database["jobs"].count_documents({}) == 10
        assert database["usage"].find_one()["jobs"] == 10
        assert Credits(database).get_balance(tenant.organization_id) == (950, 50)

    def test_targets_above_the_months_limit_are_refused(
        self, tenant: Tenant, database: Database
    ) -> None:
        project = tenant.make_project()
        targets = [f"keyword {number}" for number in range(101)]
        answer = tenant.post(
            f"/projects/{project}/jobs", json={"type": "search", "targets": targets}
        )
        assert error_of(answer) == (403, "FORBIDDEN", "Target limit reached for this month")
        assert database["jobs"].count_documents({}) == 0

    def test_a_job_beyond_the_balance_is_refused(
        self, make_tenant: Callable[..., Tenant], database: Database
    ) -> None:
        tenant = make_tenant()
        database["organizations"].update_one({}, {"$set": {"creditBalance": 4}})
        answer = tenant.post(
            f"/projects/{tenant.make_project()}/jobs", json={"type": "search", "targets": ["x"]}
        )
        assert error_of(answer) == (
            402,
            "INSUFFICIENT_CREDITS",
            "Insufficient credits to create job",
        )
        for name in ("jobs", "targets", "usage"):
            assert database[name].count_documents({}) == 0, name

    def test_the_unlimited_plan_has_no_limits_and_reserves_nothing(
        self, make_tenant: Callable[..., Tenant]
    ) -> None:
        tenant = make_tenant("unlimited")
        job = tenant.make_job(targets=[f"keyword {number}" for number in range(150)])
        assert job["creditsReserved"] == 0
        for _ in range(11):
            tenant.make_job(job["projectId"])

    def test_of_parallel_creates_only_the_covered_ones_succeed(
        self, app: Flask, make_tenant: Callable[..., Tenant], database: Database
    ) -> None:
        tenant = make_tenant()
        project = tenant.make_project()
        database["organizations"].update_one({}, {"$set": {"creditBalance": 15}})

        def create(_: int) -> int:
            body = {"type": "search", "targets": ["x"]}
            return (
                app.test_client()
                .post(f"/projects/{project}/jobs", json=body, headers=tenant.headers)
                .status_code
            )

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(create, range(12)))
        assert statuses == [201] * 3 + [402] * 9
        assert Credits(database).get_balance(tenant.organization_id) == (0, 15)


class TestIdempotency:
    BODY = {"type": "search", "targets": ["usb hub"]}  # noqa: RUF012

    def test_the_same_request_is_answered_as_the_first_time(
        self, tenant: Tenant, settlement: Settlement, database: Database
    ) -> None:
        path = f"/projects/{tenant.make_project()}/jobs"
        headers = {"Idempotency-Key": "order-7"}
        first = tenant.post(path, json=self.BODY, headers=headers)
        end_target(settlement, first.json["data"]["id"], 0, [{"asin": "B000000001"}])
        again = tenant.post(path, json=self.BODY, headers=headers)
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert (again.status_code, again.data) == (first.status_code, first.data)
        assert database["jobs"].count_documents({}) == 1

    def test_the_key_with_another_body_is_refused(self, tenant: Tenant) -> None:
        path = f"/projects/{tenant.make_project()}/jobs"
        headers = {"Idempotency-Key": "order-7"}
        tenant.post(path, json=self.BODY, headers=headers)
        other = tenant.post(path, json={**self.BODY, "targets": ["hdmi"]}, headers=headers)
        assert (other.status_code, other.json["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")

    def test_the_key_of_another_organization_is_another_key(
        self, make_tenant: Callable[..., Tenant]
    ) -> None:
        ids = set()
        for tenant in (make_tenant(), make_tenant()):
            path = f"/projects/{tenant.make_project()}/jobs"
            answer = tenant.post(path, json=self.BODY, headers={"Idempotency-Key": "order-7"})
            ids.add(answer.json["data"]["id"])
        assert len(ids) == 2

    def test_a_refused_request_does_not_use_up_the_key(self, tenant: Tenant) -> None:
        path = f"/projects/{tenant.make_project()}/jobs"
        headers = {"Idempotency-Key": "order-7"}
        assert tenant.post(path, json={"type": "search"}, headers=headers).status_code == 400
        assert tenant.post(path, json=self.BODY, headers=headers).status_code == 201

    def test_fifty_parallel_posts_make_one_job(
        self, app: Flask, tenant: Tenant, database: Database
    ) -> None:
        path = f"/projects/{tenant.make_project()}/jobs"
        headers = {**tenant.headers, "Idempotency-Key": "order-7"}

        def post(_: int) -> tuple[int, bytes]:
            answer = app.test_client().post(path, json=self.BODY, headers=headers)
            return answer.status_code, answer.data

        with ThreadPoolExecutor(10) as pool:
            answers = set(pool.map(post, range(50)))
        assert {status for status, _ in answers} == {201}
        assert len(answers) == 1
        assert database["jobs"].count_documents({}) == 1
        assert database["usage"].find_one()["jobs"] == 1


def test_creating_is_in_the_audit(tenant: Tenant, database: Database) -> None:
    job = tenant.make_job()
    again = tenant.post(f"/jobs/{job['id']}/retry").json["data"]
    actions = {
        entry["entityId"]: entry["action"]
        for entry in database["audit"].find({"entityType": "job"})
    }
    assert actions == {job["id"]: "job.created", again["id"]: "job.retried"}

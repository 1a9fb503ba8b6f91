"""`POST /projects/:id/jobs/check`: what a create would do, and not a byte of it done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from control_api.services.jobs.creating.job_check import PaceShare
from storage.queue.seed_keys import pace_key
from tests.control_api.conftest import Tenant
from tests.control_api.http.world import whole

SEARCH = {"type": "search", "targets": ["usb hub", "USB hub", "usb hub", ""]}
PRODUCTS = {
    "type": "details",
    "targets": ["B000000001", "https://www.amazon.de/dp/B000000002", "!"],
}
LISTS = {"type": "bestsellers", "targets": ["electronics"], "config": {"maxResults": 50}}
FOUR_PAGES = {"type": "search", "targets": ["a", "b"], "config": {"maxPages": 4}}
OFFERS = {"type": "offers", "targets": ["B000000001", "B000000002"]}
FEW_OFFERS = {**OFFERS, "config": {"maxOffers": 25}}
BROWSER = {**SEARCH, "config": {"engine": "browser"}}


def check(tenant: Tenant, body: Any, project: str | None = None) -> dict[str, Any]:
    answer = tenant.post(f"/projects/{project or tenant.make_project()}/jobs/check", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_each_line_is_told_how_it_is_read(tenant: Tenant) -> None:
    found = check(tenant, PRODUCTS)["data"]
    first, second = found["targets"]
    assert (first["index"], first["sent"]) == (0, "B000000001")
    assert second["resolved"] == {
        "asin": "B000000002",
        "marketplace": "DE",
        "url": "https://www.amazon.de/dp/B000000002",
    }
    assert [(one["index"], one["value"]) for one in found["errors"]] == [(2, "!")]
    assert found["errors"][0]["reason"]
    assert (found["targetCount"], found["errorCount"], found["duplicateCount"]) == (2, 1, 0)


def test_duplicates_are_named_with_what_they_ask_for(tenant: Tenant) -> None:
    answer = check(tenant, SEARCH)
    found = answer["data"]
    assert found["duplicateCount"] == 1
    assert found["targets"][0]["duplicates"] == [{"index": 2, "sent": "usb hub"}]
    paths = [warning["path"] for warning in answer["warnings"]]
    assert paths == ["targets", "targets.1", "targets.2"]
    assert found["credits"] == {"perTarget": 5, "total": 10, "balance": 1_000}


@pytest.mark.parametrize(
    ("body", "pages"), [(SEARCH, 2), (LISTS, 1), (FOUR_PAGES, 8), (FEW_OFFERS, 6), (OFFERS, 200)]
)
def test_pages_are_those_of_all_targets(tenant: Tenant, body: Any, pages: int) -> None:
    assert check(tenant, body)["data"]["pages"] == pages


def test_a_list_without_a_limit_has_two_pages(tenant: Tenant) -> None:
    assert check(tenant, {**LISTS, "config": {}})["data"]["pages"] == 2


def test_the_time_is_that_of_the_slowest_marketplace_at_its_pace(
    tenant: Tenant, redis_client: Redis, database: Database
) -> None:
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    rates = {"crawlRate": {"marketplaces": {"US": 60, "DE": 6}}}
    assert tenant.patch("/admin/settings", json=rates).status_code == 200
    seconds, _ = redis_client.time()
    redis_client.set(pace_key("DE"), (seconds + 100) * 1000)
    body = {
        "type": "details",
        "targets": ["B000000001", "B000000002", "https://www.amazon.de/dp/B000000003"],
    }
    found = check(tenant, body)["data"]
    us, de = found["paces"]
    assert (us["marketplace"], us["pages"], us["perMinute"]) == ("US", 2, 60)
    assert (us["waitSeconds"], us["seconds"]) == (0, 2)
    assert (de["marketplace"], de["pages"], de["perMinute"]) == ("DE", 1, 6)
    assert 95 < de["waitSeconds"] <= 100
    assert found["seconds"] == de["seconds"] == de["waitSeconds"] + 10


def test_the_practice_store_has_no_pace(tenant: Tenant) -> None:
    body = {**SEARCH, "config": {"marketplace": "sandbox"}}
    found = check(tenant, body)["data"]
    assert (
        found["seconds"] is found["paces"][0]["seconds"] is found["paces"][0]["perMinute"] is None
    )


def test_without_redis_the_wait_is_left_out() -> None:
    assert PaceShare("US", 6, 60, None).seconds == 6


def out_of_jobs(tenant: Tenant, database: Database) -> None:
    for _ in range(10):
        tenant.make_job()


def out_of_targets(tenant: Tenant, database: Database) -> None:
    tenant.make_job(targets=[f"word {number}" for number in range(100)])


def out_of_credits(tenant: Tenant, database: Database) -> None:
    database["organizations"].update_one(
        {"_id": tenant.organization_id}, {"$set": {"creditBalance": 9}}
    )


def nothing(tenant: Tenant, database: Database) -> None:
    pass


@pytest.mark.parametrize(
    ("state", "body"),
    [
        (nothing, SEARCH),
        (nothing, PRODUCTS),
        (nothing, {**PRODUCTS, "onInvalid": "skip"}),
        (nothing, {"type": "search", "targets": ["", " "]}),
        (nothing, {**SEARCH, "config": {"lang": "xx"}}),
        (nothing, {"type": "search", "targets": []}),
        (nothing, BROWSER),
        (out_of_jobs, SEARCH),
        (out_of_targets, SEARCH),
        (out_of_credits, SEARCH),
    ],
)
def test_it_says_what_the_creation_says(
    tenant: Tenant,
    database: Database,
    state: Callable[[Tenant, Database], None],
    body: Any,
) -> None:
    project = tenant.make_project()
    state(tenant, database)
    before = whole(database)
    checked = tenant.post(f"/projects/{project}/jobs/check", json=body)
    assert whole(database) == before
    created = tenant.post(f"/projects/{project}/jobs", json=body)
    if checked.status_code != 200:
        assert (checked.status_code, checked.json) == (created.status_code, created.json)
        return
    found = checked.json["data"]
    assert found["wouldCreate"] == (created.status_code == 201)
    if found["wouldCreate"]:
        job = created.json["data"]
        assert found["refusal"] is None
        assert found["targetCount"] == job["counts"]["total"]
        assert found["credits"]["total"] == job["creditsReserved"]
        assert checked.json.get("warnings") == created.json.get("warnings")
        assert [one["value"] for one in found["targets"]] == [
            one["value"] for one in job["targets"]
        ]
    else:
        error = created.json["error"]
        assert found["refusal"] == {"code": error["code"], "message": error["message"]}


def test_a_plan_without_credits_costs_none(make_tenant: Callable[..., Tenant]) -> None:
    assert check(make_tenant("unlimited"), SEARCH)["data"]["credits"]["total"] == 0


def test_long_lists_show_their_first_thousand(make_tenant: Callable[..., Tenant]) -> None:
    targets = [f"B{number:09d}" for number in range(1_100)] + ["!"] * 1_100
    found = check(make_tenant("unlimited"), {"type": "details", "targets": targets})["data"]
    assert (found["targetCount"], len(found["targets"])) == (1_100, 1_000)
    assert (found["errorCount"], len(found["errors"])) == (1_100, 1_000)

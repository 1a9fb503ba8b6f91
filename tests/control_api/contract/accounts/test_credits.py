"""The contract, credits: "search 5 per keyword, details 2 per target; reserved on create and on
retry; on the end of a job the successful targets are charged and the rest is released (ours).
Signup bonus 1,000. $1 = 10,000 credits. Append-only ledger; the balance never goes below zero
under parallel creates"
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from pymongo.database import Database

from settings.config import Config
from storage.accounts.credits import Credits
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.processes import running_api


def test_prices_and_the_signup_bonus(tenant: Tenant, database: Database) -> None:
    ledger = Credits(database)
    assert ledger.get_balance(tenant.organization_id) == (1_000, 0)
    assert tenant.make_job(targets=["a", "b", "c"])["creditsReserved"] == 15
    asins = ["B000000001", "B000000002"]
    assert tenant.make_job(type="details", targets=asins)["creditsReserved"] == 4
    assert ledger.get_balance(tenant.organization_id) == (981, 19)


@pytest.mark.parametrize("succeeded", [0, 1, 2, 3])
def test_successful_targets_are_charged_and_the_rest_is_released(
    tenant: Tenant, settlement: Settlement, database: Database, succeeded: int
) -> None:
    job = tenant.make_job(targets=["a", "b", "c"])
    ledger = Credits(database)
    for index in range(3):
        assert ledger.get_balance(tenant.organization_id) == (985, 15)
        (end_target if index < succeeded else fail_target)(settlement, job["id"], index)
    balance = (1_000 - 5 * succeeded, 0)
    assert ledger.get_balance(tenant.organization_id) == balance
    assert ledger.recompute(tenant.organization_id) == balance


def test_a_dollar_is_ten_thousand_credits(tenant: Tenant) -> None:
    for package in tenant.get("/private/credits/packages").json["data"]:
        assert package["credits"] == package["priceCents"] * 100


def test_the_ledger_is_append_only(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    entries = []
    job = tenant.make_job(targets=["a", "b"])
    for act in (
        lambda: end_target(settlement, job["id"], 0),
        lambda: tenant.post(f"/jobs/{job['id']}/cancel"),
        lambda: tenant.post(f"/jobs/{job['id']}/retry"),
    ):
        before = list(database["ledger"].find().sort("_id", 1))
        assert before[: len(entries)] == entries
        entries = before
        act()
    kinds = [entry["kind"] for entry in database["ledger"].find().sort("_id", 1)]
    assert kinds == ["grant", "reserve", "charge", "release", "reserve"]


def test_of_a_hundred_parallel_creates_ten_are_covered(
    tenant: Tenant, config: Config, database: Database, tmp_path: Path
) -> None:
    """R3, over HTTP: "100 parallel creates with credits for 10" """
    first = tenant.make_job()
    path = f"/projects/{first['projectId']}/jobs"
    tenant.post(f"/jobs/{first['id']}/cancel")
    # Nothing but credits shall refuse: the plan's own limits are moved out of the way.
    database["usage"].update_one({}, {"$set": {"jobs": -1_000, "targets": -1_000}})
    ledger, left = Credits(database), 10 * 5
    taken = {"amount": left - 1_000, "reason": "test"}
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    tenant.post(f"/admin/organizations/{tenant.organization_id}/credits", json=taken)
    assert ledger.recompute(tenant.organization_id) == (left, 0)
    with (
        running_api(config, tmp_path / "one.log") as one,
        running_api(config, tmp_path / "two.log") as two,
        httpx.Client(headers=tenant.headers, trust_env=False, timeout=60) as client,
        ThreadPoolExecutor(100) as pool,
    ):
        body = {"type": "search", "targets": ["x"]}
        urls = [f"{one}{path}", f"{two}{path}"] * 50
        answers = pool.map(lambda url: client.post(url, json=body), urls)
        statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [201] * 10 + [402] * 90
    assert database["jobs"].count_documents({"_id": {"$ne": first["id"]}}) == 10
    assert ledger.get_balance(tenant.organization_id) == (0, left)
    assert ledger.recompute(tenant.organization_id) == (0, left)

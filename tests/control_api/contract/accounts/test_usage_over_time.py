"""`GET /usage/ledger` and `GET /usage/history`: each movement of credits, and what each month used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo.database import Database

from storage.base.clock import utc_now
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.profiled import profiled, scans


@pytest.fixture
def job(tenant: Tenant, settlement: Settlement) -> str:
    job_id: str = tenant.make_job(targets=["a", "b", "c"])["id"]
    end_target(settlement, job_id, 0)
    for place in (1, 2):
        fail_target(settlement, job_id, place)
    return job_id


def ledger(tenant: Tenant, query: str = "") -> list[dict[str, Any]]:
    answer = tenant.get(f"/usage/ledger{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["data"]
    return found


def test_each_movement_newest_first(tenant: Tenant, job: str) -> None:
    entries = ledger(tenant)
    assert [(one["kind"], one["balance"], one["reserved"]) for one in entries] == [
        ("release", 10, -10),
        ("charge", 0, -5),
        ("reserve", -15, 15),
        ("grant", 1_000, 0),
    ]
    assert [one["jobId"] for one in entries] == [job, job, job, None]
    assert entries[3]["reason"]
    held = tenant.get("/usage").json["data"]["credits"]
    assert held == {
        "balance": sum(one["balance"] for one in entries),
        "reserved": sum(one["reserved"] for one in entries),
    }


def test_pages_and_the_movements_of_one_job(
    tenant: Tenant, job: str, make_tenant: Callable[..., Tenant]
) -> None:
    tenant.make_job()
    of_job = tenant.get(f"/usage/ledger?jobId={job}&limit=2").json
    assert [one["kind"] for one in of_job["data"]] == ["release", "charge"]
    assert of_job["meta"]["total"] == 3
    cursor = of_job["meta"]["nextCursor"]
    rest = tenant.get(f"/usage/ledger?jobId={job}&limit=2&cursor={cursor}").json
    assert [one["kind"] for one in rest["data"]] == ["reserve"]
    assert rest["meta"] == {"total": 3, "nextCursor": None}
    assert ledger(make_tenant(), f"?jobId={job}") == []
    assert tenant.get("/usage/ledger?cursor=nonsense").status_code == 400


def test_what_each_month_used(tenant: Tenant, job: str, database: Database) -> None:
    tenant.get(f"/jobs/{job}/export")
    now = utc_now()
    before = (now.year * 12 + now.month - 1) - 2
    early = datetime(before // 12, before % 12 + 1, 15, tzinfo=UTC)
    database["ledger"].update_one({"kind": "charge"}, {"$set": {"createdAt": early}})
    database["usage"].insert_one(
        {"_id": f"{tenant.organization_id}:{early:%Y-%m}", "jobs": 7, "targets": 8, "exports": 9}
    )
    found = tenant.get("/usage/history?months=3").json["data"]
    assert [one["month"] for one in found] == sorted((one["month"] for one in found), reverse=True)
    this_month, between, first = found
    assert this_month == {
        "month": f"{now:%Y-%m}",
        "jobs": 1,
        "targets": 3,
        "exports": 1,
        "creditsCharged": 0,
    }
    assert set(between.values()) == {between["month"], 0}
    assert first == {
        "month": f"{early:%Y-%m}",
        "jobs": 7,
        "targets": 8,
        "exports": 9,
        "creditsCharged": 5,
    }
    assert len(tenant.get("/usage/history").json["data"]) == 12
    assert [
        one["creditsCharged"] for one in tenant.get("/usage/history?months=1").json["data"]
    ] == [0]


@pytest.mark.parametrize("route", ["ledger", "ledger?jobId=nothing", "history"])
def test_no_collection_is_scanned(tenant: Tenant, database: Database, job: str, route: str) -> None:
    with profiled(database) as notes:
        assert tenant.get(f"/usage/{route}").status_code == 200
    assert notes
    assert scans(notes) == []

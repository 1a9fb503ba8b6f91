"""The contract, quota: "monthly plan limits: 403 `FORBIDDEN`, "Job limit reached for this month"
(targets, exports likewise); credits: 402 `INSUFFICIENT_CREDITS`, "Insufficient credits to create
job". Both checked before anything is written"
"""

from __future__ import annotations

from pymongo.database import Database

from tests.control_api.conftest import Tenant, error_of

JOB = {"type": "search", "targets": ["x"]}


def set_used(database: Database, tenant: Tenant, **used: int) -> None:
    tenant.make_job()
    database["usage"].update_one({}, {"$set": used})


def written(database: Database) -> dict[str, int]:
    names = ("jobs", "targets", "ledger", "audit", "outbox")
    return {name: database[name].count_documents({}) for name in names}


def test_jobs_and_targets_of_a_month(tenant: Tenant, database: Database) -> None:
    for used, message in (
        ({"jobs": 10}, "Job limit reached for this month"),
        ({"jobs": 1, "targets": 100}, "Target limit reached for this month"),
    ):
        set_used(database, tenant, jobs=1, targets=1)
        set_used(database, tenant, **used)
        path = f"/projects/{tenant.make_project()}/jobs"
        before = written(database), database["usage"].find_one()
        assert error_of(tenant.post(path, json=JOB)) == (403, "FORBIDDEN", message)
        assert (written(database), database["usage"].find_one()) == before
        database["usage"].delete_many({})


def test_exports_of_a_month(tenant: Tenant, database: Database) -> None:
    job = tenant.make_job()
    database["usage"].update_one({}, {"$set": {"exports": 20}})
    answer = tenant.get(f"/jobs/{job['id']}/export")
    assert error_of(answer) == (403, "FORBIDDEN", "Export limit reached for this month")


def test_credits_are_checked_before_anything_is_written(tenant: Tenant, database: Database) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    database["organizations"].update_one({}, {"$set": {"creditBalance": 4}})
    before = written(database)
    answer = tenant.post(path, json=JOB)
    message = "Insufficient credits to create job"
    assert error_of(answer) == (402, "INSUFFICIENT_CREDITS", message)
    assert written(database) == before
    assert database["usage"].count_documents({}) == 0

"""The contract, retry: "201, a **new** queued job with the same type, config and target values,
`retryOf` set; reserves afresh"
"""

from __future__ import annotations

from pymongo.database import Database

from storage.credits import Credits
from storage.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target


def test_a_retry_is_a_new_job_that_reserves_afresh(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    """R3: "a failed target costs nothing" """
    job = tenant.make_job(targets=["a", "b"], config={"lang": "de-DE", "mine": 1})
    end_target(settlement, job["id"], 0)
    fail_target(settlement, job["id"], 1)
    ledger = Credits(database)
    assert ledger.get_balance(tenant.organization_id) == (995, 0)
    answer = tenant.post(f"/jobs/{job['id']}/retry")
    again = answer.json["data"]
    assert (answer.status_code, again["status"], again["retryOf"]) == (201, "queued", job["id"])
    assert again["id"] != job["id"]
    for name in ("type", "config", "targets"):
        assert again[name] == job[name]
    assert again["creditsReserved"] == 10
    assert ledger.get_balance(tenant.organization_id) == (985, 10)
    for index in (0, 1):
        fail_target(settlement, again["id"], index)
    assert ledger.get_balance(tenant.organization_id) == (995, 0)
    assert ledger.recompute(tenant.organization_id) == (995, 0)
    assert tenant.get(f"/jobs/{job['id']}").json["data"]["retryOf"] is None

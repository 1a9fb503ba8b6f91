"""The contract, retry: "201, a **new** queued job with the same type, config and target values,
`retryOf` set; reserves afresh; `{"only": "failed"}` (ours): of the targets that did not succeed
alone; any other body is a 400"
"""

from __future__ import annotations

import pytest
from pymongo.database import Database

from storage.accounts.credits import Credits
from storage.jobs.settlement import Settlement
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


def test_only_failed_takes_the_targets_that_did_not_succeed(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    job = tenant.make_job(targets=["a", "b", "c", "d"])
    end_target(settlement, job["id"], 0)
    fail_target(settlement, job["id"], 1)
    end_target(settlement, job["id"], 2)
    fail_target(settlement, job["id"], 3)
    answer = tenant.post(f"/jobs/{job['id']}/retry", json={"only": "failed"})
    again = answer.json["data"]
    assert (answer.status_code, again["retryOf"], again["creditsReserved"]) == (201, job["id"], 10)
    assert [target["value"] for target in again["targets"]] == ["b", "d"]
    stored = [database["targets"].find_one({"jobId": job["id"], "value": v}) for v in "bd"]
    copied = list(database["targets"].find({"jobId": again["id"]}).sort("_id", 1))
    for name in ("url", "marketplace", "seed"):
        assert [one[name] for one in copied] == [one[name] for one in stored]


def test_only_failed_after_a_cancel_takes_what_was_not_done(
    tenant: Tenant, settlement: Settlement
) -> None:
    job = tenant.make_job(targets=["a", "b", "c"])
    end_target(settlement, job["id"], 0)
    fail_target(settlement, job["id"], 1)
    tenant.post(f"/jobs/{job['id']}/cancel")
    again = tenant.post(f"/jobs/{job['id']}/retry", json={"only": "failed"}).json["data"]
    assert [target["value"] for target in again["targets"]] == ["b", "c"]


def test_only_failed_leaves_open_targets_to_their_job(
    tenant: Tenant, settlement: Settlement
) -> None:
    job = tenant.make_job(targets=["a", "b", "c"])
    fail_target(settlement, job["id"], 1)
    again = tenant.post(f"/jobs/{job['id']}/retry", json={"only": "failed"}).json["data"]
    assert [target["value"] for target in again["targets"]] == ["b"]


def test_only_failed_without_a_failure_is_a_409(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    job = tenant.make_job(targets=["a"])
    end_target(settlement, job["id"], 0)
    answer = tenant.post(f"/jobs/{job['id']}/retry", json={"only": "failed"})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "CONFLICT")
    assert database["jobs"].count_documents({}) == 1


@pytest.mark.parametrize("body", ["", "{}", '{"only": null}'])
def test_no_body_retries_every_target(tenant: Tenant, settlement: Settlement, body: str) -> None:
    job = tenant.make_job(targets=["a", "b"])
    end_target(settlement, job["id"], 0)
    fail_target(settlement, job["id"], 1)
    answer = tenant.post(f"/jobs/{job['id']}/retry", data=body, content_type="application/json")
    assert answer.status_code == 201, answer.text
    assert len(answer.json["data"]["targets"]) == 2


@pytest.mark.parametrize(
    "body",
    [
        '{"only": "faild"}', '{"only": "all"}', '{"only": ["failed"]}', '{"only": true}', '{"Only": "failed"}',
        '{"failed": true}', '{"only": "failed", "targets": ["x"]}', '["failed"]', '"failed"', "null", "5", "{",
    ],
)  # fmt: skip
def test_any_other_body_is_a_400(tenant: Tenant, database: Database, body: str) -> None:
    job = tenant.make_job(targets=["a"])
    answer = tenant.post(f"/jobs/{job['id']}/retry", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert database["jobs"].count_documents({}) == 1


def test_a_body_that_is_not_json_is_a_415(tenant: Tenant) -> None:
    job = tenant.make_job(targets=["a"])
    assert tenant.post(f"/jobs/{job['id']}/retry", data={"only": "failed"}).status_code == 415


def test_the_body_is_described_as_one_that_may_be_left_out(tenant: Tenant) -> None:
    document = tenant.get("/api/openapi.json").json
    assert document["paths"]["/jobs/{id}/retry"]["post"]["requestBody"]["required"] is False

"""The contract, job object: "union: `id, projectId, organizationId, type, status,
targets:[{"value","status"}], config, creditsReserved, resultCount, resultSetId, bullJobId,
createdAt, updatedAt, startedAt, completedAt` + ours:
`counts{total,pending,running,success,failed,cancelled}`, `outcome`
(`succeeded`,`partial`,`failed`,`cancelled`, null while open), `retryOf`, `scheduleId`,
`priority`. `bullJobId` = the job's id. Target status: `pending, running, success, failed,
cancelled`; a failed target carries `error{code,message}`. Above 1,000 targets the object holds
the first 1,000 and `targetsTruncated: true`; `GET /jobs/:id/targets?status&limit&offset` lists
all (ours)"
"""

from __future__ import annotations

from collections.abc import Callable

from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target

FIELDS = {
    "id", "projectId", "organizationId", "type", "status", "targets", "config", "creditsReserved",
    "resultCount", "resultSetId", "bullJobId", "createdAt", "updatedAt", "startedAt", "completedAt",
    "counts", "outcome", "retryOf", "scheduleId", "priority", "failures",
}  # fmt: skip
COUNTS = {"total", "pending", "running", "success", "failed", "cancelled"}


def test_the_union_of_fields(tenant: Tenant) -> None:
    job = tenant.make_job(targets=["a", "b"])
    assert set(job) == FIELDS
    assert set(job["counts"]) == COUNTS
    assert job["targets"] == [{"value": name, "status": "pending"} for name in "ab"]
    assert job["bullJobId"] == job["id"]
    assert (job["outcome"], job["retryOf"], job["scheduleId"]) == (None, None, None)
    assert job["priority"] == "normal"


def test_outcomes_and_target_statuses(tenant: Tenant, settlement: Settlement) -> None:
    def outcome(*ends: Callable[..., None]) -> str:
        job = tenant.make_job(targets=["a", "b"])
        for index, end in enumerate(ends):
            end(settlement, job["id"], index)
        if len(ends) < 2:
            tenant.post(f"/jobs/{job['id']}/cancel")
        return str(tenant.get(f"/jobs/{job['id']}").json["data"]["outcome"])

    assert outcome(end_target, end_target) == "succeeded"
    assert outcome(end_target, fail_target) == "partial"
    assert outcome(fail_target, fail_target) == "failed"
    assert outcome(end_target) == "cancelled"


def test_a_failed_target_carries_its_error(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job(targets=["a", "b"])
    fail_target(settlement, job["id"], 0)
    shown = tenant.get(f"/jobs/{job['id']}").json["data"]
    assert set(shown["targets"][0]) == {"value", "status", "error"}
    assert shown["targets"][0]["status"] == "failed"
    assert set(shown["targets"][0]["error"]) == {"code", "message"}
    assert shown["outcome"] is None
    tenant.post(f"/jobs/{job['id']}/cancel")
    listed = tenant.get(f"/jobs/{job['id']}/targets?status=cancelled").json
    assert listed["meta"] == {"total": 1}
    assert [(one["value"], one["status"]) for one in listed["data"]] == [("b", "cancelled")]


def test_above_a_thousand_targets(make_tenant: Callable[..., Tenant]) -> None:
    tenant = make_tenant("unlimited")
    exactly = tenant.make_job(targets=[f"k{number}" for number in range(1_000)])
    assert len(exactly["targets"]) == 1_000
    assert "targetsTruncated" not in exactly
    job = tenant.make_job(targets=[f"k{number}" for number in range(1_001)])
    assert [target["value"] for target in job["targets"]] == [f"k{n}" for n in range(1_000)]
    assert job["targetsTruncated"] is True
    path = f"/jobs/{job['id']}/targets"
    last = tenant.get(f"{path}?limit=1&offset=1000").json
    assert [(one["value"], one["status"]) for one in last["data"]] == [("k1000", "pending")]
    assert last["meta"] == {"total": 1_001}
    assert tenant.get(f"{path}?status=success").json["meta"] == {"total": 0}

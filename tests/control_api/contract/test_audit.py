"""The contract, audit: "`GET /audit?limit&offset&action&entityType&from&to` → rows `{id,
organizationId, userId, action, entityType, entityId, metadata, ip, createdAt}`; append-only"
"""

from __future__ import annotations

from pymongo.database import Database

from storage.clock import utc_now
from tests.control_api.conftest import Tenant

FIELDS = {
    "id", "organizationId", "userId", "action", "entityType", "entityId", "metadata", "ip", "createdAt",
}  # fmt: skip


def test_rows_and_filters(tenant: Tenant) -> None:
    job = tenant.make_job()
    listed = tenant.get("/audit").json
    newest = listed["data"][0]
    assert set(newest) == FIELDS
    assert (newest["action"], newest["entityType"]) == ("job.created", "job")
    assert (newest["entityId"], newest["userId"]) == (job["id"], tenant.user_id)
    assert newest["organizationId"] == tenant.organization_id
    assert listed["meta"] == {"total": 3}
    today = f"{utc_now():%Y-%m-%d}"
    for query, total, shown in (
        ("limit=1", 3, 1), ("limit=5&offset=2", 3, 1), ("action=job.created", 1, 1),
        ("entityType=user", 1, 1), (f"from={today}", 3, 3), ("to=2000-01-01", 0, 0),
    ):  # fmt: skip
        found = tenant.get(f"/audit?{query}").json
        assert (found["meta"]["total"], len(found["data"])) == (total, shown), query


def test_it_is_append_only(app, tenant: Tenant, database: Database) -> None:
    methods = {
        method
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/audit")
        for method in rule.methods
    }
    assert methods == {"GET", "HEAD"}
    project = tenant.make_project()
    before = list(database["audit"].find().sort("_id", 1))
    tenant.make_job(project)
    tenant.call("DELETE", f"/projects/{project}")
    after = list(database["audit"].find().sort("_id", 1))
    assert after[: len(before)] == before
    assert len(after) > len(before)

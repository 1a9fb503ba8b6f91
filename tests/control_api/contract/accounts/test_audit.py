"""The contract, audit: "`GET /audit?limit&offset&action&entityType&from&to` → rows `{id,
organizationId, userId, action, entityType, entityId, metadata, ip, createdAt}`; append-only"
"""

from __future__ import annotations

from datetime import timedelta

from pymongo.database import Database

from storage.base.clock import utc_now
from tests.control_api.conftest import Tenant, join

FIELDS = {
    "id", "organizationId", "userId", "action", "entityType", "entityId", "metadata", "ip", "createdAt",
}  # fmt: skip

# Beside the documented fields: what people called the asker and the object at that moment.
NAMES = {"userEmail", "userName", "entityName"}


def test_rows_and_filters(tenant: Tenant) -> None:
    job = tenant.make_job()
    listed = tenant.get("/audit").json
    newest = listed["data"][0]
    assert set(newest) == FIELDS | NAMES
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


def test_a_removed_member_and_their_objects_keep_their_names(tenant: Tenant) -> None:
    member = join(tenant, "kim@example.com", name="Kim")
    project = member.make_project("prices of hubs")
    member.call("PATCH", f"/projects/{project}", json={"name": "hubs"})
    tenant.call("DELETE", f"/organization/members/{member.user_id}")
    tenant.call("DELETE", f"/projects/{project}")
    rows = tenant.get("/audit").json["data"]
    told = [(row["action"], row["userEmail"], row["userName"], row["entityName"]) for row in rows]
    assert told[:4] == [
        ("project.deleted", tenant.email, None, "hubs"),
        ("member.removed", tenant.email, None, "kim@example.com"),
        ("project.updated", "kim@example.com", "Kim", "hubs"),
        ("project.created", "kim@example.com", "Kim", "prices of hubs"),
    ]


def test_every_entry_names_its_object(tenant: Tenant, database: Database) -> None:
    """An object can be gone when the entry is read: the entry alone must say which one it was."""
    project = tenant.make_project("a name")
    job = tenant.make_job(project)["id"]
    tenant.post(f"/jobs/{job}/cancel")
    crawl = {"type": "search", "targets": ["usb hub"]}
    schedule = {"cron": "0 6 * * *", "crawlConfig": crawl}
    made = tenant.post(f"/projects/{project}/schedules", json=schedule).json["data"]
    tenant.patch(f"/schedules/{made['id']}", json={"enabled": False})
    tenant.call("DELETE", f"/schedules/{made['id']}")
    hook = {"url": "https://receiver.example.com/hook", "events": ["job.completed"]}
    made = tenant.post(f"/projects/{project}/webhooks", json=hook).json["data"]
    tenant.call("DELETE", f"/webhooks/{made['id']}")
    made = tenant.post(f"/private/projects/{project}/api-keys", json={"name": "ci"}).json["data"]
    tenant.call("DELETE", f"/private/projects/{project}/api-keys/{made['id']}")
    rows = tenant.get("/audit?limit=100").json["data"]
    assert {row["entityType"] for row in rows} >= {
        "user", "project", "job", "schedule", "webhook", "api_key",
    }  # fmt: skip
    assert [row["action"] for row in rows if not row["entityName"]] == []


def test_entries_stand_in_the_order_of_their_moments(tenant: Tenant, database: Database) -> None:
    """Ids that two processes make within one second are in no order."""
    tenant.make_project()
    entry = database["audit"].find_one({"action": "project.created"})
    moments = [entry["createdAt"] + timedelta(milliseconds=n) for n in range(1, 9)]
    for number, moment in enumerate(moments):
        # The later one has the lower id.
        identity = f"{0xFFFFFFFF - number:08x}" + entry["_id"][8:]
        database["audit"].insert_one({**entry, "_id": identity, "createdAt": moment})
    rows = tenant.get("/audit?limit=8").json["data"]
    assert [row["id"][:8] for row in rows] == [f"{0xFFFFFFFF - n:08x}" for n in range(7, -1, -1)]
    pages = [tenant.get(f"/audit?limit=1&offset={n}").json["data"][0] for n in range(8)]
    assert pages == rows

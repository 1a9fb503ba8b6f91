"""The contract, admin: "Admin JWT only: `GET/PATCH /admin/referral-settings
{defaultCommissionPercent}`, `GET /admin/referrals`, `GET /admin/referrals/:id/users` (seed);
ours: `GET/PATCH /admin/settings` (crawl rate per marketplace, default reference 60 requests a
minute), `GET /admin/organizations`, `PATCH /admin/organizations/:id {plan}`, `POST
/admin/organizations/:id/credits {amount,reason}`, `GET /admin/jobs`, `GET /admin/nodes`,
`GET/POST/DELETE /organization/members` (owner), `DELETE /projects/:id` (with its jobs and rows),
`GET/POST/DELETE /admin/proxies`"
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from pymongo.database import Database

from control_api.http.access import Access, access_of
from tests.control_api.conftest import PASSWORD, Tenant

SEED = {
    "GET /admin/referral-settings", "PATCH /admin/referral-settings", "GET /admin/referrals",
    "GET /admin/referrals/<id>/users",
}  # fmt: skip
OURS = {
    "GET /admin/settings", "PATCH /admin/settings", "GET /admin/organizations",
    "PATCH /admin/organizations/<id>", "POST /admin/organizations/<id>/credits",
    "GET /admin/jobs", "GET /admin/nodes",
}  # fmt: skip
OWNERS = {
    "GET /organization/members", "POST /organization/members",
    "DELETE /organization/members/<id>", "DELETE /projects/<id>",
}  # fmt: skip


@pytest.fixture
def admin(make_tenant: Callable[..., Tenant], database: Database) -> Tenant:
    tenant = make_tenant()
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    return tenant


def test_the_routes_are_there_for_admins_and_owners_only(app: Flask) -> None:
    routes = {
        f"{method} {rule.rule}" for rule in app.url_map.iter_rules() for method in rule.methods
    }
    assert routes >= SEED | OURS | OWNERS
    for route in SEED | OURS:
        assert access_of(*route.split()) is Access.ADMIN
    for route in OWNERS:
        assert access_of(*route.split()) is Access.OWNER


def test_an_owner_is_no_admin_and_a_key_is_none(tenant: Tenant) -> None:
    assert tenant.get("/admin/settings").status_code == 403


def test_referral_settings(admin: Tenant) -> None:
    body = {"defaultCommissionPercent": 12.5}
    assert admin.patch("/admin/referral-settings", json=body).json == {"data": body}
    assert admin.get("/admin/referral-settings").json == {"data": body}
    assert admin.get("/admin/referrals").json == {"data": [], "meta": {"total": 0}}
    listed = admin.get(f"/admin/referrals/{admin.user_id}/users").json
    assert listed == {"data": [], "meta": {"total": 0}}


def test_the_crawl_rate_is_sixty_unless_said_otherwise(admin: Tenant) -> None:
    rates = admin.get("/admin/settings").json["data"]["crawlRate"]
    assert rates["defaultPerMinute"] == 60
    assert set(rates["marketplaces"].values()) == {60}
    body = {"crawlRate": {"marketplaces": {"DE": 30}}}
    changed = admin.patch("/admin/settings", json=body).json["data"]["crawlRate"]
    assert (changed["marketplaces"]["DE"], changed["marketplaces"]["US"]) == (30, 60)


def test_organizations(admin: Tenant, tenant: Tenant) -> None:
    path = f"/admin/organizations/{tenant.organization_id}"
    ids = [one["id"] for one in admin.get("/admin/organizations").json["data"]]
    assert tenant.organization_id in ids
    assert admin.patch(path, json={"plan": "unlimited"}).json["data"]["plan"] == "unlimited"
    given = admin.post(f"{path}/credits", json={"amount": 500, "reason": "a gift"})
    assert given.json["data"]["creditBalance"] == 1_500


def test_jobs_and_nodes(admin: Tenant, tenant: Tenant) -> None:
    job = tenant.make_job()
    assert [one["id"] for one in admin.get("/admin/jobs").json["data"]] == [job["id"]]
    assert admin.get("/admin/nodes").json["data"] == []


def test_members(tenant: Tenant) -> None:
    body = {"email": "kim@example.com", "password": PASSWORD}
    made = tenant.post("/organization/members", json=body)
    assert (made.status_code, made.json["data"]["role"]) == (201, "member")
    emails = [one["email"] for one in tenant.get("/organization/members").json["data"]]
    assert emails == [tenant.email, "kim@example.com"]
    assert (
        tenant.call("DELETE", f"/organization/members/{made.json['data']['id']}").status_code == 200
    )


def test_a_project_goes_with_its_jobs_and_rows(tenant: Tenant, database: Database) -> None:
    job = tenant.make_job()
    assert tenant.call("DELETE", f"/projects/{job['projectId']}").status_code == 200
    for name in ("projects", "jobs", "targets", "results"):
        assert database[name].count_documents({}) == 0

"""How a person leaves an organization, or the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymongo.database import Database

from control_api.azscraper.schemas.account.invitations import LeftAnswer
from tests.control_api.conftest import PASSWORD, Tenant, join

COLLEAGUE = "colleague@example.com"


def leave(person: Tenant) -> Any:
    return person.post("/organization/leave")


def delete_account(person: Tenant, **body: Any) -> Any:
    return person.post("/auth/delete-account", json={"currentPassword": PASSWORD, **body})


def key_of(person: Tenant, project: str) -> dict[str, str]:
    made = person.post(f"/private/projects/{project}/api-keys", json={"name": "ci"})
    return {"X-API-Key": made.json["data"]["key"]}


class TestLeaving:
    def test_the_account_goes_on_in_an_organization_of_its_own(self, tenant: Tenant) -> None:
        project = tenant.make_project()
        member = join(tenant, COLLEAGUE)
        key = key_of(member, project)
        left = leave(member)
        LeftAnswer.model_validate(left.json)
        assert (left.status_code, left.json["data"]["keysEnded"]) == (200, 1)
        assert left.json["data"]["organization"]["id"] != tenant.organization_id
        assert tenant.client.get("/projects", headers=key).status_code == 401
        assert member.get("/projects").json["data"] == []
        assert member.make_project()
        assert tenant.get("/organization/members").json["meta"] == {"total": 1}
        row = tenant.get("/audit?action=member.left").json["data"][0]
        assert (row["entityName"], row["metadata"]) == (COLLEAGUE, {"keysEnded": 1})

    def test_leaving_brings_no_second_bonus(self, tenant: Tenant) -> None:
        member = join(tenant, COLLEAGUE)
        leave(member)
        assert member.get("/usage").json["data"]["credits"]["balance"] == 0

    def test_an_owner_leaves_when_another_owner_stays(self, tenant: Tenant) -> None:
        other = join(tenant, COLLEAGUE)
        refused = leave(tenant)
        assert refused.status_code == 409
        assert "only owner" in refused.json["error"]["message"]
        tenant.patch(f"/organization/members/{other.user_id}", json={"role": "owner"})
        assert leave(tenant).status_code == 200
        assert other.get("/organization/members").json["meta"] == {"total": 1}

    def test_the_only_person_is_told_how_to_end_it(self, tenant: Tenant) -> None:
        refused = leave(tenant)
        assert refused.status_code == 409
        assert "/auth/delete-account" in refused.json["error"]["message"]


class TestDeletingTheAccount:
    def test_tokens_keys_and_login_end(self, tenant: Tenant) -> None:
        project = tenant.make_project()
        member = join(tenant, COLLEAGUE)
        key = key_of(member, project)
        gone = delete_account(member)
        assert (gone.status_code, gone.json) == (200, {"success": True, "keysEnded": 1})
        assert member.get("/projects").status_code == 401
        assert tenant.client.get("/projects", headers=key).status_code == 401
        body = {"email": COLLEAGUE, "password": PASSWORD}
        assert tenant.client.post("/auth/login", json=body).status_code == 401
        # The address is free again.
        assert tenant.client.post("/auth/register", json=body).status_code == 201
        row = tenant.get("/audit?action=user.deleted").json["data"][0]
        assert (row["userEmail"], row["entityName"]) == (COLLEAGUE, COLLEAGUE)

    def test_the_password_is_asked_for(self, tenant: Tenant) -> None:
        answer = tenant.post("/auth/delete-account", json={"currentPassword": "wrong"})
        assert answer.status_code == 401
        assert answer.json["error"]["code"] == "WRONG_CURRENT_PASSWORD"
        assert tenant.get("/projects").status_code == 200
        assert tenant.post("/auth/delete-account", json={}).status_code == 400

    def test_the_only_owner_of_others_stays(self, tenant: Tenant) -> None:
        join(tenant, COLLEAGUE)
        assert delete_account(tenant, deleteProjects=True).status_code == 409
        assert tenant.get("/projects").status_code == 200

    def test_projects_of_a_person_alone_are_removed_when_asked_for(
        self, tenant: Tenant, database: Database
    ) -> None:
        tenant.make_job()
        tenant.make_project("another")
        refused = delete_account(tenant)
        assert refused.status_code == 409
        assert "2 project" in refused.json["error"]["message"]
        assert delete_account(tenant, deleteProjects=True).status_code == 200
        assert database["projects"].count_documents({}) == 0
        assert tenant.get("/projects").status_code == 401

    def test_open_invitations_of_an_empty_organization_end(
        self, tenant: Tenant, make_tenant: Callable[..., Tenant]
    ) -> None:
        token = tenant.post("/organization/invitations", json={}).json["data"]["token"]
        delete_account(tenant)
        answer = make_tenant().post("/invitations/accept", json={"token": token})
        assert answer.status_code == 404

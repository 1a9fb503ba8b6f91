"""How a person comes into an organization without a password of somebody else's choice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.account.invitations import (
    InvitationsAnswer,
    JoinedAnswer,
    NewInvitationAnswer,
)
from control_api.services.accounts.invitations import MAX_INVITATIONS
from storage.base.clock import utc_now
from tests.control_api.conftest import PASSWORD, Tenant, join

INVITATIONS = "/organization/invitations"


def invite(owner: Tenant, **body: Any) -> dict[str, Any]:
    answer = owner.post(INVITATIONS, json=body)
    assert answer.status_code == 201, answer.text
    NewInvitationAnswer.model_validate(answer.json)
    made: dict[str, Any] = answer.json["data"]
    return made


def accept(person: Tenant, token: str) -> Any:
    return person.post("/invitations/accept", json={"token": token})


@pytest.fixture
def other(make_tenant: Callable[..., Tenant]) -> Tenant:
    """Somebody who registered before, and so has an organization."""
    return make_tenant()


def test_a_registered_person_accepts(tenant: Tenant, other: Tenant) -> None:
    project = tenant.make_project()
    joined = accept(other, invite(tenant, role="owner")["token"])
    JoinedAnswer.model_validate(joined.json)
    assert joined.status_code == 200
    assert joined.json["data"]["organization"]["id"] == tenant.organization_id
    assert joined.json["data"]["role"] == "owner"
    assert [one["id"] for one in other.get("/projects").json["data"]] == [project]
    listed = tenant.get("/organization/members").json["data"]
    assert [one["email"] for one in listed] == [tenant.email, other.email]
    assert "member.joined" in {row["action"] for row in tenant.get("/audit").json["data"]}


def test_a_person_who_is_not_registered_chooses_the_password(tenant: Tenant) -> None:
    member = join(tenant, "new@example.com")
    assert member.get("/projects").status_code == 200
    listed = tenant.get("/organization/members").json["data"]
    assert [(one["email"], one["role"]) for one in listed] == [
        (tenant.email, "owner"),
        ("new@example.com", "member"),
    ]
    assert member.get("/usage").json == tenant.get("/usage").json


def test_the_token_is_stored_hashed_and_shown_once(tenant: Tenant, database: Database) -> None:
    made = invite(tenant)
    assert made["token"] not in str(list(database["invitations"].find()))
    listed = tenant.get(INVITATIONS)
    InvitationsAnswer.model_validate(listed.json)
    assert made["token"] not in listed.text
    assert [one["id"] for one in listed.json["data"]] == [made["id"]]


def test_it_is_good_for_one_person_and_once(
    tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    token = invite(tenant)["token"]
    people = [make_tenant() for _ in range(6)]
    application = tenant.client.application

    def try_it(person: Tenant) -> int:
        client = application.test_client()
        body = {"token": token}
        return client.post("/invitations/accept", json=body, headers=person.headers).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(try_it, people)) == [200] + [404] * 5
    assert len(tenant.get("/organization/members").json["data"]) == 2
    assert tenant.get(INVITATIONS).json["data"] == []


def test_one_for_an_address_is_nobody_elses(tenant: Tenant, other: Tenant) -> None:
    token = invite(tenant, email="Kim@Example.com")["token"]
    refused = accept(other, token)
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "FORBIDDEN")
    body = {"email": "somebody@example.com", "password": PASSWORD, "invitationToken": token}
    assert tenant.client.post("/auth/register", json=body).status_code == 403
    body["email"] = "kim@example.com"
    assert tenant.client.post("/auth/register", json=body).status_code == 201


def test_a_refused_registration_writes_nothing(tenant: Tenant, database: Database) -> None:
    before = [database[name].count_documents({}) for name in ("users", "organizations")]
    body = {"email": "new@example.com", "password": PASSWORD, "invitationToken": "unknown"}
    answer = tenant.client.post("/auth/register", json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "NOT_FOUND")
    assert [database[name].count_documents({}) for name in ("users", "organizations")] == before


@pytest.mark.parametrize("how", ["withdrawn", "expired", "unknown"])
def test_what_does_not_hold_is_a_404(
    tenant: Tenant, other: Tenant, database: Database, how: str
) -> None:
    made = invite(tenant, expiresInDays=1)
    token = made["token"]
    if how == "withdrawn":
        gone = tenant.call("DELETE", f"{INVITATIONS}/{made['id']}")
        assert gone.json == {"success": True}
        assert tenant.call("DELETE", f"{INVITATIONS}/{made['id']}").status_code == 404
    elif how == "expired":
        stored = database["invitations"].find_one()
        assert stored["expiresAt"] - stored["createdAt"] == timedelta(days=1)
        database["invitations"].update_one({}, {"$set": {"expiresAt": utc_now()}})
    else:
        token = "unknown"
    answer = accept(other, token)
    assert answer.status_code == 404
    assert "was used, withdrawn, or has expired" in answer.json["error"]["message"]
    assert other.get("/organization/members").json["meta"] == {"total": 1}


def test_the_number_of_open_ones_is_limited(tenant: Tenant, database: Database) -> None:
    invite(tenant)
    stored = database["invitations"].find_one()
    database["invitations"].insert_many(
        {**stored, "_id": f"{number:024x}", "tokenHash": str(number)}
        for number in range(MAX_INVITATIONS - 1)
    )
    answer = tenant.post(INVITATIONS, json={})
    assert answer.status_code == 409
    assert str(MAX_INVITATIONS) in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [{"email": "no address"}, {"role": "boss"}, {"expiresInDays": 0}, {"expiresInDays": 31}],
)
def test_a_wrong_invitation_is_refused_by_name(tenant: Tenant, body: dict[str, Any]) -> None:
    answer = tenant.post(INVITATIONS, json=body)
    assert answer.status_code == 400
    assert next(iter(body)) in answer.json["error"]["message"]


class TestWhatIsLeftBehind:
    def test_keys_of_the_left_organization_end(self, tenant: Tenant, other: Tenant) -> None:
        join(other, "partner@example.com", role="owner")
        project = other.make_project()
        made = other.post(f"/private/projects/{project}/api-keys", json={"name": "ci"}).json
        key = {"X-API-Key": made["data"]["key"]}
        assert accept(other, invite(tenant)["token"]).status_code == 200
        assert tenant.client.get("/projects", headers=key).status_code == 401

    def test_the_only_owner_of_others_stays(self, tenant: Tenant, other: Tenant) -> None:
        join(other, "partner@example.com")
        token = invite(tenant)["token"]
        refused = accept(other, token)
        assert refused.status_code == 409
        assert "only owner" in refused.json["error"]["message"]
        # The invitation is still good.
        assert tenant.get(INVITATIONS).json["meta"] == {"total": 1}

    def test_projects_that_nobody_could_reach_are_named(
        self, tenant: Tenant, other: Tenant
    ) -> None:
        project = other.make_project()
        token = invite(tenant)["token"]
        refused = accept(other, token)
        assert refused.status_code == 409
        assert "1 project" in refused.json["error"]["message"]
        other.call("DELETE", f"/projects/{project}")
        assert accept(other, token).status_code == 200

    def test_one_who_is_in_already_is_told(self, tenant: Tenant) -> None:
        answer = accept(tenant, invite(tenant)["token"])
        assert answer.status_code == 409
        assert "already" in answer.json["error"]["message"]


def test_the_link_leads_to_the_sign_up_page(tenant: Tenant) -> None:
    made = invite(tenant)
    path = made["link"].removeprefix("http://localhost")
    answer = tenant.client.get(path)
    assert answer.status_code == 302
    assert f"invitation={made['token']}" in answer.headers["Location"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    # A look does not use it up.
    assert tenant.get(INVITATIONS).json["meta"] == {"total": 1}

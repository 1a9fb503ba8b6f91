"""The people of an organization: who comes, changes role, is removed, and what ends with them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.account.api_keys import OrganizationKeysAnswer
from control_api.azscraper.schemas.account.members import KeysEndedAnswer, MembersAnswer
from tests.control_api.conftest import PASSWORD, Tenant, join

COLLEAGUE = "colleague@example.com"


def project_key(of: Tenant, project: str, name: str = "ci") -> Tenant:
    made = of.post(f"/private/projects/{project}/api-keys", json={"name": name})
    assert made.status_code == 201, made.text
    return replace(of, token=made.json["data"]["key"])


def user_key(of: Tenant) -> Tenant:
    made = of.post("/api/v1/api-keys", json={"name": "mine"})
    assert made.status_code == 200, made.text
    return replace(of, token=made.json["key"])


def remove(owner: Tenant, member: Tenant) -> Any:
    return owner.call("DELETE", f"/organization/members/{member.user_id}")


class TestRemoval:
    def test_keys_and_tokens_of_the_person_end_at_once(self, tenant: Tenant) -> None:
        project = tenant.make_project()
        member = join(tenant, COLLEAGUE)
        keys = [project_key(member, project), project_key(member, project), user_key(member)]
        of_owner = project_key(tenant, project)
        assert keys[0].get("/projects").status_code == 200
        assert keys[2].get("/api/v1/jobs").status_code == 200
        gone = remove(tenant, member)
        KeysEndedAnswer.model_validate(gone.json)
        assert (gone.status_code, gone.json) == (200, {"success": True, "keysEnded": 3})
        assert [key.get("/projects").status_code for key in keys[:2]] == [401, 401]
        assert [key.get("/api/v1/jobs").status_code for key in keys] == [401, 401, 401]
        assert of_owner.get("/projects").status_code == 200
        listed = tenant.get(f"/private/projects/{project}/api-keys").json["data"]
        assert [one["createdBy"]["email"] for one in listed] == [tenant.email]
        entry = tenant.get("/audit?action=member.removed").json["data"][0]
        assert entry["metadata"]["keysEnded"] == 3

    def test_a_key_that_is_made_while_its_maker_is_removed_opens_nothing(
        self, tenant: Tenant, database: Database
    ) -> None:
        """Each of many removals races a member who makes keys until refused."""
        project = tenant.make_project()
        application = tenant.client.application
        for number in range(10):
            member = join(tenant, f"racer{number}@example.com")

            def make_keys(member: Tenant = member) -> list[str]:
                at = replace(member, client=application.test_client())
                made = []
                for _ in range(200):
                    answer = at.post(f"/private/projects/{project}/api-keys", json={"name": "late"})
                    if answer.status_code != 201:
                        return made
                    made.append(answer.json["data"]["key"])
                return made

            with ThreadPoolExecutor(1) as pool:
                making = pool.submit(make_keys)
                assert remove(tenant, member).status_code == 200
                texts = making.result()
            for text in texts:
                assert replace(tenant, token=text).get("/projects").status_code == 401

    def test_a_key_whose_maker_was_removed_by_an_older_release_opens_nothing(
        self, tenant: Tenant, database: Database
    ) -> None:
        project = tenant.make_project()
        key = project_key(join(tenant, COLLEAGUE), project)
        database["users"].delete_one({"emailKey": COLLEAGUE})
        assert key.get("/projects").status_code == 401

    def test_work_of_the_person_stays(self, tenant: Tenant) -> None:
        member = join(tenant, COLLEAGUE)
        job = member.make_job()
        remove(tenant, member)
        assert tenant.get(f"/jobs/{job['id']}").status_code == 200

    def test_a_person_with_an_account_of_their_own_keeps_it(self, tenant: Tenant) -> None:
        member = join(tenant, COLLEAGUE)
        project = tenant.make_project()
        remove(tenant, member)
        assert member.patch(f"/projects/{project}", json={"name": "x"}).status_code == 404
        assert member.get("/projects").json["data"] == []
        body = {"email": COLLEAGUE, "password": PASSWORD}
        assert tenant.client.post("/auth/login", json=body).status_code == 200

    def test_nobody_removes_themselves(self, tenant: Tenant) -> None:
        answer = tenant.call("DELETE", f"/organization/members/{tenant.user_id}")
        assert answer.status_code == 409
        assert "/organization/leave" in answer.json["error"]["message"]

    def test_of_two_owners_who_remove_each_other_one_stays(self, tenant: Tenant) -> None:
        for number in range(8):
            other = join(tenant, f"owner-{number}@example.org", role="owner")
            application = tenant.client.application
            first = replace(tenant, client=application.test_client())
            second = replace(other, client=application.test_client())
            with ThreadPoolExecutor(2) as pool:
                answers = list(
                    pool.map(lambda pair: remove(*pair), [(first, second), (second, first)])
                )
            # The other may already stand outside: 401 and 403 when removed before the request.
            statuses = sorted(answer.status_code for answer in answers)
            assert statuses.count(200) == 1, statuses
            people = (tenant if answers[0].status_code == 200 else other).get(
                "/organization/members"
            )
            assert [one["role"] for one in people.json["data"]] == ["owner"]
            if answers[1].status_code == 200:
                tenant = other


class TestRoles:
    def test_a_member_becomes_an_owner_and_back(self, tenant: Tenant) -> None:
        member = join(tenant, COLLEAGUE)
        path = f"/organization/members/{member.user_id}"
        assert member.get("/organization/members").status_code == 403
        made = tenant.patch(path, json={"role": "owner"})
        assert (made.status_code, made.json["data"]["role"]) == (200, "owner")
        listed = member.get("/organization/members")
        MembersAnswer.model_validate(listed.json)
        assert [one["role"] for one in listed.json["data"]] == ["owner", "owner"]
        assert tenant.patch(path, json={"role": "member"}).status_code == 200
        assert member.get("/organization/members").status_code == 403

    def test_the_last_owner_stays_one(self, tenant: Tenant) -> None:
        join(tenant, COLLEAGUE)
        path = f"/organization/members/{tenant.user_id}"
        assert tenant.patch(path, json={"role": "member"}).status_code == 409
        assert tenant.get("/organization/members").status_code == 200

    def test_an_unknown_role_is_refused_by_name(self, tenant: Tenant) -> None:
        member = join(tenant, COLLEAGUE)
        answer = tenant.patch(f"/organization/members/{member.user_id}", json={"role": "boss"})
        assert answer.status_code == 400
        assert "role must be one of" in answer.json["error"]["message"]


class TestPasswordOfAnother:
    """A password that somebody else chose opens nothing but its change."""

    BODY: ClassVar = {"email": COLLEAGUE, "password": PASSWORD, "name": "Kim"}

    @pytest.fixture
    def added(self, tenant: Tenant) -> Tenant:
        made = tenant.post("/organization/members", json=self.BODY)
        assert made.status_code == 201
        assert made.json["data"]["role"] == "member"
        login = tenant.client.post(
            "/auth/login", json={key: self.BODY[key] for key in ("email", "password")}
        )
        session = login.json["data"]
        assert session["passwordChangeRequired"] is True
        return replace(
            tenant, email=COLLEAGUE, token=session["accessToken"], user_id=session["user"]["id"]
        )

    def test_it_must_be_changed_first(self, tenant: Tenant, added: Tenant) -> None:
        project = tenant.make_project()
        for method, path in (
            ("GET", "/projects"), ("GET", "/usage"), ("GET", "/audit"),
            ("POST", f"/private/projects/{project}/api-keys"), ("POST", "/organization/leave"),
        ):  # fmt: skip
            answer = added.call(method, path, json={"name": "x"})
            assert answer.status_code == 403, path
            assert answer.json["error"]["code"] == "PASSWORD_CHANGE_REQUIRED"
            assert "/auth/change-password" in answer.json["error"]["message"]
        v1 = added.get("/api/v1/jobs")
        assert v1.status_code == 403
        assert "/auth/change-password" in v1.json["detail"]
        changed = added.post(
            "/auth/change-password",
            json={"currentPassword": PASSWORD, "newPassword": "chosen by myself"},
        )
        assert changed.status_code == 200
        assert "passwordChangeRequired" not in changed.json["data"]
        free = replace(added, token=changed.json["data"]["accessToken"])
        assert [one["id"] for one in free.get("/projects").json["data"]] == [project]
        body = {"email": COLLEAGUE, "password": "chosen by myself"}
        again = tenant.client.post("/auth/login", json=body).json["data"]
        assert "passwordChangeRequired" not in again

    def test_the_same_password_is_no_change(self, tenant: Tenant, added: Tenant) -> None:
        body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
        assert added.post("/auth/change-password", json=body).status_code == 400
        assert added.get("/projects").status_code == 403

    def test_an_account_that_the_owner_made_ends_with_the_removal(
        self, tenant: Tenant, added: Tenant
    ) -> None:
        gone = remove(tenant, added)
        assert (gone.status_code, gone.json) == (200, {"success": True, "keysEnded": 0})
        assert added.get("/projects").status_code == 401
        body = {"email": COLLEAGUE, "password": PASSWORD}
        assert tenant.client.post("/auth/login", json=body).status_code == 401

    def test_a_registered_address_is_told_the_way_in(
        self, tenant: Tenant, make_tenant: Callable[..., Tenant]
    ) -> None:
        body = {**self.BODY, "email": make_tenant().email}
        answer = tenant.post("/organization/members", json=body)
        assert answer.status_code == 409
        assert answer.json["error"]["code"] == "EMAIL_ALREADY_EXISTS"
        assert "/organization/invitations" in answer.json["error"]["message"]

    def test_an_address_without_a_password_is_told_the_way_in(self, tenant: Tenant) -> None:
        answer = tenant.post("/organization/members", json={"email": COLLEAGUE})
        assert answer.status_code == 400
        assert "/organization/invitations" in answer.text


class TestKeysOfTheOrganization:
    def test_one_list_names_each_key_its_project_and_its_maker(self, tenant: Tenant) -> None:
        project = tenant.make_project("hubs")
        member = join(tenant, COLLEAGUE, name="Kim")
        project_key(tenant, project, "nightly")
        user_key(member)
        listed = tenant.get("/organization/api-keys")
        OrganizationKeysAnswer.model_validate(listed.json)
        assert [
            (one["name"], one["project"], one["createdBy"]["email"]) for one in listed.json["data"]
        ] == [
            ("mine", None, COLLEAGUE),
            ("nightly", {"id": project, "name": "hubs"}, tenant.email),
        ]
        assert listed.json["meta"] == {"total": 2}

    def test_an_owner_ends_any_of_them(self, tenant: Tenant) -> None:
        member = join(tenant, COLLEAGUE)
        keys = [user_key(member), project_key(member, tenant.make_project())]
        for one in tenant.get("/organization/api-keys").json["data"]:
            assert tenant.call("DELETE", f"/organization/api-keys/{one['id']}").json == {
                "success": True
            }
        assert [key.get("/api/v1/jobs").status_code for key in keys] == [401, 401]
        revoked = tenant.get("/audit?action=api_key.revoked").json["data"]
        assert {row["entityName"] for row in revoked} == {"mine", "ci"}

    def test_another_organizations_keys_are_not_there(
        self, tenant: Tenant, make_tenant: Callable[..., Tenant]
    ) -> None:
        stranger = make_tenant()
        key = project_key(stranger, stranger.make_project())
        found = stranger.get("/organization/api-keys").json["data"][0]["id"]
        assert tenant.get("/organization/api-keys").json["data"] == []
        gone = tenant.call("DELETE", f"/organization/api-keys/{found}")
        assert (gone.status_code, gone.json["error"]["code"]) == (404, "API_KEY_NOT_FOUND")
        assert key.get("/projects").status_code == 200


class TestApiKeyHeader:
    def test_a_key_is_taken_from_either_header_in_every_dialect(self, tenant: Tenant) -> None:
        project = tenant.make_project()
        key = project_key(tenant, project).token
        mine = user_key(tenant).token
        for text, path in ((key, "/projects"), (key, "/usage"), (mine, "/api/v1/jobs")):
            for headers in ({"X-API-Key": text}, {"Authorization": f"Bearer {text}"}):
                answer = tenant.client.get(path, headers=headers)
                assert answer.status_code == 200, (path, headers, answer.text)

    @pytest.mark.parametrize("text", ["", " ", "az_", "az_unknown", "no key", "Bearer az_x"])
    def test_what_is_no_key_is_refused(self, tenant: Tenant, text: str) -> None:
        for path in ("/projects", "/api/v1/jobs"):
            answer = tenant.client.get(path, headers={"X-API-Key": text})
            assert answer.status_code == 401, path

    def test_an_access_token_is_no_key(self, tenant: Tenant) -> None:
        answer = tenant.client.get("/projects", headers={"X-API-Key": tenant.token})
        assert answer.status_code == 401

    def test_authorization_goes_first(self, tenant: Tenant) -> None:
        key = project_key(tenant, tenant.make_project()).token
        headers = {"Authorization": "Bearer wrong", "X-API-Key": key}
        assert tenant.client.get("/projects", headers=headers).status_code == 401

    def test_a_project_key_reads_usage_and_no_more_of_the_account(self, tenant: Tenant) -> None:
        key = project_key(tenant, tenant.make_project())
        assert key.get("/usage").json == tenant.get("/usage").json
        for path in ("/audit", "/organization/api-keys", "/organization/members"):
            assert key.get(path).status_code == 403, path

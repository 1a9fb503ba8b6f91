"""Pages of projects, keys and people: each form does what its call of the API does."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.control_api.conftest import join
from tests.control_api.console.conftest import Person, sign_in


@pytest.fixture
def project(person: Person) -> str:
    return person.tenant.make_project("Headphones")


def test_a_key_is_shown_once_and_opens_its_project_until_it_is_revoked(
    person: Person, project: str
) -> None:
    answer = person.post("/keys", data={"project": project, "name": "nightly"})
    assert answer.status_code == 201
    (key,) = re.findall(r"az_[\w-]{43}", answer.text)
    headers = {"Authorization": f"Bearer {key}"}
    client = person.tenant.client
    assert client.get(f"/projects/{project}/jobs", headers=headers).status_code == 200
    page = person.get("/keys").text
    assert key not in page and f"…{key[-4:]}" in page
    (key_id,) = re.findall(r"/console/keys/(\w+)/revoke", page)
    person.post(f"/keys/{key_id}/revoke", data={"project": project})
    assert client.get(f"/projects/{project}/jobs", headers=headers).status_code == 401
    assert person.post("/keys", data={"project": project, "name": " "}).status_code == 400


def test_projects_are_made_renamed_and_archived(person: Person) -> None:
    person.post("/projects", data={"name": "one"})
    (project,) = person.tenant.get("/projects").json["data"]
    person.post(f"/projects/{project['id']}/rename", data={"name": "two"})
    person.post(f"/projects/{project['id']}/archived", data={"archived": "1"})
    (changed,) = person.tenant.get("/projects").json["data"]
    assert (changed["name"], changed["archived"]) == ("two", True)
    assert "two" in person.get("/projects").text


def test_people_are_invited_promoted_and_removed(person: Person, app: Flask) -> None:
    answer = person.post("/members/invite", data={"role": "member", "days": "3"})
    assert answer.status_code == 201 and "http://localhost/i/" in answer.text
    kim = join(person.tenant, "kim@example.com")
    page = person.get("/members").text
    assert "kim@example.com" in page and "whoever has the link" in page
    person.post(f"/members/{kim.user_id}/role", data={"role": "owner"})
    roles = {
        one["email"]: one["role"] for one in person.tenant.get("/organization/members").json["data"]
    }
    assert roles["kim@example.com"] == "owner"
    assert person.post(f"/members/{kim.user_id}/role", data={"role": "king"}).status_code == 400
    (waiting,) = re.findall(r"/console/invitations/(\w+)/revoke", page)
    person.post(f"/invitations/{waiting}/revoke")
    assert person.tenant.get("/organization/invitations").json["data"] == []
    hers = sign_in(app, kim)
    person.post(f"/members/{kim.user_id}/remove")
    assert "kim@example.com" not in person.get("/members").text
    assert person.tenant.email not in hers.get("/members").text, (
        "she has an organization of her own"
    )


def test_members_do_not_see_what_is_for_owners(person: Person, app: Flask) -> None:
    member = sign_in(app, join(person.tenant, "kim@example.com"))
    assert "/console/members" not in member.get("").text
    assert member.get("/members").status_code == 403
    for path in (
        "/members/invite",
        "/members/x/role",
        "/members/x/remove",
        "/invitations/x/revoke",
    ):
        assert member.post(path).status_code == 403, path


def test_usage_and_the_audit_trail_are_those_of_the_api(person: Person, project: str) -> None:
    person.tenant.make_job(project)
    page = person.get("/usage").text
    assert '<div class="figure">1</div><div class="quiet">jobs, without a limit' in page
    trail = person.get("/audit?action=job.created").text
    assert "<code>job.created</code>" in trail and "project.created" not in trail


def test_usage_has_months_and_each_movement_of_credits(
    app: Flask, make_tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = sign_in(app, make_tenant())
    job = person.tenant.make_job(targets=["a", "b"])["id"]
    person.tenant.post(f"/jobs/{job}/cancel")
    page = person.get("/usage").text
    reserved = person.tenant.get("/usage/ledger").json["data"]
    assert {one["kind"] for one in reserved} >= {"grant", "reserve", "release"}
    for text in ("reserved for a job", "given back by a job", "credits given or taken back"):
        assert text in page
    month = person.tenant.get("/usage/history?months=1").json["data"][0]["month"]
    assert f'<td>{month}</td><td class="n">1</td><td class="n">2</td>' in page
    assert page.count(' height="100.0"') == 1
    monkeypatch.setattr("control_api.console.account.usage._MOVEMENTS", 2)
    older = re.search(r'href="(\?cursor=\w+)#ledger">Older<', person.get("/usage").text)
    assert older
    assert "credits given or taken back" in person.get(f"/usage{older[1]}").text
    assert person.get("/usage?cursor=odd").status_code == 400

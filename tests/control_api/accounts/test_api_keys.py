"""contracts.md, row `api keys`."""

from __future__ import annotations

from dataclasses import replace

from pymongo.database import Database

from control_api.azscraper.schemas.account.api_keys import ApiKeysAnswer, NewApiKeyAnswer
from tests.control_api.conftest import Tenant


def make_key(tenant: Tenant, project: str) -> dict:
    answer = tenant.post(f"/private/projects/{project}/api-keys", json={"name": "ci"})
    assert answer.status_code == 201
    NewApiKeyAnswer.model_validate(answer.json)
    made: dict = answer.json["data"]
    return made


def test_a_key_is_shown_once_and_stored_hashed(tenant: Tenant, database: Database) -> None:
    """ "create `{name}` → `{"data": {"id","name","key","createdAt"}}`, key shown once, prefix `az_`" """
    project = tenant.make_project()
    made = make_key(tenant, project)
    assert set(made) == {"id", "name", "key", "createdAt"}
    assert made["key"].startswith("az_")
    assert made["key"] not in str(list(database["api_keys"].find()))
    listed = tenant.get(f"/private/projects/{project}/api-keys")
    ApiKeysAnswer.model_validate(listed.json)
    assert made["key"] not in listed.text
    assert listed.json["data"][0]["keyHint"] == made["key"][-4:]
    assert listed.json["data"][0]["lastUsedAt"] is None


def test_a_key_works_and_its_use_is_noted(tenant: Tenant) -> None:
    project = tenant.make_project()
    key = replace(tenant, token=make_key(tenant, project)["key"])
    job = key.make_job(project)
    assert key.get(f"/jobs/{job['id']}").status_code == 200
    listed = tenant.get(f"/private/projects/{project}/api-keys").json["data"]
    assert listed[0]["lastUsedAt"].endswith("Z")
    audit = tenant.get("/audit?action=job.created").json["data"]
    assert audit[0]["metadata"]["apiKeyId"] == listed[0]["id"]


def test_a_revoked_key_ends_at_once(tenant: Tenant) -> None:
    """ "patch and delete `{"success": true}` ... revoked works at once" """
    project = tenant.make_project()
    made = make_key(tenant, project)
    path = f"/private/projects/{project}/api-keys/{made['id']}"
    assert tenant.patch(path, json={"name": "renamed"}).json == {"success": True}
    key = replace(tenant, token=made["key"])
    assert key.get("/projects").status_code == 200
    assert tenant.call("DELETE", path).json == {"success": True}
    assert key.get("/projects").status_code == 401
    missing = tenant.call("DELETE", path)
    assert (missing.status_code, missing.json["error"]["code"]) == (404, "API_KEY_NOT_FOUND")


def test_a_key_ends_with_its_project(tenant: Tenant) -> None:
    project = tenant.make_project()
    key = replace(tenant, token=make_key(tenant, project)["key"])
    assert tenant.call("DELETE", f"/projects/{project}").status_code == 200
    assert key.get("/projects").status_code == 401


def test_a_key_of_one_project_is_not_reached_through_another(tenant: Tenant) -> None:
    first, second = tenant.make_project(), tenant.make_project()
    made = make_key(tenant, first)
    answer = tenant.call("DELETE", f"/private/projects/{second}/api-keys/{made['id']}")
    assert answer.status_code == 404
    assert replace(tenant, token=made["key"]).get("/projects").status_code == 200


def test_what_only_looks_like_a_key_is_refused(tenant: Tenant) -> None:
    for text in ("az_", "az_x", "az_" + "x" * 43):
        assert replace(tenant, token=text).get("/projects").status_code == 401

"""The contract, api keys: "JWT only: `GET/POST /private/projects/:projectId/api-keys`, `PATCH/DELETE
…/:id`, bodies as the public docs: create `{name}` → `{"data": {"id","name","key","createdAt"}}`,
key shown once, prefix `az_`; list shows `keyHint` (last 4), `createdAt`, `lastUsedAt`; patch and
delete `{"success": true}`; locked to its project; revoked works at once"
"""

from __future__ import annotations

from dataclasses import replace

from tests.control_api.conftest import Tenant


def test_the_life_of_a_key(tenant: Tenant) -> None:
    project, other = tenant.make_project(), tenant.make_project()
    path = f"/private/projects/{project}/api-keys"
    answer = tenant.post(path, json={"name": "ci"})
    made = answer.json["data"]
    assert set(answer.json) == {"data"}
    assert set(made) == {"id", "name", "key", "createdAt"}
    assert made["key"].startswith("az_")
    listed = tenant.get(path)
    assert made["key"] not in listed.text
    shown = listed.json["data"][0]
    assert (shown["keyHint"], shown["lastUsedAt"]) == (made["key"][-4:], None)
    assert shown["createdAt"] == made["createdAt"]
    key = replace(tenant, token=made["key"])
    # "JWT only"
    for method, where in (("GET", path), ("POST", path), ("DELETE", f"{path}/{made['id']}")):
        assert key.call(method, where, json={"name": "x"}).status_code == 403
    # "locked to its project"
    job = {"type": "search", "targets": ["x"]}
    assert key.post(f"/projects/{project}/jobs", json=job).status_code == 201
    assert key.post(f"/projects/{other}/jobs", json=job).status_code == 404
    assert tenant.get(path).json["data"][0]["lastUsedAt"] is not None
    assert tenant.patch(f"{path}/{made['id']}", json={"name": "new"}).json == {"success": True}
    assert tenant.get(path).json["data"][0]["name"] == "new"
    # "revoked works at once"
    assert tenant.call("DELETE", f"{path}/{made['id']}").json == {"success": True}
    assert key.get("/projects").status_code == 401

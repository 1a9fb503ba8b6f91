from __future__ import annotations

from pymongo.database import Database

from control_api.azscraper.schemas.account.projects import ProjectAnswer, ProjectsAnswer
from tests.control_api.conftest import Tenant


def test_a_project_is_made_and_listed(tenant: Tenant) -> None:
    answer = tenant.post("/projects", json={"name": " EU keywords "})
    assert answer.status_code == 201
    ProjectAnswer.model_validate(answer.json)
    project = answer.json["data"]
    assert (project["name"], project["archived"]) == ("EU keywords", False)
    assert project["organizationId"] == tenant.organization_id
    assert project["createdAt"].endswith("Z")
    listed = tenant.get("/projects")
    ProjectsAnswer.model_validate(listed.json)
    assert listed.json == {"data": [project], "meta": {"total": 1}}


def test_the_list_is_filtered_by_archived(tenant: Tenant) -> None:
    kept, gone = tenant.make_project("kept"), tenant.make_project("gone")
    tenant.patch(f"/projects/{gone}", json={"archived": True})

    def listed(query: str) -> list[str]:
        return [project["id"] for project in tenant.get(f"/projects{query}").json["data"]]

    assert listed("?archived=false") == [kept]
    assert listed("?archived=true") == [gone]
    assert listed("") == [gone, kept]


def test_a_project_is_changed_field_by_field(tenant: Tenant) -> None:
    project = tenant.make_project("old")
    renamed = tenant.patch(f"/projects/{project}", json={"name": "new"})
    assert renamed.status_code == 200
    assert (renamed.json["data"]["name"], renamed.json["data"]["archived"]) == ("new", False)
    archived = tenant.patch(f"/projects/{project}", json={"archived": True})
    assert (archived.json["data"]["name"], archived.json["data"]["archived"]) == ("new", True)


def test_null_is_no_change_but_an_error(tenant: Tenant) -> None:
    project = tenant.make_project("old")
    assert tenant.patch(f"/projects/{project}", json={"name": None}).status_code == 400
    assert tenant.get("/projects").json["data"][0]["name"] == "old"


def test_an_unknown_project_is_a_404(tenant: Tenant) -> None:
    answer = tenant.patch("/projects/nope", json={"archived": True})
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "PROJECT_NOT_FOUND"
    assert tenant.get("/projects/nope/jobs").json["error"]["code"] == "PROJECT_NOT_FOUND"


def test_what_was_done_is_in_the_audit(tenant: Tenant, database: Database) -> None:
    project = tenant.make_project("old")
    tenant.patch(f"/projects/{project}", json={"name": "new"})
    entries = list(database["audit"].find({"entityId": project}).sort("_id", 1))
    assert [(entry["action"], entry["metadata"]) for entry in entries] == [
        ("project.created", {"name": "old"}),
        ("project.updated", {"name": "new"}),
    ]
    assert {entry["userId"] for entry in entries} == {tenant.user_id}
    assert {entry["ip"] for entry in entries} == {"127.0.0.1"}

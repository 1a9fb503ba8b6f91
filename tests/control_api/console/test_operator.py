"""The operator's page: for admins alone, and the answers of the API's own routes."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask
from pymongo.database import Database

from storage.runs.nodes import Nodes
from tests.control_api.console.conftest import Person, heading


@pytest.fixture
def admin(person: Person, database: Database) -> Person:
    database["users"].update_one({"_id": person.tenant.user_id}, {"$set": {"isAdmin": True}})
    return person


def test_others_than_admins_do_not_see_it(person: Person) -> None:
    assert "/console/operator" not in person.get("").text
    refused = person.get("/operator")
    assert (refused.status_code, heading(refused)) == (403, "Not allowed")
    assert person.post("/operator/nodes/drain", data={"name": "x"}).status_code == 403


def test_it_says_why_nothing_moves_as_the_api_does(admin: Person) -> None:
    admin.tenant.make_job()
    page = unescape(admin.get("/operator").text)
    assert "/console/operator" in page
    path = f"/admin/diagnosis?organizationId={admin.tenant.organization_id}"
    told = admin.tenant.get(path).json["data"]
    assert not told["canMove"] and "something stops" in page
    assert {"no_worker"} <= {one["code"] for one in told["findings"]}
    for one in told["findings"]:
        assert one["text"] in page and one["remedy"] in page
    queues = admin.tenant.get("/admin/queue").json["data"]
    assert all(f"<td>{one['spider']}</td>" in page for one in queues)


def test_a_node_is_drained_and_takes_work_again(
    admin: Person, app: Flask, database: Database
) -> None:
    name = "node-1.example.com:6800"
    Nodes(database).add(
        name,
        url=f"http://{name}",
        username="u",
        password="secret-of-the-node",
    )
    page = admin.get("/operator").text
    assert name in page and "takes work" in page and "secret-of-the-node" not in page
    admin.post("/operator/nodes/drain", data={"name": name, "draining": "1"})
    assert "draining</span>" in admin.get("/operator").text
    admin.post("/operator/nodes/drain", data={"name": name, "draining": "0"})
    assert "draining</span>" not in admin.get("/operator").text
    assert admin.post("/operator/nodes/drain", data={"name": "unknown"}).status_code == 404

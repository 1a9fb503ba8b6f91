"""The operator's page: for admins alone, and the answers of the API's own routes."""

from __future__ import annotations

import re
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


def test_it_shows_what_webhooks_are_behind_and_the_proxies(
    admin: Person, database: Database
) -> None:
    page = admin.get("/operator").text
    assert "Webhooks: none waits." in page and "Crawlers go without proxies." in page
    project = admin.tenant.make_project("one")
    hook = {"url": "https://receiver.example.com/hook", "events": ["job.completed"]}
    webhook = admin.tenant.post(f"/projects/{project}/webhooks", json=hook).json["data"]["id"]
    admin.tenant.post(f"/webhooks/{webhook}/test")
    database["deliveries"].update_one(
        {}, [{"$set": {"nextAttemptAt": {"$subtract": ["$nextAttemptAt", 90_000]}}}]
    )
    proxy = {"url": "http://kim:secret-of-the-proxy@93.184.215.14:8080"}
    assert admin.tenant.post("/admin/proxies", json=proxy).status_code == 201
    page = admin.get("/operator").text
    assert "1 try is due, the first for 1 min 3" in page
    assert "93.184.215.14:8080" in page and "secret-of-the-proxy" not in page
    told = admin.tenant.get("/admin/queue").json["meta"]["webhooks"]
    assert told["waiting"] == 1 and 90 <= told["oldestSeconds"] < 100


def test_home_has_the_nodes_in_one_line_for_admins_alone(
    person: Person, database: Database
) -> None:
    person.tenant.make_job()
    assert "Crawl nodes" not in person.get("").text
    database["users"].update_one({"_id": person.tenant.user_id}, {"$set": {"isAdmin": True}})
    for name, draining in (("node-1.example.com:6800", True), ("node-2.example.com:6800", False)):
        Nodes(database).add(name, url=f"http://{name}", username="u", password="p")
        Nodes(database).change(name, is_draining=draining, slots=None)
    page = person.get("").text
    assert "2 nodes, 1 draining; no crawler at work." in re.sub(r"<[^>]+>", "", page)

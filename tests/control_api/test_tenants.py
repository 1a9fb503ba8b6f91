"""Promise A2: no route shows or changes another organization's object; it does not exist for them.

Generated from the routes: a route with an id that this file has no object for fails the test.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from pymongo.database import Database

from control_api.gate import is_public
from storage.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target

BODIES = {
    ("POST", "/projects/<projectId>/jobs"): {"type": "search", "targets": ["usb hub"]},
    ("PATCH", "/projects/<id>"): {"name": "taken over"},
}


@pytest.fixture
def owned_paths(app: Flask, tenant: Tenant, settlement: Settlement) -> list[tuple[str, str, str]]:
    """(method, rule, path) of each route with an id, filled with the first tenant's objects."""
    project = tenant.make_project()
    job = tenant.make_job(project, targets=["usb hub", "usb cable"])
    end_target(settlement, job["id"], 0, [{"asin": "B000000001"}])
    objects = {
        "<projectId>": {"/projects": project},
        "<id>": {"/projects": project, "/jobs": job["id"]},
    }
    paths = []
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD"}:
            if "<" in rule.rule and not is_public(method, rule.rule):
                name = next(part for part in rule.rule.split("/") if part.startswith("<"))
                collection = rule.rule.partition("/<")[0]
                path = rule.rule.replace(name, objects[name][collection])
                assert "<" not in path, rule.rule
                paths.append((method, rule.rule, path))
    return paths


def whole(database: Database) -> dict[str, list]:
    """Everything that belongs to tenants, but for the counting of what a tenant itself did."""
    return {
        name: list(database[name].find().sort("_id", 1))
        for name in ("projects", "jobs", "targets", "results", "outbox", "ledger", "usage")
    }


def test_another_organizations_objects_do_not_exist(
    owned_paths: list[tuple[str, str, str]],
    make_tenant: Callable[..., Tenant],
    database: Database,
) -> None:
    stranger = make_tenant()
    before = whole(database)
    for method, rule, path in owned_paths:
        answer = stranger.call(method, path, json=BODIES.get((method, rule)))
        assert answer.status_code == 404, (method, path, answer.text)
        code = answer.json["error"]["code"]
        assert code == ("NOT_FOUND" if "/jobs/" in path else "PROJECT_NOT_FOUND"), path
    assert whole(database) == before


def test_the_same_requests_work_for_their_owner(
    owned_paths: list[tuple[str, str, str]], tenant: Tenant
) -> None:
    for method, rule, path in owned_paths:
        answer = tenant.call(method, path, json=BODIES.get((method, rule)))
        assert answer.status_code in (200, 201), (method, path, answer.text)


def test_a_strangers_404_is_the_404_of_an_id_that_never_was(
    tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    job = tenant.make_job()
    stranger = make_tenant()
    foreign, unknown = stranger.get(f"/jobs/{job['id']}"), stranger.get("/jobs/nonsense")
    assert (foreign.status_code, foreign.json) == (unknown.status_code, unknown.json)
    assert foreign.json["error"] == {"code": "NOT_FOUND", "message": "Job not found", "details": []}


def test_lists_hold_only_their_own_organizations_objects(
    tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    tenant.make_project("mine")
    stranger = make_tenant()
    stranger.make_project("theirs")
    listed = stranger.get("/projects").json
    assert [project["name"] for project in listed["data"]] == ["theirs"]
    assert listed["meta"] == {"total": 1}

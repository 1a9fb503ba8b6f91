"""Promises A1, A2: every route × {anonymous, other organization, member, owner, admin, a key of this
project, a key of another project}, generated from the app's routes.

A new route fails until it has an object here, and its access is a decision in control_api/http/access.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.http.access import Access
from control_api.http.v1_errors import is_v1_path
from settings.config import Config
from storage.accounts.api_keys import ApiKeys
from storage.base.transactions import Transactions
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import OPERATOR_TOKEN, Tenant, join
from tests.control_api.http.world import World, routes, whole

OK = {200, 201, 204}
# A store's categories are nobody's own, and everybody with a token sees the same.
OF_A_STORE = {"/marketplaces/<code>/categories"}
# They end the very account or token that asks: test_auth.py, test_invitations.py, test_departures.py.
ENDS_THE_ASKER = {
    "/auth/change-password",
    "/auth/delete-account",
    "/invitations/accept",
    "/organization/leave",
}
NO_KEYS = "An API key cannot do this; use an access token"
NOT_FOUND_CODES = {
    "/schedules/": "SCHEDULE_NOT_FOUND",
    "/webhooks/": "WEBHOOK_NOT_FOUND",
    "/monitors/": "MONITOR_NOT_FOUND",
    "/watches/": "WATCH_NOT_FOUND",
    "/alerts/": "ALERT_NOT_FOUND",
}


@pytest.fixture
def world(make_tenant: Callable[..., Tenant], settlement: Settlement, database: Database) -> World:
    return World(make_tenant("unlimited"), settlement, database)


@pytest.fixture
def owner(world: World) -> Tenant:
    return world._owner


def closed(app: Flask, *but: Access) -> list[tuple[str, str, Access]]:
    open_to_others = {Access.PUBLIC, Access.OPERATOR, *but}
    return [route for route in routes(app) if route[2] not in open_to_others]


def holds(rule: str) -> bool:
    """Whether the path names an object of an organization."""
    return "<" in rule and rule not in OF_A_STORE


def refused_as_missing(answer: Any, rule: str) -> None:
    assert answer.status_code == 404, (rule, answer.text)
    if is_v1_path(rule):
        assert answer.json["detail"] == answer.json["error"]
        assert answer.json["detail"].endswith("not found"), (rule, answer.text)
        return
    code = answer.json["error"]["code"]
    assert code.endswith("NOT_FOUND"), (rule, code)
    for part, expected in NOT_FOUND_CODES.items():
        if rule.startswith(part):
            assert code == expected


def key_of(database: Database, owner: Tenant, project_id: str) -> str:
    _, text = Transactions(database.client).run(
        lambda session: ApiKeys(database).insert(
            owner.organization_id,
            project_id,
            name="a key",
            created_by=owner.user_id,
            session=session,
        )
    )
    return text


def as_key(owner: Tenant, key: str) -> Tenant:
    return Tenant(owner.client, owner.email, key, owner.user_id, owner.organization_id)


def test_anonymous(app: Flask, client: FlaskClient, world: World) -> None:
    """A1: every route outside a short public list answers 401 without credentials."""
    for method, rule, _ in closed(app):
        answer = client.open(world.path(rule), method=method, **world.sent(method, rule))
        assert answer.status_code == 401, (method, rule, answer.text)
    assert len(closed(app)) > 30


def test_owner(app: Flask, world: World, owner: Tenant) -> None:
    for method, rule, access in closed(app):
        if rule in ENDS_THE_ASKER:
            continue
        answer = owner.call(method, world.path(rule), **world.sent(method, rule))
        expected = {403} if access is Access.ADMIN else OK
        assert answer.status_code in expected, (method, rule, answer.text)


def test_member(app: Flask, world: World, owner: Tenant) -> None:
    member = join(owner, "the-member@example.com")
    for method, rule, access in closed(app):
        if rule in ENDS_THE_ASKER:
            continue
        answer = member.call(method, world.path(rule), **world.sent(method, rule))
        expected = {403} if access in (Access.ADMIN, Access.OWNER) else OK
        if rule.startswith("/api/v1/api-keys/"):
            expected = {404}  # a user's own; here the owner's
        assert answer.status_code in expected, (method, rule, answer.text)


def test_another_organization(
    app: Flask, world: World, make_tenant: Callable[..., Tenant], database: Database
) -> None:
    """A2: no route returns or changes another organization's object: 404."""
    stranger = make_tenant("unlimited")
    for method, rule, _ in closed(app, Access.ADMIN):
        if not holds(rule):
            continue
        path = world.path(rule)
        before = whole(database)
        answer = stranger.call(method, path, **world.sent(method, rule))
        refused_as_missing(answer, rule)
        assert whole(database) == before, (method, rule)


def test_admin_of_another_organization(
    app: Flask, world: World, make_tenant: Callable[..., Tenant], database: Database
) -> None:
    """An admin runs the installation; tenants' objects are as foreign to them as to anybody."""
    admin = make_tenant("unlimited")
    database["users"].update_one({"_id": admin.user_id}, {"$set": {"isAdmin": True}})
    for method, rule, access in closed(app):
        if rule in ENDS_THE_ASKER:
            continue
        answer = admin.call(method, world.path(rule), **world.sent(method, rule))
        if access is not Access.ADMIN and holds(rule):
            refused_as_missing(answer, rule)
        elif rule != "/organization/members" or method != "POST":
            assert answer.status_code in OK, (method, rule, answer.text)


def test_key_of_this_project(app: Flask, world: World, owner: Tenant, database: Database) -> None:
    """contracts.md: "JWT only", "locked to its project"."""
    key = as_key(owner, key_of(database, owner, world.project))
    for method, rule, access in closed(app):
        answer = key.call(method, world.path(rule), **world.sent(method, rule))
        if access is Access.PROJECT:
            assert answer.status_code in OK, (method, rule, answer.text)
        else:
            assert answer.status_code == 403, (method, rule, answer.text)
            error = answer.json["error"]
            assert error == NO_KEYS if is_v1_path(rule) else error["code"] == "FORBIDDEN"


def test_key_of_a_user(app: Flask, world: World, owner: Tenant) -> None:
    """contracts.md section 3: `st_...` is user-wide; keys are made and revoked with a JWT."""
    made = owner.post("/api/v1/api-keys", json={"name": "mine"}).json
    key = as_key(owner, made["key"])
    for method, rule, access in closed(app):
        answer = key.call(method, world.path(rule), **world.sent(method, rule))
        expected = OK if access in (Access.PROJECT, Access.USER_KEY) else {403}
        assert answer.status_code in expected, (method, rule, answer.text)


def test_key_of_another_project(
    app: Flask, world: World, owner: Tenant, database: Database
) -> None:
    key = as_key(owner, key_of(database, owner, owner.make_project("another")))
    for method, rule, access in closed(app):
        answer = key.call(method, world.path(rule), **world.sent(method, rule))
        if access is not Access.PROJECT:
            assert answer.status_code == 403, (method, rule, answer.text)
        elif holds(rule):
            refused_as_missing(answer, rule)
        else:
            assert answer.status_code == 200, (method, rule, answer.text)


def test_key_lists_its_own_project_alone(world: World, owner: Tenant, database: Database) -> None:
    owner.make_project("another")
    key = as_key(owner, key_of(database, owner, world.project))
    listed = key.get("/projects").json
    assert [project["id"] for project in listed["data"]] == [world.project]
    assert listed["meta"] == {"total": 1}


def test_operator_routes_take_the_operators_token_alone(
    app: Flask, client: FlaskClient, owner: Tenant, config: Config
) -> None:
    operated = [(m, r) for m, r, access in routes(app) if access is Access.OPERATOR]
    assert operated == [("GET", "/metrics")]
    for method, rule in operated:
        assert client.open(rule, method=method).status_code == 401
        assert owner.call(method, rule).status_code == 401
        headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
        assert client.open(rule, method=method, headers=headers).status_code == 200

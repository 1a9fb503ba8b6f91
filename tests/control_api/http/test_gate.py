"""Promise A1: every route outside a short list answers 401 without a credential."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_jwt_extended import create_access_token
from pymongo.database import Database

from control_api.app import create_app
from control_api.http.access import CONSOLE_PUBLIC, PUBLIC, is_of_console
from control_api.wiring.api import build_parts
from settings.config import Config
from tests.control_api.conftest import OPERATOR_TOKEN, PASSWORD, SECRET, Tenant, join


def routes(app: Flask) -> list[tuple[str, str]]:
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
    ]


def test_every_route_that_is_not_public_is_closed(app: Flask, client: FlaskClient) -> None:
    closed = [
        (method, rule)
        for method, rule in routes(app)
        if ("GET" if method == "HEAD" else method, rule) not in PUBLIC | CONSOLE_PUBLIC
    ]
    assert len(closed) > 10
    for method, rule in closed:
        path = re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", rule))
        answer = client.open(path, method=method)
        if is_of_console(rule):
            # A person is led to the sign-in.
            assert answer.status_code == 303, (method, rule, answer.text)
            assert answer.headers["Location"].startswith("/console/login"), (method, rule)
        else:
            assert answer.status_code == 401, (method, rule, answer.text)


def test_the_public_list_names_only_routes_that_exist(app: Flask) -> None:
    assert set(routes(app)) >= PUBLIC


def test_options_reaches_no_view(app: Flask, client: FlaskClient) -> None:
    """test_cors.py says what it answers."""
    assert not [rule for method, rule in routes(app) if method == "OPTIONS"]
    assert client.options("/projects").status_code == 204


def test_a_refusal_is_the_envelope(client: FlaskClient) -> None:
    answer = client.get("/projects")
    assert answer.json == {
        "success": False,
        "error": {"code": "UNAUTHORIZED", "message": "Unauthorized", "details": []},
    }
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def forged(tenant: Tenant, **options: str) -> str:
    claims = jwt.decode(tenant.token, options={"verify_signature": False})
    return jwt.encode(claims, options.get("key", SECRET), algorithm=options["algorithm"])


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_only_one_algorithm_is_taken(tenant: Tenant, algorithm: str) -> None:
    key = SECRET * 2
    token = forged(tenant, algorithm=algorithm, key=key)
    answer = tenant.client.get("/projects", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_an_unsigned_token_is_refused(tenant: Tenant) -> None:
    token = forged(tenant, algorithm="none", key="")
    answer = tenant.client.get("/projects", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_token_of_another_secret_is_refused(tenant: Tenant) -> None:
    token = forged(tenant, algorithm="HS256", key=SECRET[::-1])
    answer = tenant.client.get("/projects", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_an_expired_token_is_refused(app: Flask, tenant: Tenant) -> None:
    with app.app_context():
        token = create_access_token(
            tenant.user_id,
            expires_delta=timedelta(seconds=-1),
            additional_claims={"gen": 0},
        )
    answer = tenant.client.get("/projects", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_token_of_an_older_generation_is_refused(tenant: Tenant, database) -> None:
    assert tenant.get("/projects").status_code == 200
    database["users"].update_one({"_id": tenant.user_id}, {"$inc": {"tokenGeneration": 1}})
    assert tenant.get("/projects").status_code == 401


def test_a_token_of_a_removed_user_is_refused(tenant: Tenant, database) -> None:
    database["users"].delete_one({"_id": tenant.user_id})
    assert tenant.get("/projects").status_code == 401


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic dTpw", "Bearer a.b.c", "Bearer é", "Bearer " + "x" * 5000],
)
def test_a_header_that_is_no_token_is_refused(client: FlaskClient, header: str) -> None:
    answer = client.get("/projects", headers={"Authorization": header})
    assert answer.status_code == 401


# Keys


@pytest.fixture
def key(tenant: Tenant) -> str:
    """Of a project of the tenant's."""
    project = tenant.make_project()
    made = tenant.post(f"/private/projects/{project}/api-keys", json={"name": "a key"})
    assert made.status_code in (200, 201), made.text
    text: str = made.json["data"]["key"]
    return text


def test_a_key_does_what_keys_may_and_nothing_else(client: FlaskClient, key: str) -> None:
    for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
        assert client.get("/usage", headers=headers).status_code == 200
        refused = client.get("/organization/members", headers=headers)
        assert refused.status_code == 403
        assert refused.json["error"]["message"] == (
            "An API key cannot do this; use an access token"
        )


@pytest.mark.parametrize("text", ["", " ", "az_wrong", "wrong"])
def test_a_text_that_is_no_key_is_refused(client: FlaskClient, text: str) -> None:
    assert client.get("/usage", headers={"X-API-Key": text}).status_code == 401


def test_an_access_token_is_no_key(tenant: Tenant) -> None:
    assert tenant.client.get("/projects", headers={"X-API-Key": tenant.token}).status_code == 401


def test_authorization_goes_before_a_key(tenant: Tenant, key: str) -> None:
    wrong = {"Authorization": "Bearer wrong", "X-API-Key": key}
    assert tenant.client.get("/usage", headers=wrong).status_code == 401
    right = {**tenant.headers, "X-API-Key": "az_wrong"}
    assert tenant.client.get("/usage", headers=right).status_code == 200


# Roles


def test_a_member_is_no_owner_and_an_owner_no_admin(tenant: Tenant, database: Database) -> None:
    member = join(tenant, "member@example.com")
    assert tenant.get("/organization/members").status_code == 200
    refused = member.get("/organization/members")
    assert refused.status_code == 403
    assert "owner" in refused.json["error"]["message"]
    refused = tenant.get("/admin/settings")
    assert refused.status_code == 403
    assert "admin" in refused.json["error"]["message"]
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    assert tenant.get("/admin/settings").status_code == 200


@pytest.mark.parametrize(("token", "status"), [(OPERATOR_TOKEN, 200), ("wrong", 401), ("", 401)])
def test_the_operators_token_opens_metrics(client: FlaskClient, token: str, status: int) -> None:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status


def test_without_a_token_set_nobody_is_the_operator(config: Config) -> None:
    parts = build_parts(replace(config, operator_token=""))
    client = create_app(replace(config, operator_token=""), parts).test_client()
    for token in ("", "anything"):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    parts.close()


def test_a_password_that_another_has_set_is_changed_first(
    tenant: Tenant, database: Database
) -> None:
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"mustChangePassword": True}})
    refused = tenant.get("/projects")
    assert refused.status_code == 403
    body = {"currentPassword": PASSWORD, "newPassword": "another horse"}
    assert tenant.post("/auth/change-password", json=body).status_code == 200


# Bodies


def test_a_body_that_a_route_does_not_read_is_refused(tenant: Tenant) -> None:
    job = tenant.make_job()
    path = f"/jobs/{job['id']}/cancel"
    refused = tenant.post(path, json={"force": True})
    assert (refused.status_code, refused.json["error"]["message"]) == (
        400,
        "this route takes no body",
    )
    assert tenant.post(path, data="{}").status_code == 200


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, 400),
        ({"json": []}, 400),
        ({"json": "text"}, 400),
        ({"data": "{broken", "content_type": "application/json"}, 400),
        ({"data": "{}", "content_type": "text/plain"}, 415),
    ],
)
def test_a_body_that_is_wanted_is_a_json_object(
    tenant: Tenant, options: dict[str, Any], status: int
) -> None:
    assert tenant.post("/projects", **options).status_code == status


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(app: Flask, tenant: Tenant) -> None:
    limit = app.config["MAX_CONTENT_LENGTH"]
    body = {"data": b" " * (limit + 1), "content_type": "application/json"}
    assert tenant.post("/projects", **body).status_code == 413
    # Of a route that reads no body at all.
    assert tenant.get("/projects", **body).status_code == 413

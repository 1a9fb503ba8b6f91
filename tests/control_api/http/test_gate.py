"""Promise A1: every route outside a short list answers 401 without a credential."""

from __future__ import annotations

import re
from datetime import timedelta

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_jwt_extended import create_access_token

from control_api.http.access import CONSOLE_PUBLIC, PUBLIC, is_of_console
from tests.control_api.conftest import SECRET, Tenant


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
        answer = client.open(re.sub(r"<[^>]+>", "x", rule), method=method)
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

"""contracts.md section 2: `POST /auth/login`: JSON **or** form, `username` + `password` (a user's name
or email) → `{"access_token","token_type":"bearer"}`; `POST /auth/register {username, password, email?}`
→ 201, same body."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.control_api.api_v1.conftest import MakeUser, V1User, refused

LOGIN = "/api/v1/auth/login"
REGISTER = "/api/v1/auth/register"
ADMIN = {"username": "admin", "password": "password"}


def token_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.text
    assert set(answer.json) == {"access_token", "token_type"}
    assert answer.json["token_type"] == "bearer"
    token: str = answer.json["access_token"]
    return token


def jobs(client: FlaskClient, token: str) -> Any:
    return client.get("/api/v1/jobs", headers={"Authorization": f"Bearer {token}"})


def test_register_answers_201_with_a_token_that_holds(client: FlaskClient) -> None:
    token = token_of(client.post(REGISTER, json=ADMIN), 201)
    assert jobs(client, token).json == []


@pytest.mark.parametrize(
    "sent",
    [
        {"json": ADMIN},
        {"data": ADMIN},
        {"data": {**ADMIN, "grant_type": "password", "scope": ""}},
        {"data": ADMIN, "content_type": "multipart/form-data"},
    ],
    ids=["json", "form", "OAuth2 form", "multipart"],
)
def test_login_takes_json_and_forms(client: FlaskClient, sent: dict[str, Any]) -> None:
    client.post(REGISTER, json=ADMIN)
    assert jobs(client, token_of(client.post(LOGIN, **sent))).status_code == 200


def test_login_takes_the_name_or_the_address(client: FlaskClient) -> None:
    client.post(REGISTER, json={**ADMIN, "email": "Admin@Example.com"})
    for name in ("admin", "ADMIN", "admin@example.com"):
        token_of(client.post(LOGIN, data={"username": name, "password": "password"}))


def test_both_dialects_know_the_same_users(client: FlaskClient) -> None:
    account = {"email": "ann@example.com", "password": "a password", "name": "Ann Lee"}
    client.post("/auth/register", json=account)
    for name in ("ann@example.com", "ann lee"):
        token_of(client.post(LOGIN, json={"username": name, "password": "a password"}))
    client.post(REGISTER, json=ADMIN)
    answer = client.post("/auth/login", json={"email": "admin", "password": "password"})
    assert answer.status_code == 200


def test_a_name_that_is_taken_stays_its_first_users(client: FlaskClient) -> None:
    client.post(REGISTER, json={**ADMIN, "email": "first@example.com"})
    answer = client.post(REGISTER, json={**ADMIN, "username": "Admin", "email": "2@example.com"})
    assert refused(answer, 409, None) == "Username already registered"
    again = client.post(REGISTER, json={**ADMIN, "username": "other", "email": "First@example.com"})
    assert refused(again, 409, None) == "Email already registered"
    # A display name of the other dialect may repeat; it signs nobody in then.
    other = {"email": "late@example.com", "password": "other password", "name": "admin"}
    assert client.post("/auth/register", json=other).status_code == 201
    wrong = client.post(LOGIN, json={"username": "admin", "password": "other password"})
    assert wrong.status_code == 401
    token_of(client.post(LOGIN, json=ADMIN))


def test_a_name_cannot_pass_for_somebodys_address(client: FlaskClient) -> None:
    body = {"username": "victim@example.com", "password": "password", "email": "me@example.com"}
    assert "username must not hold an @" in refused(client.post(REGISTER, json=body))
    named = {"email": "me@example.com", "password": "password", "name": "victim@example.com"}
    client.post("/auth/register", json=named)
    answer = client.post(LOGIN, json={"username": "victim@example.com", "password": "password"})
    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["admin", "nobody"])
def test_wrong_credentials_are_one_401(client: FlaskClient, name: str) -> None:
    """`detail` is `Could not validate credentials`, `error` is `Invalid or missing API key`."""
    client.post(REGISTER, json=ADMIN)
    answer = client.post(LOGIN, json={"username": name, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json == {
        "detail": "Could not validate credentials",
        "error": "Invalid or missing API key",
    }


def test_failures_count_against_the_account_by_whatever_name(client: FlaskClient) -> None:
    client.post(REGISTER, json={**ADMIN, "email": "admin@example.com"})
    for number in range(10):
        name = "admin" if number % 2 else "admin@example.com"
        client.post(LOGIN, json={"username": name, "password": "wrong"})
    answer = client.post(LOGIN, json=ADMIN)
    assert refused(answer, 429, "rate_limit_error") == "Too many requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 900


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"json": {"username": "admin"}}, "password should not be empty"),
        ({"json": {**ADMIN, "grant_type": "x"}}, "property grant_type should not exist"),
        ({"json": ["admin"]}, "body must be a JSON object"),
        ({"json": {"username": 7, "password": "password"}}, "username must be a string"),
        ({"data": {"password": "x"}}, "username should not be empty"),
        ({}, "username should not be empty; password should not be empty"),
        (
            {"data": "{", "content_type": "application/json"},
            "body is not valid JSON: unexpected end of data: line 1 column 2 (char 1)",
        ),
    ],
)
def test_a_login_that_cannot_be_read_is_a_400(
    client: FlaskClient, sent: dict[str, Any], text: str
) -> None:
    assert refused(client.post(LOGIN, **sent)) == text


def test_a_login_in_another_format_is_a_415(client: FlaskClient) -> None:
    answer = client.post(LOGIN, data="admin:password", content_type="text/plain")
    assert refused(answer, 415, None) == "Content-Type must be application/json or a form's"


@pytest.mark.parametrize(
    "body",
    [
        {"username": "", "password": "password"},
        {"username": " admin", "password": "password"},
        {"username": "ad\nmin", "password": "password"},
        {"username": "admin", "password": "short"},
        {"username": "admin", "password": "password", "email": "none"},
        {"username": "admin", "password": "password", "is_admin": True},
    ],
)
def test_a_registration_that_cannot_be_meant_is_a_400(
    client: FlaskClient, body: dict[str, Any]
) -> None:
    refused(client.post(REGISTER, json=body))


def test_a_password_change_ends_older_tokens_here_too(make_user: MakeUser) -> None:
    user: V1User = make_user("ann")
    user.client.post(
        "/auth/change-password",
        json={"currentPassword": "password", "newPassword": "another one"},
        headers={"Authorization": f"Bearer {user.token}"},
    )
    assert user.get("/jobs").status_code == 401

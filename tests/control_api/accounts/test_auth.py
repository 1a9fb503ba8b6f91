from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.azscraper.schemas.account.auth import SessionAnswer
from storage.accounts.credits import Credits
from tests.control_api.conftest import PASSWORD, Tenant

YOU = {"email": "You@Company.com", "password": PASSWORD, "name": "Alex"}


def test_register_answers_a_token_and_the_user(client: FlaskClient) -> None:
    answer = client.post("/auth/register", json=YOU)
    assert answer.status_code == 201
    SessionAnswer.model_validate(answer.json)
    user = answer.json["data"]["user"]
    assert (user["email"], user["name"]) == ("You@Company.com", "Alex")
    bearer = {"Authorization": f"Bearer {answer.json['data']['accessToken']}"}
    assert client.get("/projects", headers=bearer).status_code == 200


def test_register_makes_an_organization_with_the_signup_bonus(
    tenant: Tenant, database: Database
) -> None:
    account = Credits(database)
    assert account.get_balance(tenant.organization_id) == (1_000, 0)
    assert account.recompute(tenant.organization_id) == (1_000, 0)


def test_an_email_is_taken_in_any_case_of_letters(client: FlaskClient) -> None:
    client.post("/auth/register", json=YOU)
    answer = client.post("/auth/register", json={**YOU, "email": "you@company.COM"})
    assert answer.status_code == 409
    assert answer.json["error"] == {
        "code": "EMAIL_ALREADY_EXISTS",
        "message": "Email already registered",
        "details": [],
    }


def test_of_parallel_registrations_of_one_email_one_succeeds(
    app: Flask, database: Database
) -> None:
    def register(_: int) -> int:
        return app.test_client().post("/auth/register", json=YOU).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(register, range(8)))
    assert statuses == [201] + [409] * 7
    assert database["users"].count_documents({}) == 1
    assert database["organizations"].count_documents({}) == 1


def test_login_answers_as_register_does(client: FlaskClient) -> None:
    registered = client.post("/auth/register", json=YOU).json["data"]["user"]
    answer = client.post("/auth/login", json={"email": "you@company.com", "password": PASSWORD})
    assert answer.status_code == 200
    SessionAnswer.model_validate(answer.json)
    assert answer.json["data"]["user"] == registered


def test_a_wrong_password_and_an_unknown_email_are_one_answer(client: FlaskClient) -> None:
    client.post("/auth/register", json=YOU)
    answers = [
        client.post("/auth/login", json={"email": email, "password": "wrong horse"})
        for email in (YOU["email"], "nobody@company.com")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json == answers[1].json
    assert answers[0].json["error"]["code"] == "INVALID_CREDENTIALS"
    assert answers[0].json["error"]["message"] == "Invalid credentials"


def test_a_wrong_password_and_an_unknown_email_take_the_same_time(client: FlaskClient) -> None:
    client.post("/auth/register", json=YOU)

    def median_seconds(email: str) -> float:
        times = []
        for _ in range(9):
            start = time.perf_counter()
            client.post("/auth/login", json={"email": email, "password": "wrong horse"})
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    known, unknown = median_seconds(YOU["email"]), median_seconds("nobody@company.com")
    # Without the stand-in hash the unknown one is ten times faster.
    assert 0.5 < known / unknown < 2


def test_passwords_are_stored_as_argon2id(tenant: Tenant, database: Database) -> None:
    stored = database["users"].find_one({"_id": tenant.user_id})["passwordHash"]
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in str(list(database["users"].find()))


def test_logout_answers_ok_with_and_without_a_token(tenant: Tenant) -> None:
    for answer in (tenant.post("/auth/logout"), tenant.client.post("/auth/logout")):
        assert (answer.status_code, answer.json) == (200, {"data": {"ok": True}})

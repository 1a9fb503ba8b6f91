"""contracts.md, rows `token`, `handoff`: limits on guessing, handoffs, changes of password."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.app import create_app
from control_api.azscraper.schemas.account.auth import HandoffAnswer, SessionAnswer
from control_api.wiring.api import build_parts
from settings.config import Config
from storage.base.clock import utc_now
from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.processes import running_api

WRONG = "not the password"


def login(client: FlaskClient, email: str, password: str) -> int:
    return client.post("/auth/login", json={"email": email, "password": password}).status_code


def test_ten_failed_logins_of_an_account_end_its_tries(tenant: Tenant) -> None:
    """ "10 failed logins per account ... in 15 minutes" """
    assert [login(tenant.client, tenant.email, WRONG) for _ in range(10)] == [401] * 10
    answer = tenant.client.post(
        "/auth/login", json={"email": tenant.email.upper(), "password": PASSWORD}
    )
    assert answer.status_code == 429
    assert answer.json["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_an_account_that_does_not_exist_is_limited_alike(client: FlaskClient) -> None:
    assert [login(client, "nobody@example.com", WRONG) for _ in range(11)] == [401] * 10 + [429]


def test_logins_that_succeed_count_nothing(tenant: Tenant) -> None:
    assert [login(tenant.client, tenant.email, PASSWORD) for _ in range(12)] == [200] * 12


def test_parallel_guesses_are_counted_too(tenant: Tenant) -> None:
    def guess(_: int) -> int:
        client = tenant.client.application.test_client()
        return login(client, tenant.email, WRONG)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(24)))
    assert statuses.count(401) == 10
    assert statuses.count(429) == 14


def test_an_address_has_a_limit_of_its_own(config: Config, redis_client) -> None:
    parts = build_parts(replace(config, login_failures_per_address=3))
    client = create_app(config, parts).test_client()
    statuses = [login(client, f"user{number}@example.com", WRONG) for number in range(4)]
    parts.close()
    assert statuses == [401, 401, 401, 429]


def test_registrations_of_an_address_are_limited(config: Config, redis_client) -> None:
    parts = build_parts(replace(config, registrations_per_address=2))
    client = create_app(config, parts).test_client()
    statuses = [
        client.post(
            "/auth/register", json={"email": f"user{number}@example.com", "password": PASSWORD}
        ).status_code
        for number in range(3)
    ]
    parts.close()
    assert statuses == [201, 201, 429]


def test_the_address_is_the_proxys_word_only_when_proxies_are_trusted(
    config: Config, redis_client
) -> None:
    seen = []
    for proxies in (0, 1):
        limited = replace(config, login_failures_per_address=1, trusted_proxies=proxies)
        parts = build_parts(limited)
        client = create_app(limited, parts).test_client()
        for number in range(2):
            answer = client.post(
                "/auth/login",
                json={"email": f"user{proxies}{number}@example.com", "password": WRONG},
                headers={"X-Forwarded-For": f"198.51.100.{number}"},
            )
            seen.append(answer.status_code)
        parts.close()
    assert seen == [401, 429, 401, 401]


def test_guesses_that_cannot_be_counted_are_refused(config: Config, tenant: Tenant) -> None:
    """D1: with Redis away nobody signs in, right password or wrong; tokens hold on."""
    parts = build_parts(replace(config, redis_url="redis://127.0.0.1:1/0"))
    client = create_app(config, parts).test_client()
    for path, name in (("/auth/login", "email"), ("/api/v1/auth/login", "username")):
        for password in (PASSWORD, WRONG):
            answer = client.post(path, json={name: tenant.email, "password": password})
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "2"
            assert "Sign-ins cannot be counted" in answer.text
    assert client.get("/projects", headers=tenant.headers).status_code == 200
    parts.close()


def test_limits_hold_over_two_processes(config: Config, tenant: Tenant, tmp_path: Path) -> None:
    """A6"""
    with (
        running_api(config, tmp_path / "one.log") as one,
        running_api(config, tmp_path / "two.log") as two,
        httpx.Client(trust_env=False) as client,
    ):
        body = {"email": tenant.email, "password": WRONG}
        statuses = [
            client.post(f"{(one, two)[number % 2]}/auth/login", json=body).status_code
            for number in range(12)
        ]
    assert statuses == [401] * 10 + [429] * 2


class TestHandoff:
    def start(self, tenant: Tenant) -> str:
        answer = tenant.client.post(
            "/auth/login-handoff", json={"email": tenant.email, "password": PASSWORD}
        )
        assert answer.status_code == 200
        HandoffAnswer.model_validate(answer.json)
        return str(answer.json["data"]["handoffToken"])

    def test_a_token_is_good_for_one_login(self, tenant: Tenant, database: Database) -> None:
        token = self.start(tenant)
        assert token not in str(list(database["handoffs"].find()))
        answer = tenant.client.post("/auth/verify-handoff", json={"token": token})
        assert answer.status_code == 200
        SessionAnswer.model_validate(answer.json)
        assert answer.json["data"]["user"]["email"] == tenant.email
        fresh = replace(tenant, token=answer.json["data"]["accessToken"])
        assert fresh.get("/projects").status_code == 200

    def test_unknown_used_and_expired_are_one_answer(
        self, tenant: Tenant, database: Database
    ) -> None:
        """ "Unknown, used and expired: one and the same 401 (ours)" """
        used, expired = self.start(tenant), self.start(tenant)
        tenant.client.post("/auth/verify-handoff", json={"token": used})
        database["handoffs"].update_one(
            {}, {"$set": {"expiresAt": utc_now() - timedelta(milliseconds=1)}}
        )
        answers = [
            tenant.client.post("/auth/verify-handoff", json={"token": token})
            for token in ("unknown", used, expired)
        ]
        assert {(answer.status_code, answer.data) for answer in answers} == {(401, answers[0].data)}

    def test_of_parallel_uses_one_succeeds(self, tenant: Tenant) -> None:
        token = self.start(tenant)

        def use(_: int) -> int:
            client = tenant.client.application.test_client()
            return client.post("/auth/verify-handoff", json={"token": token}).status_code

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(use, range(16))) == [200] + [401] * 15

    def test_it_expires_in_sixty_seconds(self, tenant: Tenant, database: Database) -> None:
        """ "60 s" """
        self.start(tenant)
        left = database["handoffs"].find_one()["expiresAt"].timestamp() - time.time()
        assert 55 < left <= 60

    def test_a_change_of_password_ends_it(self, tenant: Tenant) -> None:
        token = self.start(tenant)
        change(tenant, PASSWORD, "another password")
        answer = tenant.client.post("/auth/verify-handoff", json={"token": token})
        assert answer.status_code == 401


def change(tenant: Tenant, current: str, new: str) -> httpx.Response:
    body = {"currentPassword": current, "newPassword": new}
    return tenant.post("/auth/change-password", json=body)


class TestChangeOfPassword:
    def test_it_ends_all_older_tokens(self, tenant: Tenant) -> None:
        """ "ends all older tokens of the user (ours)" """
        answer = change(tenant, PASSWORD, "another password")
        assert answer.status_code == 200
        assert tenant.get("/projects").status_code == 401
        fresh = replace(tenant, token=answer.json["data"]["accessToken"])
        assert fresh.get("/projects").status_code == 200
        assert login(tenant.client, tenant.email, PASSWORD) == 401
        assert login(tenant.client, tenant.email, "another password") == 200

    def test_the_current_password_must_be_right(self, tenant: Tenant) -> None:
        """ "wrong: 401 `WRONG_CURRENT_PASSWORD`" """
        answer = change(tenant, WRONG, "another password")
        assert answer.status_code == 401
        assert answer.json["error"]["code"] == "WRONG_CURRENT_PASSWORD"
        assert tenant.get("/projects").status_code == 200

    def test_guessing_is_limited(self, tenant: Tenant) -> None:
        statuses = [change(tenant, WRONG, "another password").status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]

    @pytest.mark.parametrize("new", ["short", "", None])
    def test_the_new_password_must_be_one(self, tenant: Tenant, new: str | None) -> None:
        assert change(tenant, PASSWORD, new).status_code == 400  # type: ignore[arg-type]

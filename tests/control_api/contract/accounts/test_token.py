"""The contract, token: "JWT, 7 days, no refresh; `POST /auth/logout` is stateless and answers 200
`{"data": {"ok": true}}` with or without Bearer. Bearer may also be a project API key. `POST
/auth/change-password {currentPassword,newPassword}` (wrong: 401 `WRONG_CURRENT_PASSWORD`) ends
all older tokens of the user (ours). Limits: 10 failed logins per account and 100 per address in
15 minutes, 100 registrations an hour per address (settings)"
"""

from __future__ import annotations

from dataclasses import replace

import jwt
from flask.testing import FlaskClient

from settings.config import Config
from storage.queue.rate_limits import RateLimits
from tests.control_api.conftest import PASSWORD, SECRET, Tenant

DAY = 24 * 60 * 60


def test_it_is_a_jwt_of_seven_days(tenant: Tenant) -> None:
    claims = jwt.decode(tenant.token, SECRET, algorithms=["HS256"])
    assert claims["exp"] - claims["iat"] == 7 * DAY
    login = {"email": tenant.email, "password": PASSWORD}
    answer = tenant.client.post("/auth/login", json=login).json["data"]
    assert not [name for name in answer if "refresh" in name.lower()]
    expired = jwt.encode({**claims, "exp": claims["iat"] - 1}, SECRET, algorithm="HS256")
    unsigned = jwt.encode(claims, None, algorithm="none")
    for token in (expired, unsigned, tenant.token + "x"):
        assert replace(tenant, token=token).get("/projects").status_code == 401


def test_logout_is_stateless(tenant: Tenant) -> None:
    for answer in (tenant.post("/auth/logout"), tenant.client.post("/auth/logout")):
        assert (answer.status_code, answer.json) == (200, {"data": {"ok": True}})
    assert tenant.get("/projects").status_code == 200


def test_bearer_may_be_a_project_api_key(tenant: Tenant) -> None:
    path = f"/private/projects/{tenant.make_project()}/api-keys"
    key = tenant.post(path, json={"name": "ci"}).json["data"]["key"]
    assert replace(tenant, token=key).get("/projects").status_code == 200


def test_a_change_of_password_ends_older_tokens(tenant: Tenant) -> None:
    wrong = {"currentPassword": "wrong horse", "newPassword": "another horse"}
    answer = tenant.post("/auth/change-password", json=wrong)
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "WRONG_CURRENT_PASSWORD")
    right = {**wrong, "currentPassword": PASSWORD}
    assert tenant.post("/auth/change-password", json=right).status_code == 200
    assert tenant.get("/projects").status_code == 401


def test_failed_logins_have_a_limit(tenant: Tenant) -> None:
    def login(email: str) -> int:
        body = {"email": email, "password": "wrong horse"}
        return tenant.client.post("/auth/login", json=body).status_code

    assert [login(tenant.email) for _ in range(11)] == [401] * 10 + [429]


def test_limits_are_settings_with_these_defaults(app, client: FlaskClient) -> None:
    default = Config()
    assert default.login_failures_per_account == 10
    assert default.login_failures_per_address == 100
    assert default.registrations_per_address == 100
    sign_in = app.extensions["azscraper"].sign_in
    assert isinstance(sign_in._rates, RateLimits)
    windows = [sign_in._account, sign_in._address, sign_in._registrations]
    assert [limit.window_seconds for limit in windows] == [15 * 60, 15 * 60, 60 * 60]

"""The contract, handoff: "`POST /auth/login-handoff {email,password}` → `{"data":
{"handoffToken","expiresAt"}}` (60 s, stored hashed, consumed once, atomically); `POST
/auth/verify-handoff {token}` → same as login. Unknown, used and expired: one and the same 401
(ours)"
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask.testing import FlaskClient
from pymongo.database import Database

from storage.base.clock import utc_now
from tests.control_api.conftest import PASSWORD, Tenant


def start(tenant: Tenant) -> str:
    body = {"email": tenant.email, "password": PASSWORD}
    answer = tenant.client.post("/auth/login-handoff", json=body)
    assert answer.status_code == 200
    assert set(answer.json["data"]) == {"handoffToken", "expiresAt"}
    return str(answer.json["data"]["handoffToken"])


def verify(client: FlaskClient, token: str):
    return client.post("/auth/verify-handoff", json={"token": token})


def test_a_handoff_is_a_login(tenant: Tenant, database: Database) -> None:
    token = start(tenant)
    stored = database["handoffs"].find_one()
    assert token not in str(stored)
    assert timedelta(seconds=55) < stored["expiresAt"] - utc_now() <= timedelta(seconds=60)
    answer = verify(tenant.client, token)
    assert answer.status_code == 200
    assert set(answer.json["data"]) == {"accessToken", "user"}
    assert answer.json["data"]["user"]["email"] == tenant.email


def test_it_is_consumed_once(tenant: Tenant) -> None:
    token = start(tenant)

    def use(_: int) -> int:
        return verify(tenant.client.application.test_client(), token).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(16))) == [200] + [401] * 15


def test_unknown_used_and_expired_are_the_same_401(tenant: Tenant, database: Database) -> None:
    used, expired = start(tenant), start(tenant)
    verify(tenant.client, used)
    database["handoffs"].update_many({}, {"$set": {"expiresAt": utc_now()}})
    answers = [verify(tenant.client, token) for token in ("unknown", used, expired)]
    assert {(answer.status_code, answer.data) for answer in answers} == {(401, answers[0].data)}

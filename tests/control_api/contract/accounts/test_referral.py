"""The contract, referral: "`POST /referral/link` → `{referralCode, referralLink}`; `GET
/referral/stats` (clicks, registrations, activeReferrals, totalCommission); `GET /referral/users`,
`GET /referral/commissions?from&to` paginated; `POST /referral/click {referralCode}` without auth,
5 per 10 s per IP. Self-referral and double attribution are refused; an unknown code at register
is ignored (ours)"
"""

from __future__ import annotations

import pytest
from pymongo.database import Database

from storage.jobs.settlement import Settlement
from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.crawling import end_target


@pytest.fixture
def code(tenant: Tenant) -> str:
    data = tenant.post("/referral/link").json["data"]
    assert set(data) == {"referralCode", "referralLink"}
    assert data["referralCode"] in data["referralLink"]
    return str(data["referralCode"])


def register(tenant: Tenant, email: str, code: str) -> int:
    body = {"email": email, "password": PASSWORD, "referralCode": code}
    return tenant.client.post("/auth/register", json=body).status_code


def test_stats_users_and_commissions(tenant: Tenant, code: str) -> None:
    assert register(tenant, "friend@example.com", code) == 201
    stats = tenant.get("/referral/stats").json["data"]
    assert set(stats) == {"clicks", "registrations", "activeReferrals", "totalCommission"}
    assert stats["registrations"] == 1
    for path in ("/referral/users", "/referral/commissions"):
        listed = tenant.get(f"{path}?limit=1&offset=0").json
        assert set(listed) == {"data", "meta"}
    assert tenant.get("/referral/users?offset=1").json == {"data": [], "meta": {"total": 1}}
    assert tenant.get("/referral/commissions?from=2025-01-01&to=2025-02-01").status_code == 200


def test_a_click_needs_no_auth_and_is_limited(tenant: Tenant, code: str) -> None:
    body = {"referralCode": code}
    answers = [tenant.client.post("/referral/click", json=body) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 10
    assert tenant.get("/referral/stats").json["data"]["clicks"] == 5


def test_self_referral_and_double_attribution_are_refused(
    tenant: Tenant, code: str, database: Database
) -> None:
    assert register(tenant, tenant.email.replace("@", "+me@"), code) == 201
    assert database["referrals"].count_documents({}) == 0
    assert register(tenant, "friend@example.com", code) == 201
    assert register(tenant, "friend@example.com", code) == 409
    assert tenant.get("/referral/stats").json["data"]["registrations"] == 1


def test_an_unknown_code_at_register_is_ignored(tenant: Tenant, database: Database) -> None:
    assert register(tenant, "friend@example.com", "NOSUCH") == 201
    assert database["referrals"].count_documents({}) == 0


def test_a_friend_who_crawled_is_active(
    tenant: Tenant, code: str, settlement: Settlement, database: Database
) -> None:
    register(tenant, "friend@example.com", code)
    assert tenant.get("/referral/stats").json["data"]["activeReferrals"] == 0
    login = {"email": "friend@example.com", "password": PASSWORD}
    token = tenant.client.post("/auth/login", json=login).json["data"]["accessToken"]
    friend = Tenant(tenant.client, login["email"], token, "", "")
    end_target(settlement, friend.make_job()["id"], 0)
    assert tenant.get("/referral/stats").json["data"]["activeReferrals"] == 1

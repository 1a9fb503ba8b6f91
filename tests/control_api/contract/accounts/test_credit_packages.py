"""The contract, credits packages: "`GET /private/credits/packages` as the seed" """

from __future__ import annotations

from tests.control_api.conftest import Tenant

STARTER = {
    "id": "starter", "name": "Starter", "priceCents": 500, "currency": "USD", "credits": 50_000,
    "bonusCredits": 0,
}  # fmt: skip


def test_packages(tenant: Tenant) -> None:
    answer = tenant.get("/private/credits/packages")
    assert answer.status_code == 200
    assert answer.json["data"][0] == STARTER
    assert all(set(package) == set(STARTER) for package in answer.json["data"])
    assert tenant.client.get("/private/credits/packages").status_code == 401

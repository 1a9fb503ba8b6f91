"""The contract, plans: "a plan is data: `free` has the seed's 10 jobs, 100 targets, 20 exports a
month; `unlimited` has none and reserves no credits (`creditsReserved` 0). New organizations get
`DEFAULT_PLAN` (default `free`); the embedded stack's own first user gets `unlimited`"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pymongo.database import Database
from redis import Redis

from control_api.app import create_app
from control_api.wiring.api import build_parts
from settings.config import Config, load_config
from tests.control_api.conftest import PASSWORD, Tenant


def limits(tenant: Tenant) -> dict:
    found: dict = tenant.get("/usage").json["data"]["limits"]
    return found


def test_free_has_the_originals_limits(tenant: Tenant) -> None:
    assert limits(tenant) == {"jobsPerMonth": 10, "targetsPerMonth": 100, "exportsPerMonth": 20}


def test_unlimited_has_none_and_reserves_nothing(make_tenant: Callable[..., Tenant]) -> None:
    tenant = make_tenant("unlimited")
    assert set(limits(tenant).values()) == {None}
    job = tenant.make_job(targets=[f"k{number}" for number in range(101)])
    assert job["creditsReserved"] == 0
    assert tenant.get("/usage").json["data"]["credits"] == {"balance": 1_000, "reserved": 0}


def test_new_organizations_get_the_default_plan(
    config: Config, redis_client: Redis, database: Database
) -> None:
    assert (config.default_plan, load_config({}).default_plan) == ("free", "free")
    generous = replace(config, default_plan="unlimited")
    parts = build_parts(generous)
    body = {"email": "you@example.com", "password": PASSWORD}
    answer = create_app(generous, parts).test_client().post("/auth/register", json=body)
    parts.close()
    assert answer.status_code == 201
    assert database["organizations"].find_one({})["plan"] == "unlimited"

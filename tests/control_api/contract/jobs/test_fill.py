"""`fill` of lists (ours): the pages of products beside a list are charged like details, and only those read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from control_api.services.jobs.types.registry import price_of
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target


def created(tenant: Tenant, targets: list[str], **config: Any) -> dict[str, Any]:
    body = {"type": "bestsellers", "targets": targets, "config": config}
    answer = tenant.post(f"/projects/{tenant.make_project()}/jobs", json=body)
    assert answer.status_code == 201, answer.text
    job: dict[str, Any] = answer.json["data"]
    return job


@pytest.mark.parametrize(
    ("asked", "reserved"),
    [
        ({"fill": True}, 5 + 40 * 2),
        ({"fill": True, "maxResults": 500}, 5 + 40 * 2),
        ({"fill": True, "maxResults": 90}, 5 + 30 * 2),
        ({"fill": True, "maxResults": 40}, 5 + 10 * 2),
        ({"fill": True, "maxResults": 30}, 5),
        ({"fill": False}, 5),
        ({}, 5),
    ],
)
def test_what_may_be_filled_at_most_is_reserved(
    make_tenant: Callable[..., Tenant], asked: dict[str, Any], reserved: int
) -> None:
    tenant = make_tenant("free")
    assert created(tenant, ["electronics"], **asked)["creditsReserved"] == reserved
    body = {"type": "bestsellers", "targets": ["electronics"], "config": asked}
    check = tenant.post(f"/projects/{tenant.make_project()}/jobs/check", json=body).json["data"]
    assert check["credits"]["total"] == reserved


def test_the_pages_that_were_read_are_charged(
    make_tenant: Callable[..., Tenant], settlement: Settlement
) -> None:
    tenant = make_tenant("free")
    job = created(tenant, ["electronics", "books", "pets"], fill=True)
    end_target(settlement, job["id"], 0, [{"asin": "B000000001"}], product_pages=7)
    end_target(settlement, job["id"], 1, [{"asin": "B000000002"}])
    fail_target(settlement, job["id"], 2)
    usage = tenant.get("/usage").json["data"]["credits"]
    assert usage == {"balance": 1_000 - 2 * 5 - 7 * 2, "reserved": 0}
    report = tenant.get(f"/jobs/{job['id']}/report").json["data"]
    assert [one for one in report["sums"] if not one["holds"]] == []
    assert any("7 product pages" in one["claim"] for one in report["sums"])


def test_a_spider_job_reserves_and_pays_the_most() -> None:
    arguments = {"targets": "electronics,books", "fill": "TRUE"}
    price = price_of("spider", "amazon_bestsellers", {"arguments": arguments})
    assert price.most == price.per_target == 2 * (5 + 40 * 2)

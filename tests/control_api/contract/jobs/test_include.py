"""`include` of details (ours): what is read beside a product is checked, reserved, and charged where it was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from control_api.services.jobs.types.registry import price_of
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target

ASINS = ["B000000001", "B000000002", "B000000003"]


def asked(tenant: Tenant, targets: list[str], **wanted: Any) -> Any:
    body = {"type": "details", "targets": targets, "config": wanted}
    return tenant.post(f"/projects/{tenant.make_project()}/jobs", json=body)


@pytest.mark.parametrize(
    ("wanted", "reserved", "pages"),
    [
        ({"include": ["offers"]}, 2 + 2, 1 + 10),
        ({"include": ["offers"], "maxOffers": 25}, 2 + 2, 1 + 3),
        ({"include": ["offers"], "expandVariants": 3}, 4 * (2 + 2), 4 * 11),
        ({"include": []}, 2, 1),
        ({"include": None, "maxOffers": 5}, 2, 1),
        ({}, 2, 1),
    ],
)
def test_offers_beside_are_reserved_as_offers_jobs_are(
    make_tenant: Callable[..., Tenant], wanted: dict[str, Any], reserved: int, pages: int
) -> None:
    tenant = make_tenant("free")
    job = asked(tenant, ASINS[:1], **wanted).json["data"]
    assert job["creditsReserved"] == reserved
    body = {"type": "details", "targets": ASINS[:1], "config": wanted}
    check = tenant.post(f"/projects/{tenant.make_project()}/jobs/check", json=body).json["data"]
    assert (check["credits"]["total"], check["pages"]) == (reserved, pages)


def test_lists_of_offers_that_were_read_are_charged(
    make_tenant: Callable[..., Tenant], settlement: Settlement
) -> None:
    tenant = make_tenant("free")
    job = asked(tenant, ASINS, include=["offers"]).json["data"]
    end_target(settlement, job["id"], 0, [{"asin": ASINS[0]}], product_pages=1)
    end_target(settlement, job["id"], 1, [{"asin": ASINS[1]}])
    fail_target(settlement, job["id"], 2)
    usage = tenant.get("/usage").json["data"]["credits"]
    assert usage == {"balance": 1_000 - 2 * 2 - 1 * 2, "reserved": 0}
    report = tenant.get(f"/jobs/{job['id']}/report").json["data"]
    assert [one for one in report["sums"] if not one["holds"]] == []


def test_a_spider_job_reserves_and_pays_the_most() -> None:
    arguments = {"targets": ",".join(ASINS), "include": "offers", "expand_variants": "1"}
    price = price_of("spider", "amazon_detail", {"arguments": arguments})
    assert price.most == price.per_target == 3 * 2 * (2 + 2)


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ({"include": ["reviews"]}, "include"),
        ({"include": "offers"}, "include"),
        ({"include": ["offers"], "conditions": ["shiny"]}, "conditions"),
        ({"include": ["offers"], "maxOffers": 0}, "maxOffers"),
    ],
)
def test_what_cannot_be_included_is_refused_by_name(
    make_tenant: Callable[..., Tenant], wanted: dict[str, Any], named: str
) -> None:
    answer = asked(make_tenant("free"), ASINS[:1], **wanted)
    assert (answer.status_code, named in answer.text) == (400, True), answer.text


def test_retry_and_rows_know_what_was_included(
    make_tenant: Callable[..., Tenant], settlement: Settlement
) -> None:
    tenant = make_tenant("free")
    job = asked(tenant, ASINS[:1], include=["offers"], maxOffers=3).json["data"]
    fail_target(settlement, job["id"], 0)
    again = tenant.post(f"/jobs/{job['id']}/retry", json={"only": "failed"}).json["data"]
    assert again["config"] == {"include": ["offers"], "maxOffers": 3}
    assert again["creditsReserved"] == 4
    offers = [{"offerId": "x", "position": 1}]
    end_target(settlement, again["id"], 0, [{"asin": ASINS[0], "allOffers": offers}])
    answer = tenant.get(f"/jobs/{again['id']}/export", query_string={"format": "csv"})
    header, line = answer.text.splitlines()[:2]
    assert "allOffers" in header.lstrip("\ufeff").split(",")
    assert '""offerId"":""x""' in line.replace(" ", "")

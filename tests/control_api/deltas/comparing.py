"""Two jobs, and what the API says of their difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from control_api.azscraper.schemas.jobs.deltas import DeltaAnswer
from tests.control_api.conftest import Tenant
from tests.control_api.services.monitors.rules.rows import product

ASINS = [f"B00000000{number}" for number in range(1, 9)]


Row = dict[str, Any]


def details(tenant: Tenant, project: str, asins: Sequence[str], **config: Any) -> str:
    job = tenant.make_job(project, type="details", targets=list(asins), config=config)
    found: str = job["id"]
    return found


def sold(asin: str, price: str = "20.00", currency: str = "EUR", **other: Any) -> Row:
    return product(price, currency, asin=asin, **other)


def delta(tenant: Tenant, newer: str, older: str, query: str = "") -> Any:
    answer = tenant.get(f"/jobs/{newer}/delta?against={older}{query}")
    assert answer.status_code == 200, answer.text
    DeltaAnswer.model_validate(answer.json)
    return answer.json

"""The report of a job, as the API gives it."""

from __future__ import annotations

from typing import Any

from tests.control_api.conftest import Tenant


def report(tenant: Tenant, job_id: str) -> dict[str, Any]:
    answer = tenant.get(f"/jobs/{job_id}/report")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json["data"]
    assert found["addsUp"] == all(one["holds"] for one in found["sums"])
    return found


def wrong_sums(found: dict[str, Any]) -> list[str]:
    return [one["name"] for one in found["sums"] if not one["holds"]]

"""The contract, results: "default `{"data": [rows], "meta": {"total"}}` with `limit` (default 100,
≤1,000) and `offset` or `cursor`; with `page`/`pageSize` given: `{"data": {"items", "pagination":
{"page","pageSize","total"}}}`. Order: target, page, position. Available while the job runs"
"""

from __future__ import annotations

import pytest

from storage.base.ids import target_id
from storage.base.records import NewRow, TargetEnd
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target


@pytest.fixture
def job_id(tenant: Tenant, settlement: Settlement) -> str:
    """Runs still. Its second target ended first, with its pages out of order."""
    job: str = tenant.make_job(targets=["a", "b", "c"])["id"]
    rows = [NewRow(page, position, {"n": 20 + page * 2 + position})
            for page in (2, 1) for position in (2, 1)]  # fmt: skip
    settlement.commit([], [TargetEnd(id=target_id(job, 1), job_id=job, token=1, rows=rows)])
    end_target(settlement, job, 0, [{"n": 1}, {"n": 2}])
    return job


def numbers(rows: list[dict]) -> list[int]:
    return [row["n"] for row in rows]


IN_ORDER = [1, 2, 23, 24, 25, 26]


def test_default_shape_order_and_while_the_job_runs(tenant: Tenant, job_id: str) -> None:
    assert tenant.get(f"/jobs/{job_id}").json["data"]["status"] == "running"
    answer = tenant.get(f"/jobs/{job_id}/results").json
    assert set(answer) == {"data", "meta"}
    assert numbers(answer["data"]) == IN_ORDER
    assert answer["meta"]["total"] == 6


def test_offset_and_cursor(tenant: Tenant, job_id: str) -> None:
    path = f"/jobs/{job_id}/results"
    assert numbers(tenant.get(f"{path}?limit=2&offset=3").json["data"]) == IN_ORDER[3:5]
    first = tenant.get(f"{path}?limit=4").json
    rest = tenant.get(f"{path}?limit=4&cursor={first['meta']['nextCursor']}").json
    assert numbers(first["data"] + rest["data"]) == IN_ORDER


def test_limits(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job()["id"]
    end_target(settlement, job, 0, [{"n": n} for n in range(1_001)])
    path = f"/jobs/{job}/results"
    assert len(tenant.get(path).json["data"]) == 100
    assert len(tenant.get(f"{path}?limit=1000").json["data"]) == 1_000
    assert tenant.get(f"{path}?limit=1001").status_code == 400


def test_numbered_pages(tenant: Tenant, job_id: str) -> None:
    path = f"/jobs/{job_id}/results"
    for query, page, size, shown in (
        ("page=2&pageSize=4", 2, 4, IN_ORDER[4:]),
        ("page=1", 1, 50, IN_ORDER),
        ("pageSize=5", 1, 5, IN_ORDER[:5]),
    ):
        answer = tenant.get(f"{path}?{query}").json
        assert set(answer) == {"data"}
        assert numbers(answer["data"]["items"]) == shown
        assert answer["data"]["pagination"] == {"page": page, "pageSize": size, "total": 6}

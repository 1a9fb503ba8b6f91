"""The contract, usage: "`GET /usage` exactly as the seed + ours: `credits{balance,reserved}`" """

from __future__ import annotations

from tests.control_api.conftest import Tenant


def test_usage(tenant: Tenant) -> None:
    job = tenant.make_job(targets=["a", "b"])
    tenant.get(f"/jobs/{job['id']}/export")
    answer = tenant.get("/usage")
    assert answer.status_code == 200
    assert answer.json == {
        "data": {
            "limits": {"jobsPerMonth": 10, "targetsPerMonth": 100, "exportsPerMonth": 20},
            "used": {"jobsThisMonth": 1, "targetsThisMonth": 2, "exportsThisMonth": 1},
            "remaining": {"jobsPerMonth": 9, "targetsPerMonth": 98, "exportsPerMonth": 19},
            "credits": {"balance": 990, "reserved": 10},
        }
    }

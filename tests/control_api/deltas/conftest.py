from __future__ import annotations

import pytest

from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.deltas.comparing import ASINS, details, sold
from tests.control_api.services.monitors.rules.rows import placement


@pytest.fixture
def project(tenant: Tenant) -> str:
    return tenant.make_project()


@pytest.fixture
def pair(tenant: Tenant, project: str, settlement: Settlement) -> tuple[str, str]:
    """Two details jobs with one target of each fate, their lists in different orders."""
    older = details(tenant, project, ASINS[:7])
    newer = details(tenant, project, [*reversed(ASINS[1:7]), ASINS[7]])
    of_newer = {asin: index for index, asin in enumerate([*reversed(ASINS[1:7]), ASINS[7]])}
    for index in (0, 1, 2, 5, 6):
        end_target(settlement, older, index, [sold(ASINS[index])])
    fail_target(settlement, older, 3)
    end_target(settlement, older, 4, [sold(ASINS[4])])
    later = {"scrapedAt": "2026-01-02T06:00:00.000Z"}
    changed = sold(ASINS[1], "18.00", seller={"id": "A2", "name": "B shop"}, **later)
    end_target(settlement, newer, of_newer[ASINS[1]], [changed])
    end_target(settlement, newer, of_newer[ASINS[2]], [sold(ASINS[2], **later)])
    end_target(settlement, newer, of_newer[ASINS[3]], [sold(ASINS[3], **later)])
    fail_target(settlement, newer, of_newer[ASINS[4]])
    fail_target(settlement, newer, of_newer[ASINS[5]], code="BLOCKED_CAPTCHA")
    end_target(settlement, newer, of_newer[ASINS[6]], [sold(ASINS[6], "22.10", "USD", **later)])
    end_target(settlement, newer, of_newer[ASINS[7]], [sold(ASINS[7], **later)])
    return older, newer


@pytest.fixture
def searches(tenant: Tenant, project: str, settlement: Settlement) -> tuple[str, str]:
    older, newer = (tenant.make_job(project, targets=["usb hub", "kettle"])["id"] for _ in range(2))
    for job, order in ((older, "abc"), (newer, "bXda")):
        rows = [placement(name.lower(), sponsored=name.isupper()) for name in order]
        end_target(settlement, job, 0, rows)
    end_target(settlement, older, 1, [placement("a")])
    fail_target(settlement, newer, 1, code="BLOCKED_THROTTLED")
    return older, newer

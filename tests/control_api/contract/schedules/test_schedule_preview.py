"""`POST /schedules/preview`: what a cron expression says, and when it comes due, by the scheduler's own code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from control_api.services.schedules.cron import Cron
from storage.base.clock import utc_now
from tests.control_api.conftest import Tenant


def preview(tenant: Tenant, **body: Any) -> dict[str, Any]:
    answer = tenant.post("/schedules/preview", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json["data"]
    return found


def test_it_says_in_words_and_in_times(tenant: Tenant) -> None:
    found = preview(tenant, cron="30 2 * * *", timezone="Asia/Kathmandu")
    assert (found["words"], found["timezone"]) == ("At 02:30 every day", "Asia/Kathmandu")
    assert len(found["runs"]) == 5
    for run in found["runs"]:
        assert run["local"].endswith("T02:30:00+05:45")
        assert run["at"].endswith("T20:45:00.000Z")
        at, local = (datetime.fromisoformat(run[name]) for name in ("at", "local"))
        assert at == local > utc_now()


def test_the_next_run_is_that_of_a_schedule_made_now(tenant: Tenant) -> None:
    asked = {"cron": "17 */5 1-28 * *", "timezone": "America/New_York"}
    (first,) = preview(tenant, **asked, count=1)["runs"]
    crawl = {"type": "search", "targets": ["usb hub"]}
    made = tenant.post(
        f"/projects/{tenant.make_project()}/schedules", json={**asked, "crawlConfig": crawl}
    )
    assert made.json["data"]["nextRunAt"] == first["at"]


def test_the_changes_of_clocks_are_in_it() -> None:
    """02:30 does not exist on the day of the change in spring: it runs at the next time that does."""
    before = datetime(2025, 3, 29, 12, tzinfo=UTC)
    runs = list(Cron("30 2 * * *", "Europe/Berlin").next_times(before, 2))
    assert [run.isoformat() for run in runs] == [
        "2025-03-30T03:00:00+02:00",
        "2025-03-31T02:30:00+02:00",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"cron": "61 * * * *"},
        {"cron": "* * * *"},
        {"cron": "0 0 30 2 *"},
        {"cron": "0 6 * * *", "timezone": "Mars/Olympus"},
        {"cron": "0 6 * * *", "count": 101},
        {"cron": "0 6 * * *", "enabled": True},
    ],
)
def test_what_never_runs_is_refused(tenant: Tenant, body: dict[str, Any]) -> None:
    answer = tenant.post("/schedules/preview", json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")

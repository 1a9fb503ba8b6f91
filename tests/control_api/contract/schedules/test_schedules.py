"""The contract, schedules: "POST 201, GET, PATCH, as the seed; ours: `timezone` (IANA, default UTC),
`DELETE /schedules/:id`, `nextRunAt`, `lastRunAt`, `lastJobId`, `lastOutcome`. Five-field cron;
what cannot run is a 400; `name`, `POST /schedules/:id/run` (a slot by hand, same rules),
`GET /schedules/:id/jobs` (ours)"
"""

from __future__ import annotations

import pytest

from tests.control_api.conftest import Tenant

CRAWL = {"type": "search", "targets": ["usb hub"], "config": {"lang": "de-DE"}}


def test_schedules(tenant: Tenant) -> None:
    path = f"/projects/{tenant.make_project()}/schedules"
    answer = tenant.post(path, json={"cron": "0 6 * * *", "crawlConfig": CRAWL})
    made = answer.json["data"]
    assert (answer.status_code, made["timezone"], made["enabled"]) == (201, "UTC", True)
    assert made["crawlConfig"] == CRAWL
    assert "T06:00:00.000Z" in made["nextRunAt"]
    assert [made[name] for name in ("lastRunAt", "lastJobId", "lastOutcome")] == [None] * 3
    assert tenant.get(path).json == {"data": [made], "meta": {"total": 1}}
    where = f"/schedules/{made['id']}"
    changed = tenant.patch(where, json={"timezone": "Asia/Kathmandu"}).json["data"]
    assert "T00:15:00.000Z" in changed["nextRunAt"]
    assert tenant.patch(where, json={"enabled": False}).json["data"]["enabled"] is False
    assert tenant.call("DELETE", where).status_code == 200
    missing = tenant.get(where)
    assert (missing.status_code, missing.json["error"]["code"]) == (404, "SCHEDULE_NOT_FOUND")


def test_a_schedule_is_named_and_run_by_hand(tenant: Tenant) -> None:
    path = f"/projects/{tenant.make_project()}/schedules"
    body = {"name": " Cables ", "cron": "0 6 * * *", "crawlConfig": CRAWL}
    made = tenant.post(path, json=body).json["data"]
    assert made["name"] == "Cables"
    answer = tenant.post(f"/schedules/{made['id']}/run")
    slot = answer.json["data"]
    assert (answer.status_code, slot["status"], slot["trigger"]) == (201, "started", "hand")
    jobs = tenant.get(f"/schedules/{made['id']}/jobs").json
    assert jobs["meta"] == {"total": 1}
    (job,) = jobs["data"]
    assert (job["id"], job["scheduleId"]) == (slot["jobId"], made["id"])
    assert [target["value"] for target in job["targets"]] == CRAWL["targets"]
    again = tenant.post(f"/schedules/{made['id']}/run")
    assert (again.status_code, again.json["error"]["code"]) == (409, "CONFLICT")


@pytest.mark.parametrize(
    "change",
    [
        {"cron": "0 6 * *"}, {"cron": "0 0 6 * * *"}, {"cron": "61 * * * *"}, {"cron": "@daily"},
        {"cron": "0 0 31 2 *"}, {"timezone": "Mars/Olympus"}, {"crawlConfig": {**CRAWL, "targets": []}},
        {"crawlConfig": {"type": "details", "targets": ["nonsense"]}}, {"name": ""}, {"name": "  "},
        {"name": "x" * 201}, {"name": 5},
    ],
)  # fmt: skip
def test_what_cannot_run_is_a_400(tenant: Tenant, change: dict) -> None:
    path = f"/projects/{tenant.make_project()}/schedules"
    body = {"cron": "0 6 * * *", "crawlConfig": CRAWL, **change}
    assert tenant.post(path, json=body).status_code == 400
    assert tenant.get(path).json["meta"] == {"total": 0}

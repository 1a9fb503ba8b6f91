"""Contract, section 1, row `schedules`: POST 201, GET, PATCH, as the seed; ours: `timezone` (IANA,
default UTC), `DELETE /schedules/:id`, `nextRunAt`, `lastRunAt`, `lastJobId`, `lastOutcome`.
Five-field cron; what cannot run is a 400."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.azscraper.schemas.schedules import ScheduleAnswer, SchedulesAnswer, SlotsAnswer
from control_api.worker.bootstrap import _slot_runner
from storage.clock import utc_now
from storage.seed_queue import SeedQueue
from tests.control_api.conftest import Tenant

CRAWL = {"type": "search", "targets": ["usb hub"], "config": {"lang": "de-DE"}}
DAILY = {"cron": "30 2 * * *", "crawlConfig": CRAWL}


def make(tenant: Tenant, project: str | None = None, **body: Any) -> dict[str, Any]:
    answer = tenant.post(
        f"/projects/{project or tenant.make_project()}/schedules", json={**DAILY, **body}
    )
    assert answer.status_code == 201, answer.text
    ScheduleAnswer.model_validate(answer.json)
    schedule: dict[str, Any] = answer.json["data"]
    return schedule


def change(tenant: Tenant, schedule: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = tenant.patch(f"/schedules/{schedule['id']}", json=body)
    assert answer.status_code == 200, answer.text
    ScheduleAnswer.model_validate(answer.json)
    changed: dict[str, Any] = answer.json["data"]
    return changed


def test_a_schedule_is_made_as_the_seed_says(tenant: Tenant) -> None:
    project = tenant.make_project()
    schedule = make(tenant, project)
    assert schedule["cron"] == "30 2 * * *"
    assert schedule["crawlConfig"] == CRAWL
    assert (schedule["enabled"], schedule["timezone"]) == (True, "UTC")
    assert (schedule["projectId"], schedule["overlap"]) == (project, "skip")
    due = datetime.fromisoformat(schedule["nextRunAt"])
    assert (due.hour, due.minute) == (2, 30)
    assert timedelta(0) < due - utc_now() <= timedelta(days=1)
    for name in ("lastRunAt", "lastJobId", "lastOutcome", "lastReason"):
        assert schedule[name] is None
    assert tenant.get(f"/schedules/{schedule['id']}").json["data"] == schedule


def test_its_project_lists_it(tenant: Tenant) -> None:
    project = tenant.make_project()
    first, second = make(tenant, project), make(tenant, project, cron="0 5 * * MON")
    make(tenant)
    answer = tenant.get(f"/projects/{project}/schedules").json
    SchedulesAnswer.model_validate(answer)
    assert answer == {"data": [second, first], "meta": {"total": 2}}


def test_the_zone_decides_the_hour(tenant: Tenant) -> None:
    schedule = make(tenant, cron="0 12 * * *", timezone="Asia/Kathmandu")
    due = datetime.fromisoformat(schedule["nextRunAt"])
    assert (due.hour, due.minute) == (6, 15)


def test_patch_changes_what_is_given(tenant: Tenant) -> None:
    schedule = make(tenant)
    changed = change(tenant, schedule, cron="0 4 * * *")
    assert changed["cron"] == "0 4 * * *"
    assert changed["nextRunAt"][11:16] == "04:00"
    details = {"type": "details", "targets": ["B08N5WRWNW"]}
    changed = change(tenant, schedule, crawlConfig=details, overlap="queue")
    assert changed["crawlConfig"] == {**details, "config": {}}
    assert (changed["cron"], changed["overlap"]) == ("0 4 * * *", "queue")
    off = change(tenant, schedule, enabled=False)
    assert (off["enabled"], off["nextRunAt"]) == (False, None)
    assert change(tenant, schedule, timezone="Europe/Berlin")["nextRunAt"] is None
    on = change(tenant, schedule, enabled=True)
    assert on["nextRunAt"][11:16] in ("02:00", "03:00")


def test_a_change_that_moves_nothing_keeps_a_slot_that_is_overdue(
    tenant: Tenant, database: Database
) -> None:
    schedule = make(tenant)
    overdue = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
    database["schedules"].update_one({"_id": schedule["id"]}, {"$set": {"nextRunAt": overdue}})
    changed = change(tenant, schedule, enabled=True, cron="30 2 * * *", overlap="queue")
    assert changed["nextRunAt"] == "2026-01-01T02:30:00.000Z"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"cron": "61 * * * *"}, "cron is wrong: Bad minute"),
        ({"cron": "* * * * * *"}, "cron must have five fields: minute hour day month weekday"),
        ({"cron": "0 0 30 2 *"}, "cron is wrong: Bad day-of-month"),
        ({"cron": 5}, "cron must be a string"),
        ({"cron": ""}, "cron must be longer than or equal to 1 characters"),
        ({"timezone": "Mars/Base"}, "timezone is no IANA time zone: 'Mars/Base'"),
        ({"enabled": "yes"}, "enabled must be a boolean value"),
        ({"overlap": "wait"}, "overlap must be one of the following values: 'skip' or 'queue'"),
        ({"crawlConfig": None}, None),
        ({"crawlConfig": {"type": "search", "targets": []}}, None),
        ({"crawlConfig": {**CRAWL, "config": {"maxPages": 0}}}, None),
        ({"crawlConfig": {**CRAWL, "extra": 1}}, "property crawlConfig.extra should not exist"),
        ({"nextRunAt": "2026-01-01"}, "property nextRunAt should not exist"),
    ],
)
def test_what_cannot_run_is_a_400(tenant: Tenant, body: dict, message: str | None) -> None:
    schedule = make(tenant)
    answers = [
        tenant.post(f"/projects/{schedule['projectId']}/schedules", json={**DAILY, **body}),
        tenant.patch(f"/schedules/{schedule['id']}", json=body),
    ]
    for answer in answers:
        assert answer.status_code == 400, answer.text
        assert answer.json["error"]["code"] == "VALIDATION_ERROR"
        if message is not None:
            assert answer.json["error"]["message"] == message
    assert tenant.get(f"/schedules/{schedule['id']}").json["data"] == schedule


def test_its_crawl_is_checked_like_a_job(tenant: Tenant) -> None:
    project = tenant.make_project()
    crawl = {"type": "details", "targets": ["B08N5WRWNW", "no asin"]}
    answer = tenant.post(
        f"/projects/{project}/schedules", json={"cron": "0 0 * * *", "crawlConfig": crawl}
    )
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "INVALID_ASIN")
    crawl = {**CRAWL, "config": {"lang": "xx-YY"}}
    answer = tenant.post(
        f"/projects/{project}/schedules", json={"cron": "0 0 * * *", "crawlConfig": crawl}
    )
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")


def test_delete_ends_it(tenant: Tenant, database: Database) -> None:
    schedule = make(tenant)
    answer = tenant.call("DELETE", f"/schedules/{schedule['id']}")
    assert (answer.status_code, answer.json) == (200, {"data": {"ok": True}})
    for method in ("GET", "DELETE"):
        gone = tenant.call(method, f"/schedules/{schedule['id']}")
        assert gone.status_code == 404
        assert gone.json["error"] == {
            "code": "SCHEDULE_NOT_FOUND",
            "message": "Schedule not found",
            "details": [],
        }
    assert database["schedules"].count_documents({}) == 0


def test_a_slot_that_ran_shows_on_the_schedule(
    tenant: Tenant, database: Database, app: object, redis_client: Any
) -> None:
    schedule = make(tenant)
    due = datetime.fromisoformat(schedule["nextRunAt"])
    _slot_runner(database, SeedQueue(redis_client)).run_due(due + timedelta(days=1))
    shown = tenant.get(f"/schedules/{schedule['id']}").json["data"]
    job = tenant.get(f"/jobs/{shown['lastJobId']}").json["data"]
    assert (job["scheduleId"], job["status"]) == (schedule["id"], "queued")
    assert job["config"] == CRAWL["config"]
    assert (shown["lastOutcome"], shown["lastReason"]) == ("started", None)
    slots = tenant.get(f"/schedules/{schedule['id']}/slots").json
    SlotsAnswer.model_validate(slots)
    assert slots["meta"] == {"total": 2}
    assert [(slot["status"], slot["reason"], slot["jobId"]) for slot in slots["data"]] == [
        ("started", None, job["id"]),
        ("missed", "missed", None),
    ]
    assert slots["data"][1]["slotAt"] == schedule["nextRunAt"]


def test_a_project_has_a_limit(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("control_api.services.schedules.MOST_SCHEDULES", 1)
    project = tenant.make_project()
    make(tenant, project)
    answer = tenant.post(f"/projects/{project}/schedules", json=DAILY)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "CONFLICT")


def test_without_a_credential_there_is_nothing(client: FlaskClient) -> None:
    assert client.get("/schedules/x/slots").status_code == 401

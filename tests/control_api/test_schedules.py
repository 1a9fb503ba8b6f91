"""Contract, section 1, row `schedules`: POST 201, GET, PATCH, as the original API; ours: `timezone` (IANA,
default UTC), `DELETE /schedules/:id`, `nextRunAt`, `lastRunAt`, `lastJobId`, `lastOutcome`.
Five-field cron; what cannot run is a 400."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.app import create_app
from control_api.azscraper.schemas.jobs.jobs import JobsAnswer
from control_api.azscraper.schemas.schedules import ScheduleAnswer, SchedulesAnswer, SlotsAnswer
from control_api.wiring.api import build_parts
from control_api.wiring.shared import SharedServices
from control_api.wiring.stores import Stores
from settings.config import Config
from storage.base.clock import utc_now
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant, join
from tests.control_api.crawling import end_target

CRAWL = {"type": "search", "targets": ["usb hub"], "config": {"lang": "de-DE"}}
DAILY = {"cron": "30 2 * * *", "crawlConfig": CRAWL}


def run_due(config: Config, now: datetime) -> None:
    """What the worker does with the slots that are due."""
    with closing(Stores.of_loops(config)) as stores:
        SharedServices(stores).slot_runner.run_due(now)


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


def test_a_schedule_is_made_as_the_original_says(tenant: Tenant) -> None:
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
        ({"cron": "61 * * * *"}, "cron is wrong: Bad minute in '61 * * * *'"),
        ({"cron": "* * * * * *"}, "cron must have five fields: minute hour day month weekday"),
        ({"cron": "0 0 30 2 *"}, "cron is wrong: Bad day-of-month in '0 0 30 2 *'"),
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


def test_a_slot_that_ran_shows_on_the_schedule(tenant: Tenant, config: Config) -> None:
    schedule = make(tenant)
    due = datetime.fromisoformat(schedule["nextRunAt"])
    run_due(config, due + timedelta(days=1))
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
    monkeypatch.setattr("control_api.services.schedules.schedules.MAX_SCHEDULES", 1)
    project = tenant.make_project()
    make(tenant, project)
    answer = tenant.post(f"/projects/{project}/schedules", json=DAILY)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "CONFLICT")


def test_without_a_credential_there_is_nothing(client: FlaskClient) -> None:
    assert client.get("/schedules/x/slots").status_code == 401


def slots_of(tenant: Tenant, schedule: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    answer = tenant.get(f"/schedules/{schedule['id']}/slots").json
    SlotsAnswer.model_validate(answer)
    return [(slot["trigger"], slot["status"], slot["reason"]) for slot in answer["data"]]


def run(tenant: Tenant, schedule: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = tenant.post(f"/schedules/{schedule['id']}/run")
    assert answer.status_code == status, answer.text
    shown: dict[str, Any] = answer.json["data"] if status == 201 else answer.json["error"]
    return shown


class TestName:
    def test_it_is_shown_changed_and_taken_away(self, tenant: Tenant, database: Database) -> None:
        schedule = make(tenant, name="Cables, weekly")
        assert schedule["name"] == "Cables, weekly"
        assert change(tenant, schedule, enabled=False)["name"] == "Cables, weekly"
        assert change(tenant, schedule, name="Kabel")["name"] == "Kabel"
        entry = database["audit"].find_one({"action": "schedule.updated"}, sort=[("_id", -1)])
        assert (entry["entityName"], entry["metadata"]) == ("Kabel", {"name": "Kabel"})
        assert change(tenant, schedule, name=None)["name"] is None
        assert make(tenant)["name"] is None

    def test_a_schedule_of_before_there_were_names_has_none(
        self, tenant: Tenant, database: Database
    ) -> None:
        schedule = make(tenant)
        database["schedules"].update_one({"_id": schedule["id"]}, {"$unset": {"name": 1}})
        assert tenant.get(f"/schedules/{schedule['id']}").json["data"]["name"] is None


class TestByHand:
    def test_it_works_while_the_schedule_is_off_and_moves_no_due_time(self, tenant: Tenant) -> None:
        for enabled in (True, False):
            schedule = make(tenant, enabled=enabled)
            slot = run(tenant, schedule)
            after = tenant.get(f"/schedules/{schedule['id']}").json["data"]
            assert after["nextRunAt"] == schedule["nextRunAt"]
            assert (after["enabled"], after["lastJobId"]) == (enabled, slot["jobId"])
            assert (after["lastOutcome"], after["lastReason"]) == ("started", None)
            assert after["lastRunAt"] is not None

    def test_the_job_is_in_the_name_of_who_ran_it(self, tenant: Tenant, database: Database) -> None:
        schedule = make(tenant)
        member = join(tenant, "member@example.com")
        job = run(member, schedule)["jobId"]
        assert database["jobs"].find_one({"_id": job})["createdBy"] == member.user_id
        entry = database["audit"].find_one({"entityId": job})
        assert entry["metadata"]["scheduleId"] == schedule["id"]

    def test_an_open_job_is_a_409_and_a_skipped_slot(
        self, tenant: Tenant, settlement: Settlement
    ) -> None:
        schedule = make(tenant)
        job = run(tenant, schedule)["jobId"]
        assert run(tenant, schedule, 409)["message"] == "The schedule's last job is still open"
        assert slots_of(tenant, schedule) == [
            ("hand", "skipped", "overlap"),
            ("hand", "started", None),
        ]
        end_target(settlement, job, 0)
        assert run(tenant, schedule)["jobId"] != job

    def test_an_open_job_queues_one_slot_and_no_second(
        self,
        tenant: Tenant,
        settlement: Settlement,
        config: Config,
    ) -> None:
        schedule = make(tenant, overlap="queue", enabled=False)
        first = run(tenant, schedule)["jobId"]
        queued = run(tenant, schedule)
        assert (queued["status"], queued["reason"], queued["jobId"]) == ("queued", "overlap", None)
        run(tenant, schedule, 409)
        end_target(settlement, first, 0)
        run_due(config, utc_now())
        assert slots_of(tenant, schedule) == [
            ("hand", "skipped", "overlap"),
            ("hand", "started", None),
            ("hand", "started", None),
        ]
        listed = tenant.get(f"/schedules/{schedule['id']}/jobs").json["data"]
        assert [job["status"] for job in listed] == ["queued", "completed"]

    @pytest.mark.parametrize(
        ("spoil", "status", "reason"),
        [
            ("credits", 402, "no_credits"),
            ("quota", 403, "quota_reached"),
            ("archive", 409, "project_archived"),
        ],
    )
    def test_what_refuses_the_job_is_the_answer_and_the_slots_reason(
        self, tenant: Tenant, database: Database, spoil: str, status: int, reason: str
    ) -> None:
        schedule = make(tenant)
        if spoil == "credits":
            database["organizations"].update_one({}, {"$set": {"creditBalance": 0}})
        elif spoil == "quota":
            for _ in range(10):
                tenant.make_job(schedule["projectId"])
        else:
            tenant.patch(f"/projects/{schedule['projectId']}", json={"archived": True})
        jobs = database["jobs"].count_documents({})
        run(tenant, schedule, status)
        assert slots_of(tenant, schedule) == [("hand", "skipped", reason)]
        assert database["jobs"].count_documents({}) == jobs

    def test_pressing_often_at_once_starts_one_job(
        self, tenant: Tenant, app: Any, database: Database
    ) -> None:
        schedule = make(tenant)

        def press(_: int) -> int:
            client = app.test_client()
            path = f"/schedules/{schedule['id']}/run"
            return int(client.post(path, headers=tenant.headers).status_code)

        with ThreadPoolExecutor(8) as pool:
            answers = sorted(pool.map(press, range(8)))
        assert answers == [201] + [409] * 7
        assert database["jobs"].count_documents({}) == 1
        assert len(slots_of(tenant, schedule)) == 8

    def test_it_takes_no_place_of_the_clock(
        self,
        tenant: Tenant,
        settlement: Settlement,
        config: Config,
    ) -> None:
        schedule = make(tenant)
        end_target(settlement, run(tenant, schedule)["jobId"], 0)
        due = datetime.fromisoformat(schedule["nextRunAt"])
        run_due(config, due)
        assert slots_of(tenant, schedule) == [
            ("clock", "started", None),
            ("hand", "started", None),
        ]

    def test_without_redis_the_job_is_written(
        self, config: Config, make_tenant: Callable[..., Tenant]
    ) -> None:
        tenant = make_tenant()
        schedule = make(tenant)
        nowhere = replace(config, redis_url="redis://127.0.0.1:9/0")
        parts = build_parts(nowhere)
        try:
            client = create_app(nowhere, parts).test_client()
            path = f"/schedules/{schedule['id']}/run"
            assert client.post(path, headers=tenant.headers).status_code == 201
        finally:
            parts.close()


def test_jobs_are_filtered_by_schedule_status_and_time(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    project = tenant.make_project()
    first, second = make(tenant, project), make(tenant, project)
    ended = run(tenant, first)["jobId"]
    end_target(settlement, ended, 0)
    fresh, other = run(tenant, first)["jobId"], run(tenant, second)["jobId"]
    by_hand = tenant.make_job(project)["id"]
    for job, day in ((ended, 10), (fresh, 11), (other, 12), (by_hand, 13)):
        made = datetime(2026, 1, day, 12, tzinfo=UTC)
        database["jobs"].update_one({"_id": job}, {"$set": {"createdAt": made}})

    def found(path: str) -> list[str]:
        answer = tenant.get(path)
        assert answer.status_code == 200, answer.text
        JobsAnswer.model_validate(answer.json)
        assert answer.json["meta"]["total"] == len(answer.json["data"])
        return [job["id"] for job in answer.json["data"]]

    jobs, own = f"/projects/{project}/jobs", f"/schedules/{first['id']}/jobs"
    assert found(jobs) == [by_hand, other, fresh, ended]
    assert found(f"{jobs}?scheduleId={first['id']}") == found(own) == [fresh, ended]
    assert found(f"{jobs}?scheduleId={first['id']}&status=completed") == [ended]
    assert found(f"{own}?status=queued") == [fresh]
    assert found(f"{jobs}?scheduleId=nothing") == []
    assert found(f"{jobs}?from=2026-01-11&to=2026-01-12") == [other, fresh]
    assert found(f"{jobs}?from=2026-01-12T12:00:00Z") == [by_hand, other]
    assert found(f"{jobs}?to=2026-01-10T11:59:59Z") == []
    assert found(f"{own}?from=2026-01-11") == [fresh]
    for query in ("from=yesterday", "to=2026-13-01", "status=done"):
        assert tenant.get(f"{jobs}?{query}").status_code == 400
        assert tenant.get(f"{own}?{query}").status_code == 400

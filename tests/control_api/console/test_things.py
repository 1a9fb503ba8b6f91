"""Pages of schedules and webhooks: each form does what its call of the API does. Of all things: whose they are."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from pymongo.database import Database

from control_api.http.requests.inputs import ALL_EVENTS
from tests.control_api.console.conftest import Person, heading, sign_in
from tests.control_api.console.seeded import HOSTILE, JOB, Things, job_at, make_things


@pytest.fixture
def project(person: Person) -> str:
    return person.tenant.make_project("Headphones")


@pytest.fixture
def things(person: Person, project: str) -> Things:
    return make_things(person.tenant, project)


def test_a_schedule_shows_its_next_runs_in_its_own_zone(
    person: Person, things: Things, database: Database
) -> None:
    before = database["schedules"].count_documents({})
    form = {**JOB, "do": "preview", "cron": "30 7 * * 1", "timezone": "Asia/Tokyo"}
    page = person.post("/schedules/new", data=form).text.partition('role="status"')[2]
    runs = re.findall(r"<li>(Mon \d{4}-\d\d-\d\d 07:30) <span class=\"quiet\">JST", page)
    assert len(set(runs)) == 5
    assert database["schedules"].count_documents({}) == before
    of_one = person.get(f"/schedules/{things.schedule}").text
    assert len(re.findall(r"<li>\w{3} \d{4}-\d\d-\d\d 06:00", of_one)) == 5


def test_a_schedule_is_made_of_a_job_and_runs_and_ends(person: Person, project: str) -> None:
    job = person.tenant.make_job(project, targets=["usb hub"], config={"maxPages": 3})["id"]
    page = person.get(f"/schedules/new?job={job}").text
    assert "usb hub</textarea>" in page and 'name="maxPages" inputmode="numeric" value="3"' in page
    form = {
        **JOB, "project": project, "cron": "30 7 * * 1", "timezone": "Europe/Berlin",
        "name": "weekly", "overlap": "queue",
    }  # fmt: skip
    path = person.post("/schedules/new", data=form).headers["Location"].removeprefix("/console")
    made = person.tenant.get(path).json["data"]
    assert (made["cron"], made["timezone"], made["name"]) == (
        "30 7 * * 1",
        "Europe/Berlin",
        "weekly",
    )
    assert (made["overlap"], made["crawlConfig"]["targets"]) == ("queue", ["usb hub", "desk lamp"])
    run = job_at(person, person.post(f"{path}/run"))
    assert run["scheduleId"] == made["id"]
    page = person.get(path).text
    assert "weekly" in page and run["id"] in page and "started" in page
    person.post(f"{path}/enabled", data={"enabled": "0"})
    assert person.tenant.get(path).json["data"]["enabled"] is False
    person.post(f"{path}/enabled", data={"enabled": "1"})
    assert person.tenant.get(path).json["data"]["enabled"] is True
    assert person.post(f"{path}/delete").headers["Location"] == "/console/schedules"
    assert person.get(path).status_code == 404


@pytest.mark.parametrize("change", [{"cron": "every day"}, {"timezone": "Mars"}, {"targets": ""}])
def test_a_schedule_that_cannot_run_is_refused_above_its_form(
    person: Person, change: dict[str, str]
) -> None:
    answer = person.post("/schedules/new", data={**JOB, "cron": "0 6 * * *", **change})
    assert answer.status_code == 400 and 'role="alert"' in answer.text


def test_a_webhook_shows_its_secret_once(person: Person, project: str, database: Database) -> None:
    form = {"project": project, "url": "https://receiver.example.com/hook", "events": "job.failed"}
    answer = person.post("/webhooks", data=form)
    assert answer.status_code == 201
    stored = database["webhooks"].find_one({})
    secret = stored["secrets"][0]["value"]
    assert (secret in answer.text, stored["events"]) == (True, ["job.failed"])
    path = f"/webhooks/{stored['_id']}"
    assert secret not in person.get(path).text + person.get("/webhooks").text
    assert person.post("/webhooks", data={**form, "url": "http://127.0.0.1/"}).status_code == 400


def test_a_webhook_can_be_told_of_monitors_and_alerts(
    person: Person, project: str, database: Database
) -> None:
    offered = re.findall(r'name="events" value="([^"]+)"( checked)?', person.get("/webhooks").text)
    assert [name for name, checked in offered if checked] == list(ALL_EVENTS)
    events = [name for name, checked in offered if not checked]
    assert events == ["monitor.round.completed", "monitor.changed", "alert.fired"]
    form = {"project": project, "url": "https://receiver.example.com/hook", "events": events}
    assert person.post("/webhooks", data=form).status_code == 201
    assert database["webhooks"].find_one({})["events"] == events


def test_a_webhook_of_an_archived_project_is_still_there(
    person: Person, things: Things, project: str
) -> None:
    person.post(f"/projects/{project}/archived", data={"archived": "1"})
    assert person.get(f"/webhooks/{things.webhook}").status_code == 200


def test_deliveries_are_shown_and_sent_again(
    person: Person, things: Things, database: Database
) -> None:
    path = f"/webhooks/{things.webhook}"
    attempt = {
        "at": database["deliveries"].find_one({})["createdAt"],
        "durationMs": 12,
        "status": 500,
        "error": None,
    }
    database["deliveries"].update_one(
        {"_id": things.delivery}, {"$set": {"status": "failed", "attempts": [attempt]}}
    )
    page = person.get(path).text
    assert "1, the last 500" in page and 'class="state bad">given up' in page
    assert things.delivery not in person.get(f"{path}?status=delivered").text
    person.post(f"{path}/redeliver", data={"delivery": things.delivery})
    assert database["deliveries"].find_one({"_id": things.delivery})["status"] == "pending"
    person.post(f"{path}/test")
    assert database["deliveries"].count_documents({}) == 2
    person.post(f"{path}/enabled", data={"enabled": "0"})
    assert database["webhooks"].find_one({})["enabled"] is False
    assert person.post(f"{path}/test").status_code == 409
    person.post(f"{path}/delete")
    assert database["webhooks"].count_documents({}) == 0


@pytest.mark.parametrize("offset", ["9" * 30, "-1", "odd"])
def test_a_page_far_behind_the_end_is_empty_and_no_error(
    person: Person, things: Things, project: str, offset: str
) -> None:
    job = person.tenant.make_job(project)["id"]
    for path in ("/audit", f"/webhooks/{things.webhook}", f"/jobs/{job}/targets"):
        assert person.get(f"{path}?offset={offset}").status_code == 200, path


def test_another_organizations_things_are_not_there(
    person: Person, things: Things, project: str, app: Flask, make_tenant
) -> None:
    stranger = sign_in(app, make_tenant("unlimited"))
    for path in (f"/schedules/{things.schedule}", f"/webhooks/{things.webhook}"):
        assert stranger.get(path).status_code == 404
    for path, data in (
        (f"/schedules/{things.schedule}/run", {}),
        (f"/schedules/{things.schedule}/enabled", {"enabled": "0"}),
        (f"/schedules/{things.schedule}/delete", {}),
        (f"/webhooks/{things.webhook}/test", {}),
        (f"/webhooks/{things.webhook}/enabled", {"enabled": "0"}),
        (f"/webhooks/{things.webhook}/redeliver", {"delivery": things.delivery}),
        (f"/webhooks/{things.webhook}/delete", {}),
        (f"/keys/{things.key}/revoke", {"project": project}),
        ("/keys", {"project": project, "name": "mine"}),
        ("/webhooks", {"project": project, "url": "https://a.example.com/"}),
        ("/jobs/new", {**JOB, "project": project}),
        ("/schedules/new", {**JOB, "project": project, "cron": "0 6 * * *"}),
        (f"/projects/{project}/rename", {"name": "mine"}),
        (f"/projects/{project}/archived", {"archived": "1"}),
        (f"/members/{things.member}/role", {"role": "owner"}),
        (f"/members/{things.member}/remove", {}),
        (f"/invitations/{things.invitation}/revoke", {}),
    ):
        answer = stranger.post(path, data=data)
        assert answer.status_code == 404, (path, answer.text)
    assert (
        stranger.get(f"/schedules/new?job={person.tenant.make_job(project)['id']}").status_code
        == 404
    )


def test_names_of_things_stay_texts(person: Person, things: Things) -> None:
    for path in (
        "/schedules", f"/schedules/{things.schedule}", "/webhooks", f"/webhooks/{things.webhook}",
        "/keys", "/projects", "/members", "/audit", "/jobs/new",
    ):  # fmt: skip
        page = person.get(path)
        assert page.status_code == 200 and heading(page)
        for text in HOSTILE[:2]:
            assert text not in page.text, path


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("", "/console"),
        ("/jobs", "/console/jobs"),
        ("/jobs/new", "/console/jobs/new"),
        ("/audit", "/console/usage"),
    ],
)
def test_the_menu_shows_where_one_is(person: Person, path: str, entry: str) -> None:
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', person.get(path).text) == [entry]

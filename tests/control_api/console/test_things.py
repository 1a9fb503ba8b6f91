"""Pages of schedules, webhooks, keys, projects and people: each form does what its call of the API does."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from flask import Flask
from pymongo.database import Database

from tests.control_api.conftest import join
from tests.control_api.console.conftest import Person, heading, sign_in
from tests.control_api.console.seeded import HOSTILE, Things, make_things

JOB = {"type": "search", "targets": "usb hub\ndesk lamp"}


@pytest.fixture
def project(person: Person) -> str:
    return person.tenant.make_project("Headphones")


@pytest.fixture
def things(person: Person, project: str) -> Things:
    return make_things(person.tenant, project)


def job_at(person: Person, answer) -> dict:
    assert answer.status_code == 303, answer.text
    return person.tenant.get(answer.headers["Location"].removeprefix("/console")).json["data"]


def test_a_new_job_is_what_the_form_says(person: Person, project: str) -> None:
    form = {
        **JOB, "project": project, "marketplace": "sandbox", "maxPages": "2", "priority": "high",
        "deliverTo": "10115", "more": '{"sortBy": "newest"}',
    }  # fmt: skip
    job = job_at(person, person.post("/jobs/new", data=form))
    assert [one["value"] for one in job["targets"]] == ["usb hub", "desk lamp"]
    assert (job["projectId"], job["type"], job["priority"]) == (project, "search", "high")
    expected = {"marketplace": "sandbox", "maxPages": 2, "sortBy": "newest", "deliverTo": "10115"}
    assert expected.items() <= job["config"].items()


def test_without_a_project_a_job_goes_into_the_default_one(person: Person) -> None:
    job = job_at(person, person.post("/jobs/new", data=JOB))
    (project,) = person.tenant.get("/projects").json["data"]
    assert (project["id"], project["name"]) == (job["projectId"], "Default")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", "usb hub\r\ndesk lamp\n"), ("a.csv", 'usb hub,1\n"desk lamp",2\n')],
)
def test_targets_come_from_a_file_too(person: Person, name: str, content: str) -> None:
    file = (io.BytesIO(b"\xef\xbb\xbf" + content.encode()), name)
    answer = person.post("/jobs/new", data={**JOB, "targets": "", "file": file})
    assert [one["value"] for one in job_at(person, answer)["targets"]] == ["usb hub", "desk lamp"]


def test_a_form_that_is_sent_twice_makes_one_job(person: Person, database: Database) -> None:
    form = {**JOB, "once": "0123456789abcdef"}
    first, second = (job_at(person, person.post("/jobs/new", data=form)) for _ in range(2))
    assert first["id"] == second["id"]
    changed = job_at(person, person.post("/jobs/new", data={**form, "targets": "other"}))
    assert changed["id"] != first["id"]
    assert database["jobs"].count_documents({}) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"targets": " \n "}, "at least one target"),
        ({"type": "odd"}, "type must be one of"),
        ({"maxPages": "two"}, "maxPages must be a whole number"),
        ({"maxPages": "99"}, "maxPages must not be greater than 20"),
        ({"more": "{"}, "not JSON"),
        ({"more": "[]"}, "must be a JSON object"),
        ({"marketplace": "XX"}, "XX"),
        ({"type": "details", "targets": "B000000001\n\nnot an asin"}, "line 3"),
        ({"targets": "x\n" * 10_001}, "10,000 targets at most"),
        ({"project": "unknown"}, "Project not found"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_above_it(
    person: Person, database: Database, change: dict[str, str], told: str
) -> None:
    form = {**JOB, **change}
    answer = person.post("/jobs/new", data=form)
    assert answer.status_code in (400, 404)
    assert told in answer.text.partition('role="alert"')[2].partition("</div>")[0]
    if len(form["targets"]) < 100:
        assert form["targets"].strip() in answer.text, "what was typed is still there"
    assert database["jobs"].count_documents({}) == 0


def test_a_check_says_what_would_be_and_makes_nothing(
    person: Person, project: str, database: Database
) -> None:
    form = {
        "project": project, "type": "details", "do": "check", "skip": "1", "marketplace": "US",
        "targets": "B000000001\nhttps://www.amazon.com/dp/B000000001\nnot an asin\nB000000002",
    }  # fmt: skip
    answer = person.post("/jobs/new", data=form)
    told = answer.text.partition('role="status"')[2].partition("</section>")[0]
    for fact in ("would start", "<dt>Targets</dt><dd>2", "<dt>Duplicates</dt><dd>1", "line 3:"):
        assert fact in told
    assert "Pages, at most</dt><dd>2" in told and "/jobs" in told and "B000000002" in told
    assert form["targets"] in unescape(answer.text)
    refused = person.post("/jobs/new", data={**form, "skip": ""}).text
    assert "would be refused" in refused
    assert database["jobs"].count_documents({}) == 0


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


def test_lines_that_name_no_target_are_left_out_where_that_is_asked_for(person: Person) -> None:
    form = {"type": "details", "targets": "B000000001\nnot an asin", "skip": "1"}
    job = job_at(person, person.post("/jobs/new", data=form))
    assert [one["value"] for one in job["targets"]] == ["B000000001"]


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
    assert "1, the last 500" in page and 'class="state bad">failed' in page
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


def test_a_key_is_shown_once_and_opens_its_project_until_it_is_revoked(
    person: Person, project: str
) -> None:
    answer = person.post("/keys", data={"project": project, "name": "nightly"})
    assert answer.status_code == 201
    (key,) = re.findall(r"az_[\w-]{43}", answer.text)
    headers = {"Authorization": f"Bearer {key}"}
    client = person.tenant.client
    assert client.get(f"/projects/{project}/jobs", headers=headers).status_code == 200
    page = person.get("/keys").text
    assert key not in page and f"…{key[-4:]}" in page
    (key_id,) = re.findall(r"/console/keys/(\w+)/revoke", page)
    person.post(f"/keys/{key_id}/revoke", data={"project": project})
    assert client.get(f"/projects/{project}/jobs", headers=headers).status_code == 401
    assert person.post("/keys", data={"project": project, "name": " "}).status_code == 400


def test_projects_are_made_renamed_and_archived(person: Person) -> None:
    person.post("/projects", data={"name": "one"})
    (project,) = person.tenant.get("/projects").json["data"]
    person.post(f"/projects/{project['id']}/rename", data={"name": "two"})
    person.post(f"/projects/{project['id']}/archived", data={"archived": "1"})
    (changed,) = person.tenant.get("/projects").json["data"]
    assert (changed["name"], changed["archived"]) == ("two", True)
    assert "two" in person.get("/projects").text


def test_people_are_invited_promoted_and_removed(person: Person, app: Flask) -> None:
    answer = person.post("/members/invite", data={"role": "member", "days": "3"})
    assert answer.status_code == 201 and "http://localhost/i/" in answer.text
    kim = join(person.tenant, "kim@example.com")
    page = person.get("/members").text
    assert "kim@example.com" in page and "whoever has the link" in page
    person.post(f"/members/{kim.user_id}/role", data={"role": "owner"})
    roles = {
        one["email"]: one["role"] for one in person.tenant.get("/organization/members").json["data"]
    }
    assert roles["kim@example.com"] == "owner"
    assert person.post(f"/members/{kim.user_id}/role", data={"role": "king"}).status_code == 400
    (waiting,) = re.findall(r"/console/invitations/(\w+)/revoke", page)
    person.post(f"/invitations/{waiting}/revoke")
    assert person.tenant.get("/organization/invitations").json["data"] == []
    hers = sign_in(app, kim)
    person.post(f"/members/{kim.user_id}/remove")
    assert "kim@example.com" not in person.get("/members").text
    assert person.tenant.email not in hers.get("/members").text, (
        "she has an organization of her own"
    )


def test_members_do_not_see_what_is_for_owners(person: Person, app: Flask) -> None:
    member = sign_in(app, join(person.tenant, "kim@example.com"))
    assert "/console/members" not in member.get("").text
    assert member.get("/members").status_code == 403
    for path in (
        "/members/invite",
        "/members/x/role",
        "/members/x/remove",
        "/invitations/x/revoke",
    ):
        assert member.post(path).status_code == 403, path


def test_usage_and_the_audit_trail_are_those_of_the_api(person: Person, project: str) -> None:
    person.tenant.make_job(project)
    page = person.get("/usage").text
    assert '<div class="figure">1</div><div class="quiet">jobs, without a limit' in page
    trail = person.get("/audit?action=job.created").text
    assert "<code>job.created</code>" in trail and "project.created" not in trail


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

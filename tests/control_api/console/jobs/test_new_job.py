"""The form of a new job: it makes what it says, and its check makes nothing."""

from __future__ import annotations

import io
from html import unescape

import pytest
from pymongo.database import Database

from tests.control_api.console.conftest import Person
from tests.control_api.console.seeded import JOB, job_at


@pytest.fixture
def project(person: Person) -> str:
    return person.tenant.make_project("Headphones")


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
    [
        ("a.txt", "usb hub\r\ndesk lamp\n"),
        ("a.csv", 'usb hub,1\n"desk lamp",2\n'),
        ("a.csv", "usb hub,1\rdesk lamp,2\r"),
    ],
)
def test_targets_come_from_a_file_too(person: Person, name: str, content: str) -> None:
    file = (io.BytesIO(b"\xef\xbb\xbf" + content.encode()), name)
    answer = person.post("/jobs/new", data={**JOB, "targets": "", "file": file})
    assert [one["value"] for one in job_at(person, answer)["targets"]] == ["usb hub", "desk lamp"]


def test_a_file_that_is_no_table_is_refused_above_the_form(person: Person) -> None:
    file = (io.BytesIO(b"a" * 200_000), "a.csv")
    answer = person.post("/jobs/new", data={**JOB, "file": file})
    assert answer.status_code == 400 and "The file is no CSV" in answer.text


def test_as_many_targets_can_be_pasted_as_a_job_may_have(person: Person) -> None:
    # Longer than Flask's own limit, shorter than what its test client would spool to a file.
    address = "https://www.amazon.com/dp/B0{:08}?ref=sr_1_1_ss"
    pasted = "\n".join(address.format(number) for number in range(10_001))
    form = {**JOB, "targets": pasted}
    answer = person.post("/jobs/new", data=form, content_type="multipart/form-data")
    assert answer.status_code == 400 and "10,000 targets at most" in answer.text


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


def test_lines_that_name_no_target_are_left_out_where_that_is_asked_for(person: Person) -> None:
    form = {"type": "details", "targets": "B000000001\nnot an asin", "skip": "1"}
    job = job_at(person, person.post("/jobs/new", data=form))
    assert [one["value"] for one in job["targets"]] == ["B000000001"]

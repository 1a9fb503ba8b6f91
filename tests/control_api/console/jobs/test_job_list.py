"""The list of all jobs: its filters, how it goes on, and runs of one schedule as one row."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from pymongo.database import Database

from tests.control_api.console.conftest import Person, heading
from tests.control_api.console.seeded import Seeded, seed


@pytest.fixture
def seeded(person: Person, database: Database) -> Seeded:
    return seed(person.tenant, database)


def test_the_list_has_the_filters_of_the_api(person: Person, seeded: Seeded) -> None:
    everything = person.get("/jobs").text
    assert all(job in everything for job in seeded.jobs)
    of_project = person.get(f"/jobs?project={seeded.project}").text
    assert all(job in of_project for job in seeded.jobs[:4]) and seeded.hostile not in of_project
    for query, job in (
        ("status=failed", seeded.failed), ("type=details", seeded.partial),
        ("q=nothing", seeded.failed), (f"q={seeded.running}", seeded.running),
        ("from=2001-01-01&to=2124-12-31&status=failed", seeded.failed),
    ):  # fmt: skip
        page = person.get(f"/jobs?{query}").text
        assert [one for one in seeded.jobs if one in page] == [job], query
    for query in ("status=odd", "type=odd", "cursor=odd", "from=odd", "to=2024-13-01"):
        assert person.get(f"/jobs?{query}").status_code == 400, query
    assert person.get("/jobs?project=unknown").status_code == 404


def test_the_list_goes_on_with_the_same_filters(
    person: Person, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control_api.console.jobs.job_list._PER_PAGE", 2)
    page = person.get(f"/jobs?project={seeded.project}&q=").text
    assert seeded.failed in page and seeded.running not in page
    onward = unescape(
        page.partition(">Older<")[0].rpartition('href="/console')[2].partition('"')[0]
    )
    assert f"project={seeded.project}" in onward
    older = person.get(onward).text
    assert seeded.running in older and seeded.failed not in older


def test_several_states_are_asked_for_at_once_and_named_in_words(
    person: Person, seeded: Seeded
) -> None:
    page = person.get("/jobs?status=failed&status=cancelled").text
    found = [one for one in seeded.jobs if f"job-{one}" in page]
    assert found == [seeded.failed, seeded.cancelled]
    assert page.count(" checked>") == 2
    assert "succeeded or partly failed" in page and "> completed<" not in page
    assert "status=failed&amp;status=cancelled" in page, "the same by the API"


def test_a_day_is_asked_for_as_a_whole(person: Person, seeded: Seeded, database: Database) -> None:
    day = database["jobs"].find_one({"_id": seeded.failed})["createdAt"].date().isoformat()
    page = person.get(f"/jobs?from={day}&to={day}").text
    assert f'value="{day}"' in page and seeded.failed in page
    assert "No job is like that" in person.get("/jobs?to=2001-01-01").text


def test_runs_of_one_schedule_are_one_row(
    person: Person, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl = {"type": "search", "targets": ["usb hub"]}
    body = {"name": "daily", "cron": "0 6 * * *", "crawlConfig": crawl}
    made = person.tenant.post(f"/projects/{seeded.project}/schedules", json=body)
    schedule = made.json["data"]["id"]
    runs = []
    for _ in range(3):
        run = person.tenant.post(f"/schedules/{schedule}/run").json["data"]["jobId"]
        person.tenant.post(f"/jobs/{run}/cancel")
        runs.append(run)
    page = person.get("/jobs").text
    assert [run in page for run in runs] == [False, False, True]
    assert "and 2 earlier runs" in page and "8 of 8 jobs, in 6 rows" in page
    assert all(job in page for job in seeded.jobs)
    for query in ("runs=each", f"schedule={schedule}"):
        each = person.get(f"/jobs?{query}").text
        assert all(run in each for run in runs) and "earlier run" not in each
    of_all = person.get(f"/jobs?schedule={schedule}&status=cancelled").text
    assert 'href="/console/jobs?status=cancelled">Of all' in of_all

    # A page of two rows holds all runs, and goes on with the job that would be the third row.
    monkeypatch.setattr("control_api.console.jobs.job_list._PER_PAGE", 2)
    page = person.get("/jobs").text
    assert "4 of 8 jobs, in 2 rows" in page
    onward = re.search(r'href="/console([^"]+)">Older<', page)
    assert onward
    older = person.get(unescape(onward[1])).text
    assert seeded.cancelled in older and seeded.hostile not in older


def test_chosen_jobs_are_cancelled_and_run_again(
    person: Person, seeded: Seeded, database: Database
) -> None:
    page = person.get("/jobs").text
    assert len(re.findall(r'name="job" value="\w+" form="chosen"', page)) == len(seeded.jobs)
    other = person.tenant.make_job(targets=["c"])["id"]
    chosen = {"job": [seeded.running, other], "do": "cancel"}
    assert person.post("/jobs/chosen", data=chosen).headers["Location"] == "/console/jobs"
    states = [person.tenant.get(f"/jobs/{one}").json["data"]["status"] for one in chosen["job"]]
    assert states == ["cancelled", "cancelled"]
    before = database["jobs"].count_documents({})
    chosen = {"job": [seeded.partial, seeded.failed, seeded.failed], "do": "retry-failed"}
    assert person.post("/jobs/chosen", data=chosen).status_code == 303
    newest = person.tenant.get("/jobs?limit=2").json["data"]
    assert {one["retryOf"] for one in newest} == {seeded.partial, seeded.failed}
    assert database["jobs"].count_documents({}) == before + 2


def test_what_was_not_done_to_chosen_jobs_is_told(
    person: Person, seeded: Seeded, app: Flask, make_tenant
) -> None:
    theirs = make_tenant("unlimited").make_job()["id"]
    chosen = {"job": [seeded.running, seeded.failed, theirs], "do": "cancel"}
    page = person.post("/jobs/chosen", data=chosen)
    assert (page.status_code, heading(page)) == (200, "Not done to all")
    assert "It was done to 1; 2 were refused" in page.text and "Job not found" in page.text
    for form in (
        {"do": "cancel"},
        {"job": ["x"], "do": "odd"},
        {"job": [f"{n}" for n in range(101)], "do": "cancel"},
    ):
        assert person.post("/jobs/chosen", data=form).status_code == 400

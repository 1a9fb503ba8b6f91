"""Lists over all projects: one question however many projects there are, and nothing is cut off without a word."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from pymongo.database import Database

from storage.base.clock import utc_now
from tests.control_api.conftest import Tenant
from tests.control_api.console.conftest import Person, sign_in
from tests.control_api.profiled import profiled, scans


def make_schedule(tenant: Tenant, project: str, name: str) -> None:
    crawl = {"type": "search", "targets": ["usb hub"]}
    body = {"name": name, "cron": "0 6 * * *", "crawlConfig": crawl}
    assert tenant.post(f"/projects/{project}/schedules", json=body).status_code == 201


def make_webhook(tenant: Tenant, project: str, name: str) -> None:
    body = {"url": f"https://receiver.example.com/{name}", "events": ["job.completed"]}
    assert tenant.post(f"/projects/{project}/webhooks", json=body).status_code == 201


def make_key(tenant: Tenant, project: str, name: str) -> None:
    path = f"/private/projects/{project}/api-keys"
    assert tenant.post(path, json={"name": name}).status_code == 201


def make_monitor(tenant: Tenant, project: str, name: str) -> None:
    body = {"name": name, "type": "details", "config": {"marketplace": "US"}, "cron": "0 6 * * *"}
    assert tenant.post(f"/projects/{project}/monitors", json=body).status_code == 201


MAKES: dict[str, Callable[[Tenant, str, str], None]] = {
    "/schedules": make_schedule,
    "/webhooks": make_webhook,
    "/keys": make_key,
    "/monitors": make_monitor,
}
LISTS = pytest.mark.parametrize("path", MAKES)


def names_of(text: str) -> list[str]:
    return re.findall(r"<bdi>(?:https://receiver.example.com/)?(thing-\d+)</bdi>", text)


@LISTS
def test_more_projects_are_no_more_questions(person: Person, database: Database, path: str) -> None:
    def questions() -> int:
        with profiled(database) as notes:
            assert person.get(path).status_code == 200
        assert scans(notes) == []
        return len([note for note in notes if note["op"] in ("query", "command")])

    make = MAKES[path]
    for number in range(2):
        make(person.tenant, person.tenant.make_project(), f"thing-{number}")
    few = questions()
    for number in range(2, 12):
        make(person.tenant, person.tenant.make_project(), f"thing-{number}")
    assert questions() == few
    assert len(names_of(person.get(path).text)) == 12


def test_of_the_rounds_of_a_monitor_the_last_alone_is_read(
    person: Person, database: Database
) -> None:
    for number in range(3):
        make_monitor(person.tenant, person.tenant.make_project(), f"thing-{number}")
    monitors = [one["_id"] for one in database["monitors"].find({}, {"_id": 1})]
    database["rounds"].insert_many(
        {
            "_id": f"{index:024x}", "monitorId": monitor, "organizationId": "o", "projectId": "p",
            "watches": 1, "startedAt": utc_now(), "status": "succeeded",
        }
        for index, monitor in enumerate(monitors * 50)
    )  # fmt: skip
    with profiled(database) as notes:
        page = person.get("/monitors").text
    assert re.findall(r'href="/console/jobs/0{22}(\w\w)"', page) == ["95", "94", "93"]
    (read,) = [note for note in notes if note["ns"].endswith(".rounds")]
    assert read["docsExamined"] <= 3


@LISTS
def test_what_is_on_no_page_is_on_the_next(
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    app: Flask,
    make_tenant: Callable[..., Tenant],
    path: str,
) -> None:
    monkeypatch.setattr("control_api.console.project_lists.PER_PAGE", 2)
    make, projects = MAKES[path], [person.tenant.make_project() for _ in range(3)]
    for number in range(5):
        make(person.tenant, projects[number % 3], f"thing-{number}")
    shown, link = [], path
    for _ in range(3):
        page = person.get(link).text
        shown.append(names_of(page))
        found = re.search(r'href="/console([^"]+)">Older<', page)
        link = found[1] if found else ""
    assert shown == [["thing-4", "thing-3"], ["thing-2", "thing-1"], ["thing-0"]] and not link
    assert "data-live" not in page
    stranger = sign_in(app, make_tenant("unlimited"))
    assert names_of(stranger.get(path).text) == []
    assert person.get(f"{path}?before=x").status_code == 200
    person.post(f"/projects/{projects[0]}/archived", data={"archived": "1"})
    assert "thing-3" not in person.get(path).text

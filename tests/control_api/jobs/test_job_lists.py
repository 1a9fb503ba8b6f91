"""`GET /jobs`: the jobs of all projects, without their targets, by index and by cursor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from pymongo.database import Database

from storage.base.clock import utc_now
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import PASSWORD, Tenant, join
from tests.control_api.crawling import end_target
from tests.control_api.profiled import profiled, scans


def ids(tenant: Tenant, query: str = "") -> list[str]:
    answer = tenant.get(f"/jobs{query}")
    assert answer.status_code == 200, answer.text
    return [job["id"] for job in answer.json["data"]]


@pytest.fixture
def owner(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant("unlimited")


def test_jobs_of_all_projects_and_kinds_newest_first_without_targets(owner: Tenant) -> None:
    first = owner.make_job(targets=["wall clock", "usb hub"])
    page = owner.post("/api/v1/jobs", json={"url": "https://a.example/", "selectors": {"t": "h1"}})
    second = owner.make_job(type="details", targets=["B000000001"])
    answer = owner.get("/jobs").json
    newest, between, oldest = answer["data"]
    assert [newest["id"], between["id"], oldest["id"]] == [
        second["id"],
        page.json["id"],
        first["id"],
    ]
    assert answer["meta"] == {"total": 3, "nextCursor": None}
    assert oldest["firstTargets"] == ["wall clock", "usb hub"]
    assert "targets" not in oldest
    assert oldest["createdBy"] == {"id": owner.user_id, "email": owner.email, "name": None}
    same = set(oldest) & set(first)
    assert same >= {"id", "projectId", "type", "status", "counts", "config", "createdAt"}
    assert {name: oldest[name] for name in same} == {name: first[name] for name in same}


def test_each_filter_leaves_others_out(
    owner: Tenant, settlement: Settlement, database: Database
) -> None:
    searched = owner.make_job(targets=["Wall Clock (black)"])
    detailed = owner.make_job(type="details", targets=["B000000001"])
    ended = owner.make_job(targets=["usb hub"])
    end_target(settlement, ended["id"], 0)
    cancelled = owner.make_job(targets=["kettle"])
    owner.post(f"/jobs/{cancelled['id']}/cancel")
    schedule = owner.post(
        f"/projects/{searched['projectId']}/schedules",
        json={"cron": "0 6 * * *", "crawlConfig": {"type": "search", "targets": ["a lamp"]}},
    ).json["data"]["id"]
    scheduled = owner.post(f"/schedules/{schedule}/run").json["data"]["jobId"]
    old = utc_now() - timedelta(days=9)
    database["jobs"].update_one({"_id": detailed["id"]}, {"$set": {"createdAt": old}})

    for wanted, query in (
        ([ended], [("status", "completed")]),
        ([cancelled, ended], [("status", "completed"), ("status", "cancelled")]),
        ([detailed], [("type", "details")]),
        ([ended], [("projectId", ended["projectId"])]),
        ([{"id": scheduled}], [("scheduleId", schedule)]),
        ([detailed], [("to", f"{utc_now() - timedelta(days=2):%Y-%m-%d}")]),
        ([{"id": scheduled}, cancelled, ended, searched], [("from", f"{old + timedelta(days=1):%Y-%m-%d}")]),
        ([searched], [("q", "clock (BL")]),
        ([ended], [("q", ended["id"])]),
        ([], [("q", "clock.")]),
        ([], [("q", "usb hub"), ("status", "cancelled")]),
    ):  # fmt: skip
        assert ids(owner, f"?{urlencode(query)}") == [job["id"] for job in wanted], query


def test_pages_by_cursor_hold_each_job_once_whatever_comes_meanwhile(owner: Tenant) -> None:
    project = owner.make_project()
    made = [owner.make_job(project)["id"] for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    for total in (5, 6, 7):
        answer = owner.get(f"/jobs?limit=2{cursor}").json
        assert answer["meta"]["total"] == total
        seen += [job["id"] for job in answer["data"]]
        cursor = f"&cursor={answer['meta']['nextCursor']}"
        owner.make_job(project)
    assert seen == made[::-1]
    assert answer["meta"]["nextCursor"] is None


def test_a_project_key_sees_the_jobs_of_its_project(owner: Tenant) -> None:
    ours, theirs = owner.make_job(), owner.make_job()
    keys = f"/private/projects/{ours['projectId']}/api-keys"
    key = owner.post(keys, json={"name": "a key"}).json["data"]["key"]
    holder = Tenant(owner.client, owner.email, key, owner.user_id, owner.organization_id)
    assert ids(holder) == [ours["id"]]
    refused = holder.get(f"/jobs?projectId={theirs['projectId']}")
    assert (refused.status_code, refused.json["error"]["code"]) == (404, "PROJECT_NOT_FOUND")


def test_who_made_a_job_is_named_also_when_they_are_gone(owner: Tenant) -> None:
    project = owner.make_project()
    member = join(owner, "kim@example.com", name="Kim")
    member.make_job(project)
    assert owner.get("/jobs").json["data"][0]["createdBy"]["name"] == "Kim"
    gone = member.post("/auth/delete-account", json={"currentPassword": PASSWORD})
    assert gone.status_code == 200, gone.text
    maker = owner.get("/jobs").json["data"][0]["createdBy"]
    assert maker == {"id": member.user_id, "email": None, "name": None}


@pytest.mark.parametrize(
    "query",
    ["status=done", "type=nothing", "cursor=nonsense", "limit=0", "limit=101", "q=", "from=soon"],
)
def test_what_cannot_be_meant_is_refused(owner: Tenant, query: str) -> None:
    answer = owner.get(f"/jobs?{query}")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "status=completed&status=failed",
        "type=search",
        "q=clock",
        "from=2025-01-01&to=2025-02-01",
        "cursor=ffffffffffffffffffffffff",
    ],
)
def test_no_collection_is_scanned(owner: Tenant, database: Database, query: str) -> None:
    owner.make_job()
    with profiled(database) as notes:
        ids(owner, f"?{query}")
    asked: list[dict[str, Any]] = [note for note in notes if note["ns"].endswith(".jobs")]
    assert len(asked) >= 2
    assert scans(notes) == []
    # The order is the index's own.
    assert not any(note.get("hasSortStage") for note in asked)

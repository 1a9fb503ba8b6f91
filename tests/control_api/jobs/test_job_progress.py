"""`GET /jobs/:id/timeline`, `/throughput` and `/coverage`: how a job went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from storage.base.clock import utc_now
from storage.base.ids import target_id
from storage.base.records import NewRow, TargetEnd
from storage.jobs.jobs import Jobs
from storage.jobs.settlement import Settlement
from storage.runs.runs import Loss, Runs
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target, make_spider_job
from tests.control_api.profiled import profiled, scans


def data(tenant: Tenant, path: str) -> Any:
    answer = tenant.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json["data"]


def events(tenant: Tenant, job: str) -> list[str]:
    moments = data(tenant, f"/jobs/{job}/timeline")
    times = [moment["at"] for moment in moments]
    assert times == sorted(times)
    return [moment["event"] for moment in moments]


# The timeline


def test_a_job_is_told_from_its_creation_to_its_end(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    job = tenant.make_job(targets=["a", "b"])["id"]
    assert events(tenant, job) == ["created"]
    fed = Jobs(database).claim_slice("amazon_search", tenant.organization_id, size=1)
    assert fed is not None
    first = database["jobs"].find_one({"_id": job})["fedAt"]
    assert Jobs(database).claim_slice("amazon_search", tenant.organization_id, size=1) is not None
    assert database["jobs"].find_one({"_id": job})["fedAt"] == first
    fail_target(settlement, job, 0)
    assert events(tenant, job) == ["created", "fed", "started"]
    end_target(settlement, job, 1, [{"asin": "B000000001"}])
    found = data(tenant, f"/jobs/{job}/timeline")
    assert {moment["event"] for moment in found} == {
        "created",
        "fed",
        "started",
        "first_row",
        "ended",
    }
    (end,) = [moment["text"] for moment in found if moment["event"] == "ended"]
    assert end == (
        "the job ended as completed: 1 targets succeeded, 1 failed, 0 were cancelled; 1 rows"
    )


def test_a_cancel_names_who_did_it(tenant: Tenant) -> None:
    job = tenant.make_job()["id"]
    tenant.post(f"/jobs/{job}/cancel")
    assert set(events(tenant, job)) == {"created", "cancelled", "ended"}
    texts = [moment["text"] for moment in data(tenant, f"/jobs/{job}/timeline")]
    assert f"{tenant.email} cancelled the job" in texts


def test_the_tries_of_webhooks_are_told(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    job = tenant.make_job()["id"]
    end_target(settlement, job, 0)
    event = database["outbox"].find_one_and_update(
        {"jobId": job}, {"$set": {"dispatchedAt": utc_now()}}
    )
    attempts = [
        {"at": utc_now() + timedelta(seconds=second), "durationMs": 3, "status": status, "error": error}
        for second, status, error in ((1, 500, None), (2, None, "refused"))
    ]  # fmt: skip
    database["deliveries"].insert_one(
        {"_id": "d", "eventId": event["_id"], "webhookId": "w", "status": "pending"}
        | {"attempts": attempts, "nextAttemptAt": None}
    )
    told = data(tenant, f"/jobs/{job}/timeline")[-3:]
    assert [moment["event"] for moment in told] == [
        "webhooks_told",
        "webhook_tried",
        "webhook_tried",
    ]
    assert [moment["text"] for moment in told[1:]] == [
        "webhook w answered 500",
        "webhook w answered refused",
    ]


def test_lost_attempts_and_the_fence_of_a_run_are_told(tenant: Tenant, database: Database) -> None:
    job = make_spider_job(tenant, database)
    runs = Runs(database)
    waiting = runs.find(job)
    assert waiting is not None
    run = runs.dispatch(waiting, "a-node")
    assert run is not None
    database["runs"].update_one({"_id": job}, {"$set": {"claimedAt": utc_now()}})
    assert runs.take_back(run, Loss("NODE_LOST", "a-node", "no heartbeat")) is not None
    runs.request_cancel(job)
    found = data(tenant, f"/jobs/{job}/timeline")
    assert [moment["event"] for moment in found] == [
        "created",
        "claimed",
        "attempt_lost",
        "fenced",
    ]
    assert found[2]["text"] == "an attempt was taken back: NODE_LOST: a-node: no heartbeat"


# The throughput


@pytest.fixture
def minute(tenant: Tenant, settlement: Settlement, database: Database) -> str:
    """A job of one minute: targets ended after 1, 2, 29, 31 and 60 s, that of 29 s failed."""
    job: str = tenant.make_job(targets=list("abcde"))["id"]
    began = utc_now().replace(microsecond=0)
    for index, second in enumerate((1, 2, 29, 31, 60)):
        (fail_target if second == 29 else end_target)(settlement, job, index)
        at = began + timedelta(seconds=second)
        database["targets"].update_one({"_id": target_id(job, index)}, {"$set": {"endedAt": at}})
    times = {"startedAt": began, "completedAt": began + timedelta(seconds=60)}
    database["jobs"].update_one({"_id": job}, {"$set": times})
    return job


@pytest.mark.parametrize(
    ("points", "seconds", "cells"),
    [
        (1, 60.0, [(4, 1)]),
        (2, 30.0, [(2, 1), (2, 0)]),
        (4, 15.0, [(2, 0), (0, 1), (1, 0), (1, 0)]),
    ],
)
def test_ended_targets_are_counted_in_cells_without_gaps(
    tenant: Tenant, minute: str, points: int, seconds: float, cells: Sequence[tuple[int, int]]
) -> None:
    answer = tenant.get(f"/jobs/{minute}/throughput?points={points}").json
    assert answer["meta"] == {"cellSeconds": seconds}
    assert [(cell["success"], cell["failed"]) for cell in answer["data"]] == cells


def test_a_cell_is_a_second_long_at_least(tenant: Tenant, minute: str) -> None:
    answer = tenant.get(f"/jobs/{minute}/throughput?points=1000").json
    assert (answer["meta"]["cellSeconds"], len(answer["data"])) == (1.0, 60)
    assert sum(cell["success"] + cell["failed"] for cell in answer["data"]) == 5


def test_a_job_that_has_not_started_has_no_cells(tenant: Tenant) -> None:
    job = tenant.make_job()["id"]
    answer = tenant.get(f"/jobs/{job}/throughput").json
    assert answer == {"data": [], "meta": {"cellSeconds": 0.0}}


# The coverage


def test_each_field_tells_how_many_rows_have_it(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job(targets=["a", "b"])["id"]
    rows = [
        {"asin": "B000000001", "title": "A", "price": {"amount": 1, "currency": "USD"}},
        {"asin": "B000000002", "title": "", "price": None, "badges": []},
        {"asin": "B000000003", "title": None, "badges": ["best seller"]},
    ]
    end_target(settlement, job, 0, rows)
    answer = tenant.get(f"/jobs/{job}/coverage").json
    assert answer["meta"] == {"counted": 3, "total": 3}
    found = {one["field"]: (one["filled"], one["empty"]) for one in answer["data"]}
    assert found["asin"] == (3, 0)
    assert found["title"] == found["price.amount"] == found["badges"] == (1, 2)
    assert found["rating"] == (0, 3)


def test_a_job_without_rows_has_its_fields_empty(tenant: Tenant) -> None:
    job = tenant.make_job()["id"]
    answer = tenant.get(f"/jobs/{job}/coverage").json
    assert answer["meta"] == {"counted": 0, "total": 0}
    assert {(one["filled"], one["empty"]) for one in answer["data"]} == {(0, 0)}


def test_names_of_a_spiders_fields_may_hold_anything(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    job = make_spider_job(tenant, database)
    rows = [NewRow(1, 1, {"$a.b": "x", "plain": None}), NewRow(1, 2, {"plain": 0})]
    settlement.commit([], [TargetEnd(id=target_id(job, 0), job_id=job, token=1, rows=rows)])
    found = {one["field"]: one["filled"] for one in data(tenant, f"/jobs/{job}/coverage")}
    assert found == {"$a.b": 1, "plain": 1}


@pytest.mark.parametrize("route", ["timeline", "throughput", "coverage"])
def test_no_collection_is_scanned(
    tenant: Tenant, minute: str, database: Database, route: str
) -> None:
    with profiled(database) as notes:
        data(tenant, f"/jobs/{minute}/{route}")
    assert notes
    assert scans(notes) == []

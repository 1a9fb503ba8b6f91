"""U2: the report of a job adds up from targets, rows, ledger and deliveries, or says that it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from pymongo.database import Database

from control_api import manage
from settings.config import Config
from storage.base.clock import utc_now
from storage.base.ids import row_id, target_id
from storage.base.records import Effort, NewRow, StartedTarget, TargetEnd
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target, make_spider_job
from tests.control_api.profiled import profiled, scans
from tests.control_api.reporting import report, wrong_sums


@pytest.fixture
def job(tenant: Tenant, settlement: Settlement) -> str:
    """Ended: a target with two rows, one that was blocked after a row, one without results."""
    job_id: str = tenant.make_job(targets=["a", "b", "c"])["id"]
    end_target(settlement, job_id, 0, [{"asin": "B000000001"}, {"asin": "B000000002"}])
    blocked = TargetEnd(
        id=target_id(job_id, 1),
        job_id=job_id,
        token=1,
        rows=[NewRow(1, 1, {"asin": "B000000003"})],
        failure=None,
    )
    assert settlement.commit([], [blocked]).settled
    fail_target(settlement, job_id, 2, code="BLOCKED_CAPTCHA")
    return job_id


def test_it_counts_what_is_stored(job: str, tenant: Tenant) -> None:
    found = report(tenant, job)
    assert found["addsUp"] is True
    assert (found["status"], found["outcome"], found["cancel"]) == ("completed", "partial", None)
    assert found["targets"] == {
        "total": 3,
        "pending": 0,
        "running": 0,
        "success": 2,
        "failed": 1,
        "cancelled": 0,
    }
    assert found["reasons"] == [
        {"status": "success", "code": None, "targets": 2},
        {"status": "failed", "code": "BLOCKED_CAPTCHA", "targets": 1},
    ]
    assert found["rows"] == {"stored": 3, "settled": 3, "gapCount": 0, "gaps": []}
    assert found["credits"] == {"reserved": 15, "charged": 10, "released": 5, "perTarget": 5}
    assert found["webhooks"]["events"] == 1
    times = ["createdAt", "startedAt", "firstEndedAt", "lastEndedAt"]
    assert sorted(found[name] for name in times) == [found[name] for name in times]


def test_it_adds_up_while_the_job_is_open(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job(targets=["a", "b"])["id"]
    for change in (lambda: None, lambda: end_target(settlement, job, 0, [{"asin": "B000000001"}])):
        change()
        found = report(tenant, job)
        assert wrong_sums(found) == []
        assert found["credits"]["charged"] == found["webhooks"]["events"] == 0
    assert found["targets"]["pending"] == 1


def take_row(database: Database, job: str) -> None:
    database["results"].delete_one({"_id": row_id(target_id(job, 0), 1, 2)})


def move_row(database: Database, job: str) -> None:
    """The number of rows stays the same."""
    take_row(database, job)
    database["results"].insert_one(
        {"_id": row_id(target_id(job, 1), 1, 2), "jobId": job, "row": {}}
    )


def take_target(database: Database, job: str) -> None:
    database["targets"].delete_one({"_id": target_id(job, 2)})


def turn_target(database: Database, job: str) -> None:
    database["targets"].update_one({"_id": target_id(job, 2)}, {"$set": {"status": "success"}})


def take_charge(database: Database, job: str) -> None:
    database["ledger"].delete_one({"jobId": job, "kind": "charge"})


def take_release(database: Database, job: str) -> None:
    database["ledger"].delete_one({"jobId": job, "kind": "release"})


def take_reservation(database: Database, job: str) -> None:
    database["ledger"].delete_one({"jobId": job, "kind": "reserve"})


def take_event(database: Database, job: str) -> None:
    database["outbox"].delete_one({"jobId": job})


def change_count(database: Database, job: str) -> None:
    database["jobs"].update_one({"_id": job}, {"$inc": {"counts.failed": 1}})


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (take_row, ["rows", "rows.targets", "rows.shown"]),
        (move_row, ["rows.targets"]),
        (take_target, ["targets", "targets.failed"]),
        (turn_target, ["targets.success", "targets.failed", "credits.charged"]),
        (take_charge, ["credits.settled", "credits.charged"]),
        (take_release, ["credits.settled"]),
        (take_reservation, ["credits.reserved"]),
        (take_event, ["events"]),
        (change_count, ["targets.failed"]),
    ],
)
def test_it_says_when_something_was_taken_out_by_hand(
    job: str,
    tenant: Tenant,
    database: Database,
    change: Callable[[Database, str], None],
    wrong: list[str],
) -> None:
    change(database, job)
    found = report(tenant, job)
    assert found["addsUp"] is False
    assert wrong_sums(found) == wrong


def test_it_names_the_targets_whose_rows_are_wrong(
    job: str, tenant: Tenant, database: Database
) -> None:
    move_row(database, job)
    stray = row_id(target_id(job, 7), 1, 1)
    database["results"].insert_one({"_id": stray, "jobId": job, "row": {}})
    found = report(tenant, job)["rows"]
    assert found["gapCount"] == 3
    assert found["gaps"] == [
        {"index": 0, "settled": 2, "stored": 1},
        {"index": 1, "settled": 1, "stored": 2},
        {"index": 7, "settled": 0, "stored": 1},
    ]


def test_deliveries_are_counted_and_compared_with_their_answers(
    job: str, tenant: Tenant, database: Database
) -> None:
    event = database["outbox"].find_one({"jobId": job})
    assert event is not None
    for name, status, code in (
        ("a", "delivered", 204),
        ("b", "failed", 500),
        ("c", "pending", None),
    ):
        attempts = [{"at": utc_now(), "durationMs": 3, "status": code, "error": None}]
        database["deliveries"].insert_one(
            {"_id": name, "eventId": event["_id"], "webhookId": name, "status": status}
            | {"attempts": attempts, "nextAttemptAt": None}
        )
    found = report(tenant, job)
    assert found["webhooks"] == {
        "events": 1,
        "deliveries": 3,
        "delivered": 1,
        "pending": 1,
        "failed": 1,
        "attempts": 3,
    }
    assert found["addsUp"]
    database["deliveries"].update_one({"_id": "b"}, {"$set": {"status": "delivered"}})
    assert wrong_sums(report(tenant, job)) == ["deliveries"]


def test_events_that_are_not_kept_any_more_are_not_missed(
    job: str, tenant: Tenant, database: Database
) -> None:
    ended = utc_now() - timedelta(days=31)
    database["jobs"].update_one({"_id": job}, {"$set": {"completedAt": ended}})
    take_event(database, job)
    found = report(tenant, job)
    assert (found["addsUp"], found["webhooks"]) == (True, None)


# What the crawl took


def test_the_work_of_all_targets_is_summed(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job(targets=["a", "b", "c"])["id"]
    first, second = (target_id(job, place) for place in range(2))
    settlement.commit([StartedTarget(first, job, 1), StartedTarget(second, job, 2)], [])
    # Told again by the same lease, then taken up by a second one.
    settlement.commit([StartedTarget(first, job, 1)], [])
    settlement.commit([StartedTarget(first, job, 3)], [])
    ends = [
        TargetEnd(
            id=name, job_id=job, token=token, rows=[NewRow(1, 1, {"a": 1})], effort=Effort(*took)
        )
        for name, token, took in ((first, 3, (3, 3, 400, 1)), (second, 2, (2, 1, 100, 0)))
    ]
    settlement.commit([], ends)
    # Late, twice: a lost lease, and an end whose answer was lost.
    late = TargetEnd(id=first, job_id=job, token=1, rows=[NewRow(1, 1, {"a": 1})] * 2)
    for _ in range(2):
        settlement.commit([], [late, ends[0]])
    fail_target(settlement, job, 2)
    found = report(tenant, job)
    assert found["work"] == {
        "leases": 4,
        "redelivered": 1,
        "suppressed": 2,
        "requests": 5,
        "answers": 4,
        "bytes": 500,
        "blocked": 1,
        "blockedShare": 25.0,
    }
    assert found["addsUp"]
    told = [
        moment["text"]
        for moment in tenant.get(f"/jobs/{job}/timeline").json["data"]
        if moment["event"] == "redelivered"
    ]
    assert told == ["target 'a' ended after 1 of its crawlers were lost"]


def test_without_an_answer_no_share_was_blocked(tenant: Tenant) -> None:
    assert report(tenant, tenant.make_job()["id"])["work"]["blockedShare"] is None


def test_product_pages_are_counted_and_charged(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    config = {"marketplace": "sandbox", "fill": True}
    job = tenant.make_job(type="bestsellers", targets=["electronics"], config=config)["id"]
    end = TargetEnd(id=target_id(job, 0), job_id=job, token=1, product_pages=3)
    assert settlement.commit([], [end]).settled
    found = report(tenant, job)
    assert found["addsUp"]
    assert found["credits"]["charged"] == 5 + 3 * 2
    database["targets"].update_one({"_id": target_id(job, 0)}, {"$set": {"productPages": 1}})
    assert wrong_sums(report(tenant, job)) == ["credits.charged"]


def test_a_lost_attempt_whose_rows_are_being_removed_is_no_fault(
    tenant: Tenant, database: Database
) -> None:
    job = make_spider_job(tenant, database)
    database["runs"].update_one({"_id": job}, {"$set": {"items": 5, "state": "running"}})
    assert "rows" in wrong_sums(report(tenant, job))
    database["runs"].update_one({"_id": job}, {"$set": {"state": "clearing"}})
    assert wrong_sums(report(tenant, job)) == []


# On the command line


@pytest.fixture
def command(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], tuple[int, str, str]]:
    monkeypatch.setattr(manage, "current_config", lambda: config)

    def run(job_id: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = manage.main(["report", job_id])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_the_command_prints_the_same(
    job: str, database: Database, command: Callable[[str], tuple[int, str, str]]
) -> None:
    code, out, _ = command(job)
    assert code == 0
    assert "targets 3\n  success 2\n  failed BLOCKED_CAPTCHA 1\n" in out
    assert "rows 3 stored, 3 that targets ended with" in out
    assert "work 3 leases, 0 targets redelivered, 0 late ends suppressed, 0 requests" in out
    assert "credits 15 reserved, 10 charged, 5 released" in out
    assert out.endswith("It adds up.\n")
    take_row(database, job)
    code, out, error = command(job)
    assert code == 1
    assert "  target 0 ended with 2 rows, 1 are stored\n" in out
    assert "WRONG rows stored = rows that targets ended with: 2 and 3" in out
    assert error == f"error: the report of {job} does not add up: rows, rows.targets, rows.shown\n"


def test_the_command_proves_a_cancel(
    tenant: Tenant, command: Callable[[str], tuple[int, str, str]]
) -> None:
    job = tenant.make_job(targets=["a"])["id"]
    tenant.post(f"/jobs/{job}/cancel")
    _, out, _ = command(job)
    assert "cancel proven: fenced " in out
    assert "0 rows before, 0 after, 0 refused, 1 targets left unread" in out
    assert "0 seeds and 0 leases in Redis, processes shared" in out


def test_the_command_names_a_job_that_is_not_there(
    command: Callable[[str], tuple[int, str, str]],
) -> None:
    assert command("nothing") == (1, "", "error: no job nothing\n")


def test_no_collection_is_scanned(job: str, tenant: Tenant, database: Database) -> None:
    with profiled(database) as notes:
        report(tenant, job)
    read = {note["ns"].rpartition(".")[2] for note in notes}
    assert read >= {"targets", "results", "ledger", "outbox", "deliveries"}
    assert scans(notes) == []

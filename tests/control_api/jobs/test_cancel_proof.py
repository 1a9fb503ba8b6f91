"""The report of a cancelled job proves that nothing was written after the cancel, or says that it is not proven."""

from __future__ import annotations

from datetime import timedelta

from pymongo.database import Database
from redis import Redis

from control_api.services.jobs.reports.report import report_from_facts
from settings.config import Config
from spiders.items.formats.moments import text_from_instant
from spiders.types.registry import POOL_SPIDERS
from storage.base.clock import utc_now
from storage.base.connections import connect_redis, open_database
from storage.base.ids import row_id, target_id
from storage.base.records import NewRow, Seed, TargetEnd
from storage.base.sessions import open_session
from storage.jobs.settlement import Settlement
from storage.queue.seed_queue import JobSeeds, SeedQueue
from storage.reports.job_facts import JobFactsReader
from storage.runs.run_claims import RunClaims
from storage.runs.runs import Runs
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, make_spider_job
from tests.control_api.reporting import report, wrong_sums

SPIDER = "amazon_search"


def test_a_cancel_is_proven(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job(targets=["a", "b", "c"])["id"]
    end_target(settlement, job, 0, [{"asin": "B000000001"}])
    shown = tenant.post(f"/jobs/{job}/cancel").json["data"]
    late = TargetEnd(id=target_id(job, 1), job_id=job, token=1, rows=[NewRow(1, 1, {"a": 1})])
    assert settlement.commit([], [late]).settled == []
    found = report(tenant, job)
    assert found["addsUp"] is True
    proof = found["cancel"]
    assert proof.pop("lastRowAt") == found["lastEndedAt"]
    assert proof == {
        "isProven": True,
        "fencedAt": shown["completedAt"],
        "rowsBefore": 1,
        "rowsAfter": 0,
        "rowsRefused": 1,
        "targetsCancelled": 2,
        "seedsHeld": 0,
        "leasesHeld": 0,
        "processes": "shared",
        "processesGoneAt": None,
    }


def test_a_row_after_the_fence_is_seen(tenant: Tenant, database: Database) -> None:
    job = tenant.make_job(targets=["a"])["id"]
    tenant.post(f"/jobs/{job}/cancel")
    row = row_id(target_id(job, 0), 1, 1)
    database["results"].insert_one({"_id": row, "jobId": job, "row": {}})
    found = report(tenant, job)
    proof = found["cancel"]
    assert (proof["isProven"], proof["rowsBefore"], proof["rowsAfter"]) == (False, 0, 1)
    assert found["addsUp"] is False


def test_a_target_that_ended_after_the_fence_is_seen(
    tenant: Tenant, settlement: Settlement, database: Database
) -> None:
    job = tenant.make_job(targets=["a", "b"])["id"]
    end_target(settlement, job, 0, [{"asin": "B000000001"}])
    tenant.post(f"/jobs/{job}/cancel")
    later = {"endedAt": utc_now() + timedelta(seconds=5)}
    database["targets"].update_one({"_id": target_id(job, 0)}, {"$set": later})
    proof = report(tenant, job)["cancel"]
    assert (proof["isProven"], proof["rowsBefore"], proof["rowsAfter"]) == (False, 0, 1)


def test_what_crawlers_still_hold_is_no_proof(
    tenant: Tenant, config: Config, redis_client: Redis
) -> None:
    job = tenant.make_job(targets=["a", "b"])["id"]
    seeds = [
        Seed(target_id(job, place), "US", tenant.organization_id, f'{{"url": "https://a/{place}"}}')
        for place in (0, 1)
    ]
    with connect_redis(config) as client:
        queue = SeedQueue(client, POOL_SPIDERS)
        tenant.post(f"/jobs/{job}/cancel")
        queue.push(SPIDER, seeds)
        client.hset(f"{SPIDER}:leased", seeds[0].id, "1|a crawler|{}")
        assert queue.of_job(SPIDER, job) == JobSeeds(waiting=1, leased=1)
        proof = report(tenant, job)["cancel"]
        assert (proof["isProven"], proof["seedsHeld"], proof["leasesHeld"]) == (False, 1, 1)


def test_without_redis_a_cancel_is_told_and_not_proven(tenant: Tenant, database: Database) -> None:
    cancelled = tenant.make_job(targets=["a"])["id"]
    tenant.post(f"/jobs/{cancelled}/cancel")
    with database.client.start_session() as session:
        facts = JobFactsReader(database).find(cancelled, session)
    assert facts is not None
    told = report_from_facts(facts, None, now=utc_now())
    assert told.cancel is not None
    assert (told.adds_up, told.cancel.is_proven) == (True, False)
    assert told.cancel.seeds_held is told.cancel.leases_held is None


def test_a_spider_job_is_proven_when_its_process_is_gone(
    tenant: Tenant, database: Database, config: Config, settlement: Settlement
) -> None:
    job = make_spider_job(tenant, database)
    runs = Runs(database)
    waiting = runs.find(job)
    assert waiting is not None
    run = runs.dispatch(waiting, "a-node")
    assert run is not None and run.dispatch_id is not None
    client = database.client
    claims = RunClaims(client, open_database(client, config), open_session(client))
    claimed = claims.claim(job, run.dispatch_id, claimant="the process", version="1")
    assert claimed is not None
    assert claims.write_items(claimed.claim, 0, [{"asin": "B000000001"}])
    assert wrong_sums(report(tenant, job)) == []

    assert runs.request_cancel(job) is not None
    assert not claims.write_items(claimed.claim, 1, [{"asin": "B000000002"}])
    proof = report(tenant, job)["cancel"]
    assert (proof["isProven"], proof["processes"]) == (False, "ending")

    ended = settlement.cancel(job)
    assert ended is not None and ended.completed_at is not None
    settlement.close_targets(job)
    runs.close(run)
    found = report(tenant, job)
    proof = found["cancel"]
    assert (found["addsUp"], proof["isProven"], proof["processes"]) == (True, True, "gone")
    assert (proof["rowsBefore"], proof["rowsAfter"]) == (1, 0)
    assert proof["fencedAt"] <= proof["processesGoneAt"] == text_from_instant(ended.completed_at)
    stray = row_id(target_id(job, 0), 1, 5)
    database["results"].insert_one({"_id": stray, "jobId": job, "row": {}})
    assert report(tenant, job)["cancel"]["rowsAfter"] == 1

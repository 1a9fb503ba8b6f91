"""contracts.md section 3, the Jobs API of the original: a test per route, quoting it."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from storage.runs.runs import INTERRUPTED, RunOutcome, Runs, RunState
from tests.scrapethis.claims import claims_of, dispatched
from tests.scrapethis.conftest import Caller, MakeCaller

pytestmark = pytest.mark.usefixtures("redis_client")


def test_post_answers_200_with_the_jobs_id(caller: Caller) -> None:
    answer = caller.post(
        "/jobs", {"spider_name": "my-spider", "arguments": {"url": "https://example.com"}}
    )
    assert answer.status_code == 200
    assert set(answer.json) == {"jobId", "status"}
    assert answer.json["status"] == "pending"


def test_missing_spider_id_or_spider_name(caller: Caller) -> None:
    answer = caller.post("/jobs", {"arguments": {}})
    assert answer.status_code == 400
    assert answer.json["error"] == "Missing spider_id or spider_name"


@pytest.mark.parametrize("body", [{"spider_name": "nobody"}, {"spider_id": "nobody"}])
def test_spider_not_found(caller: Caller, body: dict[str, str]) -> None:
    answer = caller.post("/jobs", body)
    assert answer.status_code == 404
    assert answer.json["error"] == "Spider not found"


def test_invalid_or_missing_api_key(caller: Caller) -> None:
    for credential in ("st_wrong", "YOUR_API_KEY"):
        answer = caller.client.get(
            "/api/v1/jobs", headers={"Authorization": f"Bearer {credential}"}
        )
        assert answer.status_code == 401
        assert answer.json["error"] == "Invalid or missing API key"


def test_list_shows_the_originals_fields_and_filters(caller: Caller) -> None:
    first, second = caller.start(), caller.start()
    (shown,) = caller.get("/jobs?status=pending&limit=1").json
    assert shown["id"] == second
    assert {"id", "spider_id", "status", "user_id", "created_at", "spider"} <= set(shown)
    assert shown["user_id"] == caller.user_id
    assert shown["spider"]["name"] == "my-spider"
    assert shown["spider"]["repo_path"] == "spiders/my_spider.py"
    of_spider = caller.get(f"/jobs?spider_id={shown['spider_id']}").json
    assert [job["id"] for job in of_spider] == [second, first]
    assert caller.get("/jobs?spider_id=other").json == []
    assert caller.get("/jobs?status=finished").json == []
    assert caller.get("/jobs?status=sleeping").status_code == 400


def test_a_run_from_claim_to_last_word(
    caller: Caller, database: Database, config: Any, redis_client: Redis
) -> None:
    job_id = caller.start(arguments={"url": "https://example.com", "pages": 3})
    run = dispatched(database, job_id)
    claims = claims_of(database, config)
    claimed = claims.claim(job_id, run.dispatch_id or "", claimant="me", version="7")
    assert claimed is not None
    assert claimed.arguments == {"url": "https://example.com", "pages": "3"}
    assert claims.write_items(claimed.claim, 0, [{"title": "a"}, {"title": "b"}])
    claims.beat(claimed.claim, ["line 0", "line 1"], sessions=[])
    shown = caller.get(f"/jobs/{job_id}").json
    assert shown["status"] == "running"
    assert shown["items_scraped"] == 2
    assert shown["finished_at"] is None
    assert shown["version"] == "7"
    assert caller.get(f"/jobs/{job_id}/items").json == [{"title": "a"}, {"title": "b"}]
    assert caller.get(f"/jobs/{job_id}/items?offset=1").json == [{"title": "b"}]
    assert caller.get(f"/jobs/{job_id}/logs?offset=1").json == {
        "lines": ["line 1"],
        "first": 1,
        "total": 2,
    }
    outcome = RunOutcome(is_well=True, reason="finished")
    assert claims.end(claimed.claim, outcome, stats={"item_scraped_count": 2}, lines=[])
    assert Runs(database).find(job_id).state is RunState.ENDED  # type: ignore[union-attr]


def test_a_job_that_nobody_runs_is_cancelled_at_once_and_again(caller: Caller) -> None:
    job_id = caller.start()
    for _ in range(2):
        answer = caller.delete(f"/jobs/{job_id}")
        assert answer.status_code == 200
        assert answer.json == {"ok": True, "message": "Job cancelled"}
    assert caller.get(f"/jobs/{job_id}").json["status"] == "cancelled"


def test_cancel_fences_even_when_no_node_can_be_told(
    caller: Caller, database: Database, config: Any
) -> None:
    job_id = caller.start()
    run = dispatched(database, job_id)
    claims = claims_of(database, config)
    claimed = claims.claim(job_id, run.dispatch_id or "", claimant="me", version="1")
    assert claimed is not None
    answer = caller.delete(f"/jobs/{job_id}")
    assert answer.status_code == 500
    assert answer.json["error"] == "Failed to cancel job"
    assert not claims.write_items(claimed.claim, 0, [{"late": True}])
    shown = caller.get(f"/jobs/{job_id}").json
    assert shown["status"] == "running"
    assert shown["cancel_requested_at"] is not None
    assert caller.get(f"/jobs/{job_id}/items").json == []
    assert caller.delete(f"/jobs/{job_id}").status_code == 200


def test_a_job_that_is_interrupted_at_the_moment_can_be_cancelled(
    caller: Caller, database: Database
) -> None:
    """It would be run again: that its last process had its last word is not the job's end."""
    job_id = caller.start()
    runs = Runs(database)
    outcome = RunOutcome(is_well=False, reason="shutdown", code=INTERRUPTED)
    assert runs.end(dispatched(database, job_id), outcome)
    assert caller.delete(f"/jobs/{job_id}").status_code == 200
    shown = caller.get(f"/jobs/{job_id}").json
    # No process of it has ever begun.
    assert shown["status"] == "pending"
    assert shown["cancel_requested_at"] is not None
    assert caller.delete(f"/jobs/{job_id}").status_code == 200


def test_job_not_found_for_others(caller: Caller, make_caller: MakeCaller) -> None:
    job_id = caller.start()
    stranger = make_caller("stranger@example.com")
    for path in (f"/jobs/{job_id}", f"/jobs/{job_id}/items", f"/jobs/{job_id}/logs"):
        answer = stranger.get(path)
        assert answer.status_code == 404
        assert answer.json["error"] == "Job not found"
    assert stranger.delete(f"/jobs/{job_id}").status_code == 404
    assert stranger.get("/jobs").json == []


def test_an_amazon_spider_costs_what_the_same_job_costs(make_caller: MakeCaller) -> None:
    caller = make_caller(plan="free")
    address = "https://www.amazon.com/s?rh=n:1,p_36:1000-"
    body = {"spider_name": "amazon_search", "arguments": {"keywords": f"usb hub,{address}"}}
    job_id = caller.post("/jobs", body).json["jobId"]
    headers = {"Authorization": f"Bearer {caller.token}"}
    job = caller.client.get(f"/jobs/{job_id}", headers=headers).json["data"]
    assert job["creditsReserved"] == 10
    assert job["counts"]["total"] == 1
    free = caller.start()
    assert caller.client.get(f"/jobs/{free}", headers=headers).json["data"]["creditsReserved"] == 0


def test_the_same_idempotency_key_starts_one_job(caller: Caller) -> None:
    headers = {"Idempotency-Key": "once"}
    first = caller.post("/jobs", {"spider_name": "my-spider"}, headers=headers)
    second = caller.post("/jobs", {"spider_name": "my-spider"}, headers=headers)
    assert first.json["jobId"] == second.json["jobId"]
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_retry_of_what_failed_runs_a_cancelled_spider_again(caller: Caller) -> None:
    headers = {"Authorization": f"Bearer {caller.token}"}
    job_id = caller.start(arguments={"pages": 2})
    assert caller.delete(f"/jobs/{job_id}").status_code == 200
    path = f"/jobs/{job_id}/retry"
    again = caller.client.post(path, headers=headers, json={"only": "failed"})
    assert again.status_code == 201, again.text
    shown = caller.get(f"/jobs/{again.json['data']['id']}").json
    assert (shown["status"], shown["arguments"]) == ("pending", {"pages": "2"})

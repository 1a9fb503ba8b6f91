"""The contract, cancel: "200 with the job. Idempotent; on a finished job 409 `CONFLICT`. Cancelled
means: no result can be written any more"
"""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
from pymongo.database import Database

from settings.config import Config
from storage.base.ids import target_id
from storage.base.records import NewRow, TargetEnd
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target
from tests.control_api.processes import running_api

TARGETS = 60


def test_cancel_is_idempotent(tenant: Tenant) -> None:
    job = tenant.make_job()
    answers = [tenant.post(f"/jobs/{job['id']}/cancel") for _ in range(3)]
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert answers[0].json["data"]["status"] == "cancelled"


def test_a_finished_job_is_a_conflict(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job()
    end_target(settlement, job["id"], 0)
    answer = tenant.post(f"/jobs/{job['id']}/cancel")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "CONFLICT")
    assert tenant.get(f"/jobs/{job['id']}").json["data"]["status"] == "completed"


def test_no_row_is_written_after_a_cancel_is_answered(
    tenant: Tenant, config: Config, settlement: Settlement, database: Database, tmp_path: Path
) -> None:
    """S2, over HTTP, while two crawlers write rows as fast as they can."""
    job = tenant.make_job(targets=[f"k{number}" for number in range(TARGETS)])
    some_written, stop = threading.Event(), threading.Event()

    def crawl(first: int) -> None:
        for index in range(first, TARGETS, 2):
            if stop.is_set():
                return
            rows = [NewRow(1, position, {"asin": "B000000001"}) for position in range(1, 20)]
            end = TargetEnd(id=target_id(job["id"], index), job_id=job["id"], token=1, rows=rows)
            settlement.commit([], [end])
            if index >= 4:
                some_written.set()

    crawlers = [threading.Thread(target=crawl, args=(first,)) for first in (0, 1)]
    with (
        running_api(config, tmp_path / "api.log") as url,
        httpx.Client(base_url=url, headers=tenant.headers, trust_env=False) as client,
    ):
        for crawler in crawlers:
            crawler.start()
        assert some_written.wait(20)
        answer = client.post(f"/jobs/{job['id']}/cancel")
        at_answer = database["results"].count_documents({"jobId": job["id"]})
        for crawler in crawlers:
            crawler.join(30)
        after = client.get(f"/jobs/{job['id']}").json()["data"]
    stop.set()
    shown = answer.json()["data"]
    assert (answer.status_code, shown["status"]) == (200, "cancelled")
    assert shown["counts"]["cancelled"] > 0
    assert 0 < at_answer == database["results"].count_documents({"jobId": job["id"]})
    assert after["resultCount"] == at_answer
    assert after["counts"] == shown["counts"]

"""The contract, statuses: "`?status=` on `/api/v1/jobs` accepts both vocabularies; an unknown word
is a 400, not an empty list. A job is `completed` when at least one target succeeded (no results
counts as success), `failed` when none did."
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from control_api.v1.statuses import SCRAPEMASTER, SCRAPETHIS
from storage.base.records import JobStatus
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target

ROWS = [
    ("queued", "pending", "pending"), ("running", "running", "running"),
    ("completed", "completed", "finished"), ("failed", "failed", "error"),
    ("cancelled", "cancelled", "cancelled"),
]  # fmt: skip


def test_the_words() -> None:
    words = [(one.value, SCRAPEMASTER[one], SCRAPETHIS[one]) for one in JobStatus]
    assert sorted(words) == sorted(ROWS)


def end(tenant: Tenant, settlement: Settlement, job: str, status: str) -> None:
    if status == "completed":
        end_target(settlement, job, 0)
    if status == "failed":
        fail_target(settlement, job, 0)
    if status == "cancelled":
        tenant.post(f"/jobs/{job}/cancel")


@pytest.mark.parametrize(
    ("status", "page_word", "spider_word"), [row for row in ROWS if row[0] != "running"]
)
def test_a_page_job_in_both_dialects(
    tenant: Tenant, settlement: Settlement, status: str, page_word: str, spider_word: str
) -> None:
    body = {"url": "https://example.com/", "selectors": {"title": "h1::text"}}
    job = tenant.post("/api/v1/jobs", json=body).json["id"]
    end(tenant, settlement, job, status)
    assert tenant.get(f"/jobs/{job}").json["data"]["status"] == status
    assert tenant.get(f"/api/v1/jobs/{job}").json["status"] == page_word
    # "`?status=` on `/api/v1/jobs` accepts both vocabularies"
    for word in (page_word, spider_word):
        listed = tenant.get(f"/api/v1/jobs?status={word}").json
        assert [one["id"] for one in listed] == [job], word


def test_an_unknown_word_is_a_400(tenant: Tenant) -> None:
    assert tenant.get("/api/v1/jobs?status=done").status_code == 400
    project = tenant.make_project()
    assert tenant.get(f"/projects/{project}/jobs?status=pending").status_code == 400


def test_completed_when_one_target_succeeded_failed_when_none_did(
    tenant: Tenant, settlement: Settlement
) -> None:
    def status(*ends: Callable[..., None]) -> str:
        job = tenant.make_job(targets=["a", "b"])["id"]
        for index, end_one in enumerate(ends):
            end_one(settlement, job, index)
        return str(tenant.get(f"/jobs/{job}").json["data"]["status"])

    # end_target without rows: "no results counts as success"
    assert status(end_target, fail_target) == "completed"
    assert status(end_target, end_target) == "completed"
    assert status(fail_target, fail_target) == "failed"
    assert status(end_target) == "running"

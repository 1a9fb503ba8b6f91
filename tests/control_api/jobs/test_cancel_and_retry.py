"""Jobs that are ended by hand, and made again."""

from __future__ import annotations

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.jobs.jobs import JobAnswer
from storage.accounts.credits import Credits
from storage.base.records import StartedTarget
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant, error_of
from tests.control_api.crawling import end_target, fail_target


class TestRetry:
    def test_a_retry_is_a_new_queued_job_of_the_same(
        self, tenant: Tenant, settlement: Settlement, database: Database
    ) -> None:
        config = {"lang": "de", "priority": "low", "mine": [1]}
        job = tenant.make_job(targets=["a", "b"], config=config)
        end_target(settlement, job["id"], 0)
        fail_target(settlement, job["id"], 1)
        answer = tenant.post(f"/jobs/{job['id']}/retry")
        assert answer.status_code == 201
        again = answer.json["data"]
        assert again["id"] != job["id"]
        assert again["retryOf"] == job["id"]
        same = ("type", "config", "targets", "priority", "projectId", "creditsReserved", "status")
        assert {key: again[key] for key in same} == {key: job[key] for key in same}
        # One of the two was charged, and the retry holds ten again.
        assert Credits(database).get_balance(tenant.organization_id) == (985, 10)
        first, second = (
            list(database["targets"].find({"jobId": one}).sort("_id", 1))
            for one in (job["id"], again["id"])
        )
        assert [one["seed"] for one in first] == [one["seed"] for one in second]

    def test_a_repeated_retry_with_the_same_key_is_one_job(
        self, tenant: Tenant, settlement: Settlement, database: Database
    ) -> None:
        job = tenant.make_job(targets=["a", "b"])
        fail_target(settlement, job["id"], 0)
        path, key = f"/jobs/{job['id']}/retry", {"Idempotency-Key": "once"}
        first = tenant.post(path, headers=key, json={"only": "failed"})
        # Nothing is left to retry when it is asked again: the key knows that it was answered.
        again = tenant.post(path, headers=key, json={"only": "failed"})
        assert again.json["data"]["id"] == first.json["data"]["id"]
        assert again.headers["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first.headers
        assert database["jobs"].count_documents({}) == 2
        assert Credits(database).get_balance(tenant.organization_id) == (985, 15)
        other = tenant.post(path, headers=key)
        assert error_of(other)[:2] == (422, "IDEMPOTENCY_KEY_REUSED")

    def test_a_retry_of_chosen_targets_takes_failed_ones_alone(
        self, tenant: Tenant, settlement: Settlement
    ) -> None:
        job = tenant.make_job(targets=["a", "b", "c", "d"])["id"]
        end_target(settlement, job, 0)
        fail_target(settlement, job, 1)
        fail_target(settlement, job, 2, code="BLOCKED_CAPTCHA")
        for body, values in (
            ({"targets": [0, 1, 2]}, ["b", "c"]),
            ({"targets": [2], "only": "failed"}, ["c"]),
            ({"code": "BLOCKED_CAPTCHA"}, ["c"]),
            ({"code": "BLOCKED_CAPTCHA", "targets": [2, 3]}, ["c"]),
        ):
            made = tenant.post(f"/jobs/{job}/retry", json=body).json["data"]
            assert [one["value"] for one in made["targets"]] == values, body
        # One that is open goes on where it is.
        for body in ({"targets": [0, 3]}, {"code": "BLOCKED_CAPTCHA", "targets": [1]}):
            assert tenant.post(f"/jobs/{job}/retry", json=body).status_code == 409
        for body in ({"targets": []}, {"targets": [-1]}, {"code": ""}):
            assert tenant.post(f"/jobs/{job}/retry", json=body).status_code == 400
        key = {"Idempotency-Key": "chosen"}
        path = f"/jobs/{job}/retry"
        assert tenant.post(path, headers=key, json={"targets": [1]}).status_code == 201
        assert tenant.post(path, headers=key, json={"targets": [2]}).status_code == 422

    def test_a_retry_needs_credits_too(self, tenant: Tenant, database: Database) -> None:
        job = tenant.make_job()
        database["organizations"].update_one({}, {"$set": {"creditBalance": 0}})
        assert error_of(tenant.post(f"/jobs/{job['id']}/retry"))[:2] == (
            402,
            "INSUFFICIENT_CREDITS",
        )


class TestCancel:
    def test_a_cancelled_job_gives_its_credits_back(
        self, tenant: Tenant, settlement: Settlement, database: Database
    ) -> None:
        job = tenant.make_job(targets=["a", "b", "c"])
        end_target(settlement, job["id"], 0, [{"asin": "B000000001"}])
        settlement.commit([StartedTarget(f"{job['id']}:000001", job["id"], 1)], [])
        answer = tenant.post(f"/jobs/{job['id']}/cancel")
        assert answer.status_code == 200
        JobAnswer.model_validate(answer.json)
        shown = answer.json["data"]
        assert (shown["status"], shown["outcome"]) == ("cancelled", "cancelled")
        assert [t["status"] for t in shown["targets"]] == ["success", "cancelled", "cancelled"]
        assert shown["counts"]["cancelled"] == 2
        assert Credits(database).get_balance(tenant.organization_id) == (995, 0)

    def test_after_a_cancel_no_row_is_written(
        self, tenant: Tenant, settlement: Settlement, database: Database
    ) -> None:
        job = tenant.make_job()
        tenant.post(f"/jobs/{job['id']}/cancel")
        with pytest.raises(AssertionError):
            end_target(settlement, job["id"], 0, [{"asin": "B000000001"}])
        assert database["results"].count_documents({}) == 0

    def test_a_repeated_cancel_changes_nothing(self, tenant: Tenant, database: Database) -> None:
        job = tenant.make_job()
        first = tenant.post(f"/jobs/{job['id']}/cancel")
        again = tenant.post(f"/jobs/{job['id']}/cancel")
        assert (again.status_code, again.json) == (200, first.json)
        assert database["outbox"].count_documents({"jobId": job["id"]}) == 1
        assert database["audit"].count_documents({"action": "job.cancelled"}) == 1

    def test_a_finished_job_cannot_be_cancelled(
        self, tenant: Tenant, settlement: Settlement
    ) -> None:
        job = tenant.make_job()
        end_target(settlement, job["id"], 0)
        answer = tenant.post(f"/jobs/{job['id']}/cancel")
        assert error_of(answer) == (409, "CONFLICT", "Job is already completed")

"""What GET /jobs and its targets say of a job."""

from __future__ import annotations

from collections.abc import Callable

from control_api.azscraper.schemas.jobs.jobs import JobAnswer, JobsAnswer, TargetsAnswer
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target


class TestReading:
    def test_a_failed_target_carries_its_reason(
        self, tenant: Tenant, settlement: Settlement
    ) -> None:
        job = tenant.make_job(targets=["a", "b"])
        end_target(settlement, job["id"], 0, [{"asin": "B000000001"}])
        fail_target(settlement, job["id"], 1)
        answer = tenant.get(f"/jobs/{job['id']}")
        JobAnswer.model_validate(answer.json)
        shown = answer.json["data"]
        assert (shown["status"], shown["outcome"]) == ("completed", "partial")
        assert shown["targets"] == [
            {"value": "a", "status": "success"},
            {
                "value": "b",
                "status": "failed",
                "error": {"code": "NOT_FOUND", "message": "Amazon has no such page"},
            },
        ]
        assert (shown["resultCount"], shown["resultSetId"]) == (1, job["id"])
        assert shown["completedAt"].endswith("Z")

    def test_above_a_thousand_targets_the_object_is_truncated(
        self, make_tenant: Callable[..., Tenant]
    ) -> None:
        tenant = make_tenant("unlimited")
        job = tenant.make_job(targets=[f"k{number}" for number in range(1_001)])
        for shown in (job, tenant.get(f"/jobs/{job['id']}").json["data"]):
            assert len(shown["targets"]) == 1_000
            assert shown["targetsTruncated"] is True
        last = tenant.get(f"/jobs/{job['id']}/targets?offset=1000").json
        assert last["meta"] == {"total": 1_001}
        assert [(one["value"], one["status"]) for one in last["data"]] == [("k1000", "pending")]

    def test_targets_are_filtered_by_status(self, tenant: Tenant, settlement: Settlement) -> None:
        job = tenant.make_job(targets=["a", "b", "c"])
        fail_target(settlement, job["id"], 1)
        answer = tenant.get(f"/jobs/{job['id']}/targets?status=failed")
        TargetsAnswer.model_validate(answer.json)
        assert [target["value"] for target in answer.json["data"]] == ["b"]
        assert answer.json["meta"] == {"total": 1}

    def test_targets_are_filtered_by_the_code_of_their_failure(
        self, tenant: Tenant, settlement: Settlement
    ) -> None:
        job = tenant.make_job(targets=["a", "b", "c"])["id"]
        fail_target(settlement, job, 0)
        fail_target(settlement, job, 2, code="BLOCKED_CAPTCHA")
        for query, values in (
            ("code=BLOCKED_CAPTCHA", ["c"]), ("code=PARSE_ERROR", []),
            ("code=BLOCKED_CAPTCHA&status=failed", ["c"]),
            ("code=BLOCKED_CAPTCHA&status=pending", []),
        ):  # fmt: skip
            answer = tenant.get(f"/jobs/{job}/targets?{query}").json
            assert [one["value"] for one in answer["data"]] == values, query
            assert answer["meta"] == {"total": len(values)}

    def test_targets_show_what_their_pages_say_of_the_search(
        self, tenant: Tenant, settlement: Settlement
    ) -> None:
        job = tenant.make_job(targets=["suns creame", "b"])
        said = {
            "page": 1,
            "totalResults": 30_000,
            "correctedKeyword": "sunscreen",
            "departmentFallback": False,
            "noResults": False,
            "categories": [{"id": "11058281", "name": "Sun", "count": None, "isChosen": False}],
            "refinements": [
                {"id": "p_89:A", "group": "Brand", "name": "A", "count": 7, "isChosen": True}
            ],
        }
        end_target(settlement, job["id"], 0, search_info=[said])
        answer = tenant.get(f"/jobs/{job['id']}/targets")
        TargetsAnswer.model_validate(answer.json)
        assert [one.get("searchInfo") for one in answer.json["data"]] == [[said], None]
        shown = tenant.get(f"/jobs/{job['id']}").json["data"]["targets"][0]
        assert shown == {"value": "suns creame", "status": "success"}

    def test_jobs_are_listed_newest_first(self, tenant: Tenant, settlement: Settlement) -> None:
        project = tenant.make_project()
        ids = [tenant.make_job(project)["id"] for _ in range(3)]
        end_target(settlement, ids[0], 0)
        listed = tenant.get(f"/projects/{project}/jobs?limit=2")
        JobsAnswer.model_validate(listed.json)
        assert [job["id"] for job in listed.json["data"]] == [ids[2], ids[1]]
        assert listed.json["meta"] == {"total": 3}
        shown = tenant.get(f"/jobs/{ids[2]}").json["data"]
        assert {**listed.json["data"][0], "failures": []} == shown
        completed = tenant.get(f"/projects/{project}/jobs?status=completed").json
        assert [job["id"] for job in completed["data"]] == [ids[0]]
        assert completed["meta"] == {"total": 1}

    def test_a_limit_above_a_hundred_is_a_hundred(self, make_tenant) -> None:
        tenant = make_tenant("unlimited")
        project = tenant.make_project()
        for _ in range(101):
            tenant.make_job(project)
        assert len(tenant.get(f"/projects/{project}/jobs?limit=5000").json["data"]) == 100


def test_failures_are_counted_by_their_code(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job(targets=["a", "b", "c", "d"])
    assert job["failures"] == []
    for index, code in enumerate(["BLOCKED", "NOT_FOUND", "NOT_FOUND"]):
        fail_target(settlement, job["id"], index, code=code)
    answer = tenant.get(f"/jobs/{job['id']}")
    JobAnswer.model_validate(answer.json)
    shown = answer.json["data"]
    assert shown["failures"] == [{"code": "NOT_FOUND", "count": 2}, {"code": "BLOCKED", "count": 1}]
    assert sum(one["count"] for one in shown["failures"]) == shown["counts"]["failed"]
    cancelled = tenant.post(f"/jobs/{job['id']}/cancel").json["data"]
    assert cancelled["failures"] == shown["failures"]
    (listed,) = tenant.get(f"/projects/{job['projectId']}/jobs").json["data"]
    assert "failures" not in listed

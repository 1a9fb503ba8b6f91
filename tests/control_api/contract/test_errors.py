"""The contract, errors: "Error envelope, always: `{"success": false, "error": {"code", "message",
"details": []}}`; `correlationId` inside `error` only on an unhandled 500 (seed). Codes and
statuses (seed): 400 `VALIDATION_ERROR` `INVALID_ASIN` · 401 `UNAUTHORIZED` `INVALID_CREDENTIALS`
`WRONG_CURRENT_PASSWORD` · 402 `PAYMENT_REQUIRED` `INSUFFICIENT_CREDITS` · 403 `FORBIDDEN` · 404
`NOT_FOUND` `JOB_NOT_FOUND` `PROJECT_NOT_FOUND` `SCHEDULE_NOT_FOUND` `API_KEY_NOT_FOUND` (ours:
`WEBHOOK_NOT_FOUND`; a missing job answers code `NOT_FOUND` with `Job not found`, as the seed's
example) · ours: 405 `METHOD_NOT_ALLOWED`, 413 `PAYLOAD_TOO_LARGE`, 415 `UNSUPPORTED_MEDIA_TYPE`,
422 `IDEMPOTENCY_KEY_REUSED`, 503 `SERVICE_UNAVAILABLE` · 409 `CONFLICT` `EMAIL_ALREADY_EXISTS` ·
429 `RATE_LIMIT_EXCEEDED` · 500 `INTERNAL_ERROR`. `message` for an empty target list is exactly
`targets must contain at least 1 elements` (seed). Another organization's object is a 404, never a
403. Ids are opaque: a malformed one is a 404."
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pymongo.database import Database

from control_api.http.errors.errors import STATUS_OF_CODE
from tests.control_api.conftest import Tenant

CODES = {
    400: "VALIDATION_ERROR INVALID_ASIN",
    401: "UNAUTHORIZED INVALID_CREDENTIALS WRONG_CURRENT_PASSWORD",
    402: "PAYMENT_REQUIRED INSUFFICIENT_CREDITS",
    403: "FORBIDDEN",
    404: "NOT_FOUND JOB_NOT_FOUND PROJECT_NOT_FOUND SCHEDULE_NOT_FOUND API_KEY_NOT_FOUND "
    "WEBHOOK_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT EMAIL_ALREADY_EXISTS",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "IDEMPOTENCY_KEY_REUSED",
    429: "RATE_LIMIT_EXCEEDED",
    500: "INTERNAL_ERROR",
    503: "SERVICE_UNAVAILABLE",
}


@pytest.mark.parametrize(
    ("code", "status"),
    [(code, status) for status, codes in CODES.items() for code in codes.split()],
)
def test_codes_and_statuses(code: str, status: int) -> None:
    assert STATUS_OF_CODE[code] == status


def test_the_envelope(tenant: Tenant, database: Database) -> None:
    job = tenant.make_job()
    project = job["projectId"]
    jobs, json = f"/projects/{project}/jobs", {"type": "search", "targets": ["x"]}
    stranger = Tenant(tenant.client, "", "no-token", "", "")
    refused = [
        (400, "VALIDATION_ERROR", tenant.post(jobs, json={"type": "search", "targets": []})),
        (400, "INVALID_ASIN", tenant.post(jobs, json={"type": "details", "targets": ["x"]})),
        (401, "UNAUTHORIZED", stranger.get("/projects")),
        (403, "FORBIDDEN", tenant.get("/admin/jobs")),
        (404, "NOT_FOUND", tenant.get("/jobs/nope")),
        (404, "NOT_FOUND", tenant.get("/nowhere")),
        (404, "PROJECT_NOT_FOUND", tenant.post("/projects/nope/jobs", json=json)),
        (404, "SCHEDULE_NOT_FOUND", tenant.get("/schedules/nope")),
        (404, "WEBHOOK_NOT_FOUND", tenant.get("/webhooks/nope/deliveries")),
        (
            404,
            "API_KEY_NOT_FOUND",
            tenant.call("DELETE", f"/private/projects/{project}/api-keys/nope"),
        ),
        (405, "METHOD_NOT_ALLOWED", tenant.patch("/usage", json={})),
        (413, "PAYLOAD_TOO_LARGE", tenant.post(jobs, data=b"x" * 5_000_000)),
        (415, "UNSUPPORTED_MEDIA_TYPE", tenant.post(jobs, data=b"x", content_type="text/plain")),
    ]
    for status, code, answer in refused:
        assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
        assert set(answer.json) == {"success", "error"}
        assert answer.json["success"] is False
        # "`correlationId` inside `error` only on an unhandled 500"
        assert set(answer.json["error"]) == {"code", "message", "details"}
        assert isinstance(answer.json["error"]["details"], list)


def test_an_unhandled_500_carries_a_correlation_id(tenant: Tenant, database: Database) -> None:
    project = tenant.make_project()
    database["projects"].update_one({"_id": project}, {"$unset": {"archived": ""}})
    answer = tenant.get("/projects")
    assert answer.status_code == 500
    assert set(answer.json["error"]) == {"code", "message", "details", "correlationId"}


def test_success_is_data_and_lists_add_their_total(tenant: Tenant) -> None:
    project = tenant.make_project()
    assert set(tenant.post("/projects", json={"name": "another"}).json) == {"data"}
    for path in (
        "/projects", f"/projects/{project}/jobs", f"/projects/{project}/schedules",
        f"/projects/{project}/webhooks", f"/private/projects/{project}/api-keys", "/audit",
        "/referral/users", "/referral/commissions", "/organization/members",
    ):  # fmt: skip
        listed = tenant.get(path).json
        assert set(listed) == {"data", "meta"}, path
        assert listed["meta"]["total"] == len(listed["data"]), path


def test_an_empty_target_list_has_the_exact_message(tenant: Tenant) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    answer = tenant.post(path, json={"type": "search", "targets": []})
    assert answer.json["error"]["message"] == "targets must contain at least 1 elements"


def test_a_missing_a_foreign_and_a_malformed_id_are_one_404(
    tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    foreign = make_tenant().make_job()["id"]
    for id_ in ("0" * len(foreign), foreign, "%00", "$ne"):
        answer = tenant.get(f"/jobs/{id_}")
        assert answer.status_code == 404
        assert answer.json["error"] == {
            "code": "NOT_FOUND",
            "message": "Job not found",
            "details": [],
        }

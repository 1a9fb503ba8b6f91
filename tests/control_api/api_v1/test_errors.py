"""contracts.md section 2: errors are `{"detail", "type"}`, `type` on 400, 429 and 500; under /api/v1 they
carry `error` with the same text, except 401."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from control_api.services.jobs.v1_jobs import V1Jobs
from tests.control_api.api_v1.conftest import V1User, refused

UNAUTHORIZED = {
    "detail": "Could not validate credentials",
    "error": "Invalid or missing API key",
}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer az_none"]
)
def test_no_credential_is_a_401(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/jobs", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json == UNAUTHORIZED
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_missing_job_is_a_404(user: V1User) -> None:
    for call in (
        user.get("/jobs/nonsense"),
        user.delete("/jobs/nonsense"),
        user.get("/results/nonsense"),
        user.get("/results/nonsense/export"),
    ):
        assert refused(call, 404, None) == "Job not found"


def test_a_body_that_is_no_json_is_a_400(user: V1User) -> None:
    answer = user.call("POST", "/jobs", data="{", content_type="application/json")
    assert refused(answer).startswith("body is not valid JSON")
    assert refused(user.post("/jobs", [1])) == "body must be a JSON object"
    other = user.call("POST", "/jobs", data="url=x", content_type="text/plain")
    assert refused(other, 415, None) == "Content-Type must be application/json"


def test_all_that_is_wrong_is_told_at_once(user: V1User) -> None:
    answer = user.post("/jobs", {"url": 7, "selectors": {"title": 8}, "nonsense": 9})
    assert refused(answer) == (
        "url must be a string; selectors.title must be a string; property nonsense should not exist"
    )


def test_no_such_route_or_method(client: FlaskClient) -> None:
    assert refused(client.get("/api/v1/nothing"), 404, None) == "Cannot GET /api/v1/nothing"
    answer = client.put("/api/v1/jobs")
    assert refused(answer, 405, None) == "Cannot PUT /api/v1/jobs; allowed: GET, HEAD, POST"
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_a_forced_500_has_an_id_that_is_in_the_log(
    user: V1User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A5: the envelope, with an id that is in the log, and no trace."""

    def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr(V1Jobs, "list_newest", fail)
    with caplog.at_level(logging.ERROR):
        answer = user.get("/jobs")
    assert answer.status_code == 500
    body = answer.json
    correlation_id = body.pop("correlation_id")
    assert body == {
        "detail": "Internal server error",
        "error": "Internal server error",
        "type": "internal_error",
    }
    assert re.fullmatch("[0-9a-f]{16}", correlation_id)
    assert correlation_id in caplog.text
    assert "secret of ours" not in answer.text


def test_the_other_dialect_keeps_its_envelope(client: FlaskClient) -> None:
    assert client.get("/jobs/x").json["error"]["code"] == "UNAUTHORIZED"
    assert client.get("/api/nothing").json["error"]["code"] == "NOT_FOUND"

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from control_api.app import create_app
from control_api.wiring.api import build_parts
from settings.config import Config, ConfigError
from tests.control_api.conftest import OPERATOR_TOKEN, Tenant


def test_an_unknown_path_is_the_envelope(client: FlaskClient) -> None:
    answer = client.get("/no/such/path")
    assert (answer.status_code, answer.json) == (
        404,
        {
            "success": False,
            "error": {"code": "NOT_FOUND", "message": "Cannot GET /no/such/path", "details": []},
        },
    )


def test_an_unhandled_error_tells_only_an_id_that_is_in_the_log(
    app: Flask, tenant: Tenant, database, caplog: pytest.LogCaptureFixture
) -> None:
    # A stored document that breaks its record: a real defect, without a mock.
    project = tenant.make_project()
    database["projects"].update_one({"_id": project}, {"$unset": {"archived": ""}})
    with caplog.at_level(logging.ERROR):
        answer = tenant.get("/projects")
    assert answer.status_code == 500
    error = answer.json["error"]
    assert (error["code"], error["message"]) == ("INTERNAL_ERROR", "Internal server error")
    assert error["correlationId"] in caplog.text
    assert "KeyError" in caplog.text
    assert "KeyError" not in answer.text
    assert "Traceback" not in answer.text
    # Counted, for the operator.
    metrics = app.test_client().get(
        "/metrics", headers={"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    )
    assert 'azscraper_defects_total{place="api"} 1.0' in metrics.text


def test_without_mongodb_requests_are_503_and_liveness_holds(config: Config) -> None:
    uri = "mongodb://127.0.0.1:1/?directConnection=true&serverSelectionTimeoutMS=200"
    parts = build_parts(replace(config, mongodb_uri=uri))
    client = create_app(config, parts).test_client()
    answer = client.post("/auth/login", json={"email": "a@b.de", "password": "correct horse"})
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "2"
    health = client.get("/health")
    assert health.status_code == 503
    assert health.json["status"] == "error"
    assert health.json["error"]["mongo"]["status"] == "down"
    assert health.json["info"] == {"api": {"status": "up"}, "redis": {"status": "up"}}
    assert client.get("/health/live").status_code == 200
    parts.close()


@pytest.mark.parametrize("secret", ["", "short", "secret", "a" * 40])
def test_a_weak_secret_stops_the_start(secret: str) -> None:
    with pytest.raises(ConfigError, match="JWT_SECRET"):
        create_app(Config(jwt_secret=secret))

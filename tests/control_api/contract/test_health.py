"""The contract, health: "`GET /health`: 200
`{"status":"ok","info":{"api":{"status":"up"},"mongo":…,"redis":…},"error":{},"details":{…}}`, 503
with `"status":"error"` when Mongo or Redis is away; ours: `/health/live` (the process),
`/metrics` (Prometheus, operator token)"
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from control_api.app import create_app
from control_api.wiring.api import build_parts
from settings.config import Config
from tests.control_api.conftest import OPERATOR_TOKEN

UP = {name: {"status": "up"} for name in ("api", "mongo", "redis")}
AWAY = {
    "mongo": {"mongodb_uri": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200&directConnection=true"},
    "redis": {"redis_url": "redis://127.0.0.1:1/0"},
}  # fmt: skip


def test_all_is_up(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "info": UP, "error": {}, "details": UP}


@pytest.mark.parametrize("name", ["mongo", "redis"])
def test_readiness_fails_while_one_is_away_and_liveness_does_not(config: Config, name: str) -> None:
    """N5"""
    parts = build_parts(replace(config, **AWAY[name]))
    client = create_app(config, parts).test_client()
    answer = client.get("/health")
    live = client.get("/health/live")
    parts.close()
    assert (answer.status_code, answer.json["status"]) == (503, "error")
    assert list(answer.json["error"]) == [name]
    assert set(answer.json["info"]) == set(UP) - {name}
    assert set(answer.json["details"]) == set(UP)
    assert live.status_code == 200


def test_metrics_are_the_operators(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 401
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")

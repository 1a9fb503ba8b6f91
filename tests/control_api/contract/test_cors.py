"""contracts.md: `CORS_ORIGINS` (none by default); Bearer only, never credentials"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from control_api.app import create_app
from control_api.wiring.api import build_parts
from settings.config import Config
from tests.control_api.conftest import Tenant

OURS = "https://app.example.com"
OTHER = "https://evil.example.com"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}
PATHS = {
    "/projects": "GET, HEAD, OPTIONS, POST",
    "/jobs/x": "GET, HEAD, OPTIONS",
    "/auth/login": "OPTIONS, POST",
    "/api/v1/jobs": "GET, HEAD, OPTIONS, POST",
    "/api/v1/spiders/x": "DELETE, GET, HEAD, OPTIONS, PATCH",
}


@pytest.fixture
def make_client(config: Config) -> Iterator[Callable[..., FlaskClient]]:
    closers = []

    def make(*origins: str) -> FlaskClient:
        configured = replace(config, cors_origins=origins)
        parts = build_parts(configured)
        closers.append(parts.close)
        return create_app(configured, parts).test_client()

    yield make
    for close in closers:
        close()


def cors_headers(answer) -> list[str]:
    return [name for name, _ in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize(("path", "allow"), PATHS.items())
def test_by_default_options_tells_the_methods_and_no_origin(
    client: FlaskClient, path: str, allow: str
) -> None:
    for headers in ({}, {"Origin": OURS, **PREFLIGHT}):
        answer = client.options(path, headers=headers)
        assert (answer.status_code, answer.headers["Allow"]) == (204, allow)
        assert answer.data == b""
        assert cors_headers(answer) == []


@pytest.mark.parametrize("path", PATHS)
def test_a_listed_origin_may_ask_with_a_bearer(
    make_client: Callable[..., FlaskClient], path: str
) -> None:
    client = make_client("https://first.example.com", OURS)
    answer = client.options(path, headers={"Origin": OURS, **PREFLIGHT})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert answer.headers["Access-Control-Allow-Methods"] == PATHS[path]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    for name in ("authorization", "content-type", "idempotency-key", "x-api-key", "prefer"):
        assert name in allowed
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


def test_answers_and_errors_can_be_read_by_a_listed_origin_alone(
    make_client: Callable[..., FlaskClient], tenant: Tenant
) -> None:
    client = make_client(OURS)
    for path, status in (("/projects", 200), ("/jobs/x", 404), ("/nothing", 404)):
        headers = {**tenant.headers, "Origin": OURS}
        answer = client.get(path, headers=headers)
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == OURS
        assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
    unauthorized = client.get("/projects", headers={"Origin": OURS})
    assert unauthorized.status_code == 401
    assert unauthorized.headers["Access-Control-Allow-Origin"] == OURS


@pytest.mark.parametrize(
    "origin",
    [OTHER, "null", OURS + ".evil.example", OURS + ":8443", "http://app.example.com", OURS.upper()],
)
def test_another_origin_gets_nothing(
    make_client: Callable[..., FlaskClient], tenant: Tenant, origin: str
) -> None:
    client = make_client(OURS)
    preflight = client.options("/projects", headers={"Origin": origin, **PREFLIGHT})
    assert preflight.status_code == 204
    assert cors_headers(preflight) == []
    # A cache must not give the one's answer to the other.
    assert "Origin" in preflight.headers["Vary"]
    answer = client.get("/projects", headers={**tenant.headers, "Origin": origin})
    assert (answer.status_code, cors_headers(answer)) == (200, [])


def test_any_origin_by_a_star(make_client: Callable[..., FlaskClient]) -> None:
    answer = make_client("*").options("/projects", headers={"Origin": OTHER, **PREFLIGHT})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_options_of_a_path_that_is_not_there(client: FlaskClient) -> None:
    assert client.options("/nothing").status_code == 404

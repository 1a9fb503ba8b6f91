"""contracts.md: trailing slash: 308 for GET and HEAD; 404 and 405 name what is near and what is
allowed; `/` by `Accept`: browsers to the console, others a JSON of links; `/docs`, `/openapi.json`
308 to `/api/…`"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from control_api.http.v1_errors import is_v1_path
from tests.control_api.conftest import Tenant

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def message(answer) -> str:
    if is_v1_path(answer.request.path):
        assert answer.json["detail"] == answer.json["error"]
        return answer.json["detail"]
    assert answer.json["success"] is False
    return answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/projects/", "/projects"),
        ("/projects/?limit=5&x=%20", "/projects?limit=5&x=%20"),
        ("/jobs/abc/results/", "/jobs/abc/results"),
        ("/health/", "/health"),
        ("/api/v1/jobs/", "/api/v1/jobs"),
        ("/api/v1/spiders/?name=a", "/api/v1/spiders?name=a"),
        ("/admin/nodes/a%20b/", None),
        ("/projects//", "/projects"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_trailing_slash_leads_to_the_address_without_it(
    client: FlaskClient, method: str, asked: str, location: str | None
) -> None:
    answer = client.open(asked, method=method)
    if location is None:
        assert answer.status_code == 404
    else:
        assert (answer.status_code, answer.headers["Location"]) == (308, location)


@pytest.mark.parametrize("path", ["//example.com/", "//example.com/projects/", "/\\example.com/"])
def test_a_redirect_never_leads_to_another_host(client: FlaskClient, path: str) -> None:
    answer = client.get("http://localhost" + path)
    location = answer.headers.get("Location", "/")
    assert not location.startswith(("//", "/\\", "http://example", "https://example"))
    assert location.removeprefix("http://localhost").startswith("/")


@pytest.mark.parametrize(
    ("method", "path", "near"),
    [
        ("POST", "/projects/", "POST /projects"),
        ("POST", "/auth/login/", "POST /auth/login"),
        ("POST", "/api/v1/jobs/", "POST /api/v1/jobs"),
        ("GET", "/project", "GET /projects"),
        ("GET", "/jobs/x/result", "GET /jobs/{id}/results"),
        ("GET", "/jobs/x/exports", "GET /jobs/{id}/export"),
        ("GET", "/api/v1/job", "GET /api/v1/jobs"),
        ("POST", "/login", "POST /auth/login"),
        ("GET", "/api/projects", "GET /projects"),
        ("GET", "/v1/jobs", "GET /api/v1/jobs"),
        ("POST", "/project/x/jobs", "POST /projects/{projectId}/jobs"),
        ("GET", "/api/v1/spider", "GET /api/v1/spiders"),
        ("GET", "/Projects", "GET /projects"),
        ("GET", "/heath", "GET /health"),
        ("GET", "/schedule/x", "GET /schedules/{id}"),
        # A shell's variable that is empty.
        ("POST", "/projects//jobs", "POST /projects/{projectId}/jobs"),
        ("POST", "/projects//schedules", "POST /projects/{projectId}/schedules"),
        ("GET", "/jobs//results", "GET /jobs/{id}/results"),
        ("POST", "/jobs//retry", "POST /jobs/{id}/retry"),
        ("GET", "/api/v1/jobs//items", "GET /api/v1/jobs/{id}/items"),
        ("POST", "/job/x/cancel", "POST /jobs/{id}/cancel"),
    ],
)
def test_a_404_names_the_nearest_routes(
    client: FlaskClient, method: str, path: str, near: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 404
    text = message(answer)
    assert text.startswith(f"Cannot {method} {path}; did you mean ")
    named = text.partition("did you mean ")[2].removesuffix("?").split(" or ")
    assert named[0] == near
    assert len(named) <= 3


@pytest.mark.parametrize("path", ["/no/such/path", "/wp-login.php", "/" + "x" * 5_000, "/.env"])
def test_a_404_that_nothing_is_near_to_says_no_more(client: FlaskClient, path: str) -> None:
    assert message(client.get(path)) == f"Cannot GET {path}"


def test_a_missing_object_is_no_missing_route(tenant: Tenant) -> None:
    assert message(tenant.get("/jobs/x")) == "Job not found"
    assert message(tenant.get("/api/v1/jobs/x")) == "Job not found"


@pytest.mark.parametrize(
    ("method", "path", "allowed", "hint"),
    [
        ("DELETE", "/jobs/x", "GET, HEAD", "cancel with POST /jobs/{id}/cancel"),
        ("PUT", "/schedules/x", "DELETE, GET, HEAD, PATCH", "change with PATCH"),
        ("PUT", "/projects/x", None, "change with PATCH"),
        ("PUT", "/api/v1/spiders/x", "DELETE, GET, HEAD, PATCH", "change with PATCH"),
        ("PATCH", "/api/v1/jobs/x", "DELETE, GET, HEAD", "cancel with DELETE /api/v1/jobs/{id}"),
        ("GET", "/auth/login", "POST", "sign in with POST and a JSON body"),
        ("GET", "/jobs/x/cancel", "POST", "a job is cancelled with POST"),
        ("DELETE", "/projects", "GET, HEAD, POST", None),
    ],
)
def test_a_405_lists_what_is_allowed_and_where_it_is_done(
    client: FlaskClient, method: str, path: str, allowed: str | None, hint: str | None
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    allow = answer.headers["Allow"]
    assert allowed is None or allow == allowed
    expected = f"Cannot {method} {path}; allowed: {allow}" + (f"; {hint}" if hint else "")
    assert message(answer) == expected


def test_a_browser_at_the_front_door_finds_the_console(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console")
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("accept", [None, "*/*", "application/json"])
def test_a_program_at_the_front_door_finds_links_that_lead_somewhere(
    client: FlaskClient, accept: str | None
) -> None:
    answer = client.get("/", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 200
    assert answer.json["name"] == "azscraper"
    assert answer.json["version"]
    for link in answer.json["links"].values():
        with client.get(link) as found:
            assert found.status_code in (200, 405), link


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/docs", "/api/docs"),
        ("/docs/", "/docs"),
        ("/redoc", "/api/redoc"),
        ("/openapi.json", "/api/openapi.json"),
        ("/swagger.json", "/api/openapi.json"),
    ],
)
def test_usual_addresses_of_documentation(client: FlaskClient, path: str, target: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (308, target)
    with client.get(path, follow_redirects=True) as found:
        assert found.status_code == 200


def test_the_icon_is_an_icon(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as answer:
        assert answer.status_code == 200
        assert answer.data.startswith(b"\x00\x00\x01\x00")
        assert answer.mimetype in ("image/x-icon", "image/vnd.microsoft.icon")

"""Every page and every form of the console, walked: who may, from where, and what a page lets in."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.http.access import CONSOLE_PUBLIC, access_of
from control_api.http.page_operations import operations_of_view
from tests.control_api.conftest import OPERATOR_TOKEN
from tests.control_api.console.conftest import Person, heading
from tests.control_api.console.routes import console_routes

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def closed(app: Flask, method: str) -> list[str]:
    """Paths with an id that no object has."""
    return [
        rule.replace("<id>", "x")
        .replace("<int:index>", "0")
        .replace("<int:size>", "160")
        .replace("<marketplace>/<asin>", "x/x")
        for found, rule, _ in console_routes(app)
        if found == method and (method, rule) not in CONSOLE_PUBLIC
    ]


def test_the_public_routes_are_these(app: Flask) -> None:
    routes = {(method, rule) for method, rule, _ in console_routes(app)}
    assert routes >= CONSOLE_PUBLIC
    assert len(CONSOLE_PUBLIC) == 6


def test_each_page_stands_for_operations_that_the_api_describes(
    app: Flask, client: FlaskClient
) -> None:
    paths = client.get("/api/openapi.json").json["paths"]
    known = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    for method, rule, endpoint in console_routes(app):
        if (method, rule) in CONSOLE_PUBLIC:
            continue
        operations = operations_of_view(app.view_functions[endpoint])
        assert operations, rule
        assert known >= set(operations), rule
        # A form does what some operation does that changes something.
        if method == "POST":
            assert any(not one.startswith("GET ") for one in operations) or "export" in rule, rule


def test_without_a_session_every_page_leads_to_the_login(app: Flask, client: FlaskClient) -> None:
    for path in closed(app, "GET"):
        answer = client.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/console/login"), path
    for path in closed(app, "POST"):
        answer = client.post(path, headers={"Sec-Fetch-Site": "same-origin"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/console/login"), path


def test_a_form_of_another_site_does_nothing(
    app: Flask, person: Person, database: Database
) -> None:
    csrf = person.csrf()
    before = everything(database)
    for path in [*closed(app, "POST"), "/console/login", "/console/enter"]:
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {},
        ):
            answer = person.client.post(path, data={"csrf": csrf}, headers=headers)
            assert (answer.status_code, heading(answer)) == (403, "Not allowed"), (path, headers)
    assert everything(database) == before


def test_a_form_without_this_sessions_field_does_nothing(
    app: Flask, person: Person, make_tenant, database: Database
) -> None:
    from tests.control_api.console.conftest import sign_in

    theirs = sign_in(app, make_tenant()).csrf()
    before = everything(database)
    for path in closed(app, "POST"):
        for field in ("", "x", theirs):
            answer = person.client.post(
                path, data={"csrf": field}, headers={"Sec-Fetch-Site": "same-origin"}
            )
            assert answer.status_code == 403, (path, field)
    assert everything(database) == before


def test_an_origin_of_ours_is_enough_where_a_browser_tells_no_more(person: Person) -> None:
    headers = {"Origin": "http://localhost"}
    data = {"csrf": person.csrf()}
    assert person.client.post("/console/logout", data=data, headers=headers).status_code == 303


def test_each_answer_is_protected(app: Flask, person: Person) -> None:
    for path in [*closed(app, "GET"), "/console/login", "/console/enter", "/console/nothing"]:
        answer = person.client.get(path)
        assert answer.headers["Content-Security-Policy"] == POLICY, path
        assert answer.headers["Cache-Control"] == "no-store", path
        told = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        assert {name: answer.headers[name] for name in told} == told
        assert "Permissions-Policy" in answer.headers
        for forbidden in ("<style", " style=", "onclick=", "javascript:"):
            assert forbidden not in answer.text, path


def test_what_is_not_there_is_a_page(person: Person, app: Flask) -> None:
    answer = person.get("/nothing/here")
    assert (answer.status_code, heading(answer)) == (404, "Not found")
    assert person.get("/").headers["Location"] == "/console"
    assert person.get("/sessions/").headers["Location"] == "/console/sessions"
    for path in closed(app, "GET"):
        if "/x" in path:
            answer = person.client.get(path)
            assert (answer.status_code, heading(answer)) == (404, "Not found"), path


def test_an_unhandled_error_is_a_page_with_the_id_that_is_in_the_log_and_is_counted(
    person: Person, database: Database, caplog: pytest.LogCaptureFixture, app: Flask
) -> None:
    project = person.tenant.make_project()
    database["projects"].update_one({"_id": project}, {"$unset": {"archived": ""}})
    with caplog.at_level(logging.ERROR):
        answer = person.get("/projects")
    assert answer.status_code == 500 and "KeyError" not in answer.text
    reference = re.search(r"names it <code>([0-9a-f]{16})</code>", answer.text)
    assert reference and reference[1] in caplog.text and "KeyError" in caplog.text
    operator = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    metrics = app.test_client().get("/metrics", headers=operator).text
    assert 'azscraper_defects_total{place="api"} 1.0' in metrics


def test_assets_are_kept_by_their_content(client: FlaskClient) -> None:
    page = client.get("/console/login").text
    for name in ("app.css", "app.js", "vendor/htmx.min.js"):
        path = page.partition(f'"/console/assets/{name}')[2].partition('"')[0]
        assert path.startswith("?v="), name
        with client.get(f"/console/assets/{name}{path}") as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
    for name in ("vendor.json", "../__init__.py", "vendor/htmx.LICENSE", "nothing.js"):
        assert client.get(f"/console/assets/{name}").status_code == 404, name


def test_a_page_says_who_its_operations_let_in(person: Person, app: Flask) -> None:
    """Owners' operations are closed to members by the same table as the API's."""
    owners = [
        rule
        for method, rule, endpoint in console_routes(app)
        if method == "GET"
        and (method, rule) not in CONSOLE_PUBLIC
        and any(
            access_of(*one.replace("{", "<").replace("}", ">").split()) == "owner"
            for one in operations_of_view(app.view_functions[endpoint])
        )
    ]
    from tests.control_api.conftest import join
    from tests.control_api.console.conftest import sign_in

    member = sign_in(app, join(person.tenant, "kim@example.com"))
    assert "/console/members" in owners
    for path in owners:
        assert member.client.get(path).status_code == 403, path
        assert person.client.get(path).status_code == 200, path


def everything(database: Database) -> dict[str, list[dict]]:
    return {
        name: list(database[name].find().sort("_id", 1))
        for name in sorted(database.list_collection_names())
    }


def test_reading_changes_nothing(app: Flask, person: Person, database: Database) -> None:
    person.get("")
    before = everything(database)
    for _ in range(2):
        for path in closed(app, "GET"):
            person.client.get(path)
    assert everything(database) == before

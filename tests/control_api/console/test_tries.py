"""Tries at the console that need no browser: a table of requests, and what must not come of them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask
from pymongo.database import Database

from storage.jobs.settlement import Settlement
from tests.control_api.conftest import PASSWORD
from tests.control_api.console.conftest import COOKIE, SAME_SITE, Person
from tests.control_api.console.seeded import search_row
from tests.control_api.crawling import end_target

HOSTILE_NAMES = ("a\r\nSet-Cookie: x=1", 'a"; filename="evil.exe', "../../etc/passwd")


def sign_in_to(app: Flask, person: Person, next_page: str) -> str:
    form = {"email": person.tenant.email, "password": PASSWORD, "next": next_page}
    return (
        app.test_client().post("/console/login", data=form, headers=SAME_SITE).headers["Location"]
    )


@pytest.mark.parametrize(
    "next_page",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "/console/../\\evil.example",
        "/console//evil.example", "/console/%2e%2e%2f%2fevil.example", "/console\r\nLocation: https://evil.example",
        "/consoleevil", "/%09/evil.example", "/console@evil.example", "//evil.example/console",
    ],
)  # fmt: skip
def test_a_next_page_elsewhere_is_home(app: Flask, person: Person, next_page: str) -> None:
    assert sign_in_to(app, person, next_page) == "/console"


def test_the_cookie_of_a_session_has_all_of_its_flags(app: Flask, person: Person) -> None:
    form = {"email": person.tenant.email, "password": PASSWORD}
    answer = app.test_client().post("/console/login", data=form, headers=SAME_SITE)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    flags = {one.strip() for one in cookie.split(";")[1:]}
    assert (
        cookie.startswith(f"{COOKIE}=")
        and {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= flags
    )
    assert not any(one.startswith("Domain") for one in flags)


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"X-HTTP-Method-Override": "POST"}},
        {"headers": {"X-HTTP-Method": "DELETE"}},
        {"query_string": {"_method": "POST"}},
    ],
)
def test_no_header_makes_a_get_a_change(person: Person, database: Database, options: Any) -> None:
    assert person.client.get("/console/practice", **options).status_code in (404, 405)
    assert person.client.get("/console/keys", **options).status_code == 200
    assert database["jobs"].count_documents({}) == database["api_keys"].count_documents({}) == 0


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/xml"])
def test_a_form_of_another_content_type_does_nothing(
    person: Person, database: Database, content_type: str
) -> None:
    body = f'{{"csrf": "{person.csrf()}", "name": "theirs"}}'
    headers = {**SAME_SITE, "Content-Type": content_type}
    before = database["projects"].count_documents({})
    answer = person.client.post("/console/projects", data=body, headers=headers)
    assert answer.status_code in (400, 403, 415)
    assert database["projects"].count_documents({}) == before


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_text_of_a_person_gets_into_the_headers_of_a_file(
    person: Person, settlement: Settlement, name: str
) -> None:
    job = person.tenant.make_job(person.tenant.make_project("a"), targets=[name])["id"]
    end_target(settlement, job, 0, [search_row(1)])
    for form in ("csv", "json"):
        answer = person.post(f"/jobs/{job}/export", data={"format": form})
        assert answer.headers["Content-Disposition"] == f'attachment; filename="job-{job}.{form}"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    refused = person.post(f"/jobs/{job}/export", data={"format": f"csv{name}"})
    assert refused.status_code == 400 and "x" not in refused.headers.get("Set-Cookie", "")


def test_a_cell_of_a_file_is_no_formula_of_a_spreadsheet(
    person: Person, settlement: Settlement
) -> None:
    job = person.tenant.make_job(targets=["a"])["id"]
    titles = ["=HYPERLINK(1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1"]
    end_target(settlement, job, 0, [search_row(n, title=text) for n, text in enumerate(titles)])
    text = person.post(f"/jobs/{job}/export", data={"format": "csv"}).text
    for row in csv.DictReader(io.StringIO(text, newline="")):
        assert row["title"][:1] not in ("=", "+", "-", "@", "\t", "\r"), row["title"]

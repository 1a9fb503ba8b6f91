"""A session of the console: how it begins, what it is worth, how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from storage.base.clock import utc_now
from tests.control_api.conftest import PASSWORD, Tenant, join
from tests.control_api.console.conftest import COOKIE, SAME_SITE, Person, heading, sign_in


def login(client: FlaskClient, tenant: Tenant, password: str = PASSWORD, **data: str):
    form = {"email": tenant.email, "password": password, **data}
    return client.post("/console/login", data=form, headers=SAME_SITE)


def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(
    client: FlaskClient, tenant: Tenant, database: Database
) -> None:
    answer = login(client, tenant)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    token, *flags = rest.split("; ")
    assert name == COOKIE
    assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert len(token) >= 43
    assert token not in str(list(database["console_sessions"].find()))


def test_a_wrong_password_begins_nothing(
    client: FlaskClient, tenant: Tenant, database: Database
) -> None:
    answer = login(client, tenant, "wrong horse")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert tenant.email in answer.text
    assert "wrong horse" not in answer.text
    assert database["console_sessions"].count_documents({}) == 0


def test_logging_in_counts_against_the_same_limit_as_the_api(
    client: FlaskClient, tenant: Tenant
) -> None:
    statuses = [login(client, tenant, "wrong horse").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


def test_a_planted_token_is_worth_nothing_after_the_login(
    client: FlaskClient, tenant: Tenant, database: Database
) -> None:
    client.set_cookie(COOKIE, "a-token-that-somebody-else-knows")
    login(client, tenant)
    first = client.get_cookie(COOKIE)
    assert first is not None and first.value != "a-token-that-somebody-else-knows"
    login(client, tenant)
    second = client.get_cookie(COOKIE)
    assert second is not None and second.value != first.value
    assert database["console_sessions"].count_documents({}) == 1, "the first one has ended"


def test_logout_ends_the_session_itself(person: Person, app: Flask) -> None:
    token = person.cookie()
    assert token is not None
    answer = person.post("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/login")
    assert person.cookie() is None
    other = app.test_client()
    other.set_cookie(COOKIE, token)
    assert other.get("/console").status_code == 303


@pytest.mark.parametrize("change", ["idle", "password", "removed"])
def test_what_ends_a_session(person: Person, database: Database, change: str) -> None:
    assert person.get("").status_code == 200
    if change == "idle":
        database["console_sessions"].update_many({}, {"$set": {"expiresAt": utc_now()}})
    elif change == "password":
        body = {"currentPassword": PASSWORD, "newPassword": PASSWORD + "!"}
        assert person.tenant.post("/auth/change-password", json=body).status_code == 200
    else:
        database["users"].delete_one({"_id": person.tenant.user_id})
    answer = person.get("")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/login")


def test_a_visit_prolongs_a_session_but_never_beyond_seven_days(
    person: Person, database: Database
) -> None:
    sessions, now = database["console_sessions"], utc_now()
    seen = now - timedelta(hours=11)
    sessions.update_many({}, {"$set": {"seenAt": seen, "expiresAt": now + timedelta(hours=1)}})
    person.get("")
    (found,) = sessions.find()
    assert (
        timedelta(hours=11, minutes=59) < found["expiresAt"] - now <= timedelta(hours=12, minutes=1)
    )
    began = now - timedelta(days=6, hours=20)
    sessions.update_many({}, {"$set": {"createdAt": began, "seenAt": seen}})
    person.get("")
    (found,) = sessions.find()
    assert found["expiresAt"] == began + timedelta(days=7)


def test_under_the_console_the_cookie_alone_counts_and_elsewhere_the_bearer(
    person: Person, app: Flask
) -> None:
    bearer = app.test_client().get("/console", headers=person.tenant.headers)
    assert bearer.status_code == 303
    assert person.client.get("/projects").status_code == 401


def test_a_login_leads_back_to_the_page_that_asked_for_it(
    client: FlaskClient, tenant: Tenant
) -> None:
    asked = client.get("/console/sessions?a=1&b=%20")
    assert asked.headers["Location"] == "/console/login?next=/console/sessions%3Fa%3D1%26b%3D%2520"
    form = client.get(asked.headers["Location"])
    assert 'name="next" value="/console/sessions?a=1&amp;b=%20"' in form.text
    answer = login(client, tenant, next="/console/sessions?a=1&b=%20")
    assert answer.headers["Location"] == "/console/sessions?a=1&b=%20"


@pytest.mark.parametrize(
    "next_path",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "/console//evil.example", "/console/../../evil", "/consoleevil",
        "/console\r\nSet-Cookie: a=b", "/console@evil.example", "/console/\x00", "/projects",
        "/console?next=//evil.example", "/console/<script>", "/console/..%2f..%2fevil", "/console/%2E%2e/evil",
    ],
)  # fmt: skip
def test_a_login_leads_nowhere_else(client: FlaskClient, tenant: Tenant, next_path: str) -> None:
    assert client.get("/console/login", query_string={"next": next_path}).status_code == 200
    location = login(client, tenant, next=next_path).headers["Location"]
    assert location == "/console"


def test_somebody_whose_password_another_chose_changes_it_first(
    person: Person, app: Flask, client: FlaskClient
) -> None:
    body = {"email": "kim@example.com", "password": PASSWORD}
    assert person.tenant.post("/organization/members", json=body).status_code == 201
    kim = sign_in(app, Tenant(client, "kim@example.com", "", "", ""))
    answer = kim.get("")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/password")
    page = kim.get("/password")
    csrf = page.text.partition('name="csrf" value="')[2][:64]
    before = kim.cookie()
    form = {"current": PASSWORD, "new": "another horse"}
    assert kim.post("/password", csrf=csrf, data=form).headers["Location"] == "/console"
    assert kim.get("").status_code == 200
    assert kim.cookie() != before


@pytest.mark.parametrize(
    ("current", "new", "status"), [("wrong horse", "another horse", 401), (PASSWORD, "short", 400)]
)
def test_a_password_that_cannot_be_changed(
    person: Person, current: str, new: str, status: int
) -> None:
    answer = person.post("/password", data={"current": current, "new": new})
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert sign_in(person.client.application, person.tenant)


def test_your_sessions_are_yours(person: Person, app: Flask) -> None:
    elsewhere = sign_in(app, person.tenant)
    colleague = sign_in(app, join(person.tenant, "kim@example.com"))
    listed = person.get("/sessions").text
    ids = {part[:64] for part in listed.split("/console/sessions/")[1:] if "/end" in part[:80]}
    assert len(ids) == 2
    (theirs,) = {
        part[:64] for part in colleague.get("/sessions").text.split("/console/sessions/")[1:]
    }
    answer = person.post(f"/sessions/{theirs}/end")
    assert (answer.status_code, heading(answer)) == (404, "Not found")
    for one in ids:
        person.post(f"/sessions/{one}/end")
        break
    alive = [who.get("").status_code for who in (person, elsewhere)]
    assert sorted(alive) == [200, 303]
    assert colleague.get("").status_code == 200

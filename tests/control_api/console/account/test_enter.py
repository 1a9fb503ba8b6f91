"""A link that signs in: once, and nobody as somebody else without being asked."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.console.conftest import SAME_SITE, Person, heading

OPENED = {"Sec-Fetch-Site": "none"}


def token_of(tenant: Tenant) -> str:
    body = {"email": tenant.email, "password": PASSWORD}
    answer = tenant.client.post("/auth/login-handoff", json=body)
    token: str = answer.json["data"]["handoffToken"]
    return token


def enter(client: FlaskClient, **form: str):
    return client.post("/console/enter", data=form, headers=SAME_SITE)


def asks(client: FlaskClient, **headers: str) -> bool:
    page = client.get("/console/enter", headers=headers)
    assert page.status_code == 200
    return 'name="ask"' in page.text


def test_a_token_signs_in_once(client: FlaskClient, tenant: Tenant) -> None:
    token = token_of(tenant)
    answer = enter(client, token=token)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
    assert client.get("/console").status_code == 200
    again = enter(client, token=token)
    assert again.status_code == 401
    assert "was used" in again.text


@pytest.mark.parametrize("token", ["", "unknown", "x" * 10_000])
def test_what_is_no_token_signs_nobody_in(client: FlaskClient, token: str) -> None:
    answer = enter(client, token=token)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_who_opens_a_link_themselves_is_asked_nothing(client: FlaskClient) -> None:
    assert not asks(client, **OPENED)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", None])
def test_who_comes_from_a_page_is_asked(client: FlaskClient, site: str | None) -> None:
    assert asks(client, **({"Sec-Fetch-Site": site} if site else {}))


def test_who_is_signed_in_already_is_asked(person: Person) -> None:
    assert asks(person.client, **OPENED)


def test_who_is_asked_sees_as_whom_and_the_token_holds_until_the_answer(
    app: Flask, person: Person, make_tenant
) -> None:
    other = make_tenant()
    token = token_of(other)
    question = enter(person.client, token=token, ask="1")
    assert question.status_code == 200
    assert heading(question) == f"Continue as {other.email}?"
    assert person.tenant.email in person.get("/sessions").text, "still who they were"
    form = dict(
        re.findall(r'name="(\w+)" value="([^"]*)"', question.text.partition("/console/enter")[2])
    )
    assert enter(person.client, **form).status_code == 303
    assert other.email in person.get("/sessions").text


def test_a_strangers_page_cannot_post_a_token(client: FlaskClient, tenant: Tenant) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = client.post("/console/enter", data={"token": token_of(tenant)}, headers=headers)
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers

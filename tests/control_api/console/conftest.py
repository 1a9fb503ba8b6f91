"""A person's browser without a screen: cookies, forms, and the headers that a browser sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.control_api.conftest import PASSWORD, Tenant

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
COOKIE = "__Host-azscraper"


@dataclass
class Person:
    """Somebody in front of the console. `post` sends the form's hidden field along."""

    client: FlaskClient
    tenant: Tenant

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(f"/console{path}", **options)

    def post(self, path: str, *, csrf: str | None = None, **options: Any) -> TestResponse:
        field = self.csrf() if csrf is None else csrf
        data = {"csrf": field, **options.pop("data", {})}
        headers = {**SAME_SITE, **options.pop("headers", {})}
        return self.client.post(f"/console{path}", data=data, headers=headers, **options)

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.get("/sessions").text)
        assert found
        return found[1]

    def cookie(self) -> str | None:
        found = self.client.get_cookie(COOKIE)
        return found.value if found else None


def sign_in(app: Flask, tenant: Tenant) -> Person:
    client = app.test_client()
    answer = client.post(
        "/console/login", data={"email": tenant.email, "password": PASSWORD}, headers=SAME_SITE
    )
    assert answer.status_code == 303, answer.text
    return Person(client, tenant)


def heading(answer: TestResponse) -> str:
    found: list[str] = re.findall(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
    assert len(found) == 1, answer.text
    return unescape(re.sub(r"<[^>]+>", "", found[0]))


@pytest.fixture
def person(app: Flask, make_tenant: Callable[..., Tenant]) -> Person:
    return sign_in(app, make_tenant("unlimited"))

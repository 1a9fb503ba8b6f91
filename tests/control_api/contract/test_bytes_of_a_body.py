"""contracts.md: UTF-8, a BOM is skipped"""

from __future__ import annotations

import json

import pytest

from tests.control_api.conftest import PASSWORD, Tenant

BOM = b"\xef\xbb\xbf"


def send(tenant: Tenant, path: str, body: object, before: bytes = BOM):
    data = before + json.dumps(body, ensure_ascii=False).encode()
    return tenant.post(path, data=data, content_type="application/json; charset=utf-8")


def test_a_bom_is_skipped_in_every_dialect(tenant: Tenant) -> None:
    made = send(tenant, "/projects", {"name": "Größe"})
    assert (made.status_code, made.json["data"]["name"]) == (201, "Größe")
    page = {"url": "https://example.com/", "selectors": {"title": "h1::text"}}
    assert send(tenant, "/api/v1/jobs", page).status_code == 201
    login = {"username": tenant.email, "password": PASSWORD}
    assert send(tenant, "/api/v1/auth/login", login).status_code == 200
    search = {"type": "search", "targets": ["café"]}
    job = send(tenant, f"/projects/{made.json['data']['id']}/jobs", search)
    assert job.json["data"]["targets"][0]["value"] == "café"


@pytest.mark.parametrize("name", ["Größe", "plain"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_another_encoding_is_refused_by_its_name(tenant: Tenant, encoding: str, name: str) -> None:
    if (encoding, name) == ("latin-1", "plain"):
        return  # the same bytes as UTF-8
    text = json.dumps({"name": name}, ensure_ascii=False)
    answer = tenant.post("/projects", data=text.encode(encoding), content_type="application/json")
    assert answer.status_code == 400
    assert "UTF-8" in answer.json["error"]["message"]


def test_a_bom_alone_and_two_of_them_are_no_json(tenant: Tenant) -> None:
    for data in (BOM, BOM + BOM + b"{}"):
        answer = tenant.post("/projects", data=data, content_type="application/json")
        assert answer.status_code == 400

"""contracts.md: UTF-8, a BOM is skipped"""

from __future__ import annotations

import gzip
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


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"name": "a", "name": "b"}', "name"),
        ('{"name": "a", "x": {"limit": 1, "limit": 1}}', "limit"),
        ('{"name": "a", "x": [{"k": 1}, {"k": {"\\u0061": 1, "a": 2}}]}', "a"),
    ],
)
def test_a_name_that_stands_twice_is_refused_and_named(
    tenant: Tenant, body: str, name: str
) -> None:
    answers = [
        tenant.post(path, data=body, content_type="application/json")
        for path in ("/projects", "/api/v1/jobs")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    texts = [answers[0].json["error"]["message"], answers[1].json["error"]]
    assert all(text.startswith(f"body holds `{name}` twice in one object") for text in texts), texts


@pytest.mark.parametrize(
    ("number", "status"),
    [(str(2**63 - 1), 201), (str(-(2**63)), 201), (str(2**64), 400), (str(-(2**63) - 1), 400),
     ("9" * 300, 400), ('"' + "9" * 30 + '"', 201), ("1234567890123456789.5", 201)],
)  # fmt: skip
def test_an_integer_that_would_become_another_number_is_refused(
    tenant: Tenant, number: str, status: int
) -> None:
    project = tenant.post("/projects", json={"name": "Numbers"}).json["data"]["id"]
    body = f'{{"type": "search", "targets": ["x"], "config": {{"own": {number}}}}}'
    answer = tenant.post(f"/projects/{project}/jobs", data=body, content_type="application/json")
    assert answer.status_code == status, answer.text
    if status == 400:
        assert "integers beyond 64 bits" in answer.json["error"]["message"]
    else:
        assert answer.json["data"]["config"]["own"] == json.loads(number)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip"])
def test_a_body_that_is_compressed_is_refused_by_its_name(tenant: Tenant, coding: str) -> None:
    data = gzip.compress(b'{"name": "a"}')
    for path in ("/projects", "/api/v1/jobs"):
        answer = tenant.post(
            path,
            data=data,
            content_type="application/json",
            headers={"Content-Encoding": coding},
        )
        assert answer.status_code == 415
        assert f"Content-Encoding {coding!r} is not read" in answer.text
    plain = tenant.post("/projects", json={"name": "a"}, headers={"Content-Encoding": "identity"})
    assert plain.status_code == 201

"""Promise A3 and issue point 6: the documented error, and nothing written."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from pymongo.database import Database

from tests.control_api.conftest import Tenant

GOOD = {"type": "search", "targets": ["usb hub"]}
TOO_DEEP: dict[str, Any] = {}
for _ in range(30):
    TOO_DEEP = {"x": TOO_DEEP}

BAD_JOBS = [
    ({"targets": ["x"]}, "type should not be empty"),
    ({"type": "reviews", "targets": ["x"]}, "type must be one of the following values: 'bestsellers', 'details', 'offers', 'search', 'seller' or 'suggestions'"),
    ({"type": 7, "targets": ["x"]}, "type must be one of the following values: 'bestsellers', 'details', 'offers', 'search', 'seller' or 'suggestions'"),
    ({"type": "search"}, "targets should not be empty"),
    ({"type": "search", "targets": []}, "targets must contain at least 1 elements"),
    ({"type": "search", "targets": "usb hub"}, "targets must be an array"),
    ({"type": "search", "targets": [7]}, "targets.0 must be a string"),
    ({"type": "search", "targets": ["a", None]}, "targets.1 must be a string"),
    ({"type": "search", "targets": [""]}, "targets should not be empty"),
    ({"type": "search", "targets": [" \t", "\u200b"]}, "targets should not be empty"),
    ({**GOOD, "onInvalid": "ignore"}, "onInvalid must be one of the following values: 'fail' or 'skip'"),
    ({"type": "search", "targets": ["x"] * 10_001}, "targets must contain no more than 10000 elements"),
    ({**GOOD, "id": "mine"}, "property id should not exist"),
    ({**GOOD, "organizationId": "x"}, "property organizationId should not exist"),
    ({**GOOD, "status": "completed"}, "property status should not exist"),
    ({**GOOD, "config": []}, "config must be an object"),
    ({**GOOD, "config": "en-US"}, "config must be an object"),
    ({**GOOD, "config": {"lang": 5}}, "config.lang must be a string"),
    ({**GOOD, "config": {"maxPages": "2"}}, "config.maxPages must be an integer number"),
    ({**GOOD, "config": {"maxPages": 0}}, "config.maxPages must not be less than 1"),
    ({**GOOD, "config": {"maxPages": 21}}, "config.maxPages must not be greater than 20"),
    ({**GOOD, "config": {"maxPages": 1.5}}, "config.maxPages must be an integer number"),
    ({**GOOD, "config": {"maxPages": True}}, "config.maxPages must be an integer number"),
    ({**GOOD, "config": {"maxResults": -1}}, "config.maxResults must not be less than 1"),
    ({**GOOD, "config": {"includeSponsored": "no"}}, "config.includeSponsored must be a boolean value"),
    ({**GOOD, "config": {"priceMin": "5"}}, "config.priceMin must be a number"),
    ({**GOOD, "config": {"priceMin": 9, "priceMax": 5}}, "config priceMin must not be greater than priceMax"),
    ({**GOOD, "config": {"deliverTo": 10115}}, "config.deliverTo must be a string or an object"),
    ({**GOOD, "config": {"deliverTo": ["10115"]}}, "config.deliverTo must be a string or an object"),
    ({**GOOD, "config": {"deliverTo": ""}}, "config.deliverTo must be longer than or equal to 1 characters"),
    ({**GOOD, "config": {"deliverTo": {"postalCode": 10115}}}, "config.deliverTo.postalCode must be a string"),
    ({**GOOD, "config": {"deliverTo": {"zip": "1"}}}, "property config.deliverTo.zip should not exist; did you mean `config.deliverTo`?"),
    ({**GOOD, "config": {"expandVariants": "yes"}}, "config.expandVariants must be a boolean value or an integer number"),
    ({**GOOD, "config": {"extra": 2**64 - 1}}, "config must not hold integers beyond 64 bits"),
    ({**GOOD, "config": {"extra": {"a\0b": 1}}}, "config must not hold keys with a null character"),
    ({**GOOD, "config": {"extra": "x" * 40_000}}, "config must not be longer than 32768 bytes"),
    ({**GOOD, "config": TOO_DEEP}, "config must not be nested deeper than 20 levels"),
]  # fmt: skip


def refused(answer: Any, status: int = 400, code: str = "VALIDATION_ERROR") -> str:
    assert answer.status_code == status, answer.text
    assert answer.json["success"] is False
    assert set(answer.json["error"]) == {"code", "message", "details"}
    assert answer.json["error"]["code"] == code
    message: str = answer.json["error"]["message"]
    return message


@pytest.fixture
def jobs_path(tenant: Tenant) -> str:
    return f"/projects/{tenant.make_project()}/jobs"


def written(database: Database) -> dict[str, int]:
    return {name: database[name].count_documents({}) for name in database.list_collection_names()}


@pytest.fixture
def nothing_written(database: Database, jobs_path: str) -> Any:
    before = written(database)
    yield
    assert written(database) == before
    assert database["organizations"].find_one()["creditBalance"] == 1_000


@pytest.mark.usefixtures("nothing_written")
def test_a_wrong_job_is_refused_with_the_place_named(tenant: Tenant, jobs_path: str) -> None:
    for body, message in BAD_JOBS:
        assert refused(tenant.post(jobs_path, json=body)) == message


@pytest.mark.usefixtures("nothing_written")
def test_an_unknown_lang_or_marketplace_is_refused_with_the_supported_ones(
    tenant: Tenant, jobs_path: str
) -> None:
    for config, supported in [({"lang": "xx-YY"}, "de-DE"), ({"marketplace": "MARS"}, "sandbox")]:
        message = refused(tenant.post(jobs_path, json={**GOOD, "config": config}))
        assert message.startswith(f"config.{next(iter(config))}: unsupported")
        assert supported in message


@pytest.mark.usefixtures("nothing_written")
def test_targets_that_name_no_product_are_listed(tenant: Tenant, jobs_path: str) -> None:
    bad = ["https://example.com/dp/B08N5WRWNW", "hello", "https://amzn.to/3abc"]
    answer = tenant.post(jobs_path, json={"type": "details", "targets": ["B08N5WRWNW", *bad]})
    refused(answer, code="INVALID_ASIN")
    details = answer.json["error"]["details"]
    assert [(entry["index"], entry["value"]) for entry in details] == list(enumerate(bad, start=1))
    assert all(entry["reason"] for entry in details)


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"type": "search", ', "line 1 column 20"),
        (b'{"type": "search",\n "targets": [NaN]}', "line 2 column 14"),
        (b"{'type': 1}", "line 1 column 2"),
        (b"\xff\xfe", "line 1 column 1"),
    ],
)
def test_broken_json_is_refused_with_the_place_named(
    tenant: Tenant, jobs_path: str, body: bytes, place: str
) -> None:
    message = refused(tenant.post(jobs_path, data=body, content_type="application/json"))
    assert message.startswith("body is not valid JSON: ")
    assert place in message


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"{\\"type\\": \\"search\\"}"'])
def test_a_body_that_is_no_object_is_refused(tenant: Tenant, jobs_path: str, body: bytes) -> None:
    message = refused(tenant.post(jobs_path, data=body, content_type="application/json"))
    assert message == "body must be a JSON object"


@pytest.mark.parametrize("body", [b'{"reason": "late"}', b"[]", b"null", b"reason=late", b"{"])
def test_a_body_for_a_route_that_takes_none_is_refused(tenant: Tenant, body: bytes) -> None:
    job = tenant.make_job()
    path = f"/jobs/{job['id']}/cancel"
    answer = tenant.post(path, data=body, content_type="application/json")
    assert refused(answer) == "this route takes no body"
    assert tenant.get(f"/jobs/{job['id']}").json["data"]["status"] == "queued"
    assert tenant.post(path, data=b" {} ", content_type="application/json").status_code == 200


@pytest.mark.usefixtures("nothing_written")
def test_a_missing_body_is_refused(tenant: Tenant, jobs_path: str) -> None:
    assert refused(tenant.post(jobs_path)) == "body must be a JSON object"


@pytest.mark.usefixtures("nothing_written")
def test_a_body_of_50_mb_is_refused(tenant: Tenant, jobs_path: str) -> None:
    body = b'{"type": "search", "targets": ["' + b"x" * 50_000_000 + b'"]}'
    answer = tenant.post(jobs_path, data=body, content_type="application/json")
    message = refused(answer, 413, "PAYLOAD_TOO_LARGE")
    assert message == "body must not be larger than 4194304 bytes"


@pytest.mark.usefixtures("nothing_written")
def test_a_long_body_without_a_length_is_refused(tenant: Tenant, jobs_path: str) -> None:
    answer = tenant.post(
        jobs_path,
        input_stream=io.BytesIO(json.dumps(GOOD).encode() + b" " * 5_000_000),
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    refused(answer, 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_a_body_of_another_type_is_refused(tenant: Tenant, jobs_path: str, kind: str) -> None:
    answer = tenant.post(jobs_path, data=b'{"type": "search"}', content_type=kind)
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_several_wrong_places_are_all_listed(tenant: Tenant, jobs_path: str) -> None:
    answer = tenant.post(jobs_path, json={"targets": [], "color": "red"})
    assert refused(answer) == "type should not be empty"
    assert answer.json["error"]["details"] == [
        "type should not be empty",
        "targets must contain at least 1 elements",
        "property color should not exist",
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("status=done", "status must be one of the following values:"),
        ("limit=0", "limit must not be less than 1"),
        ("limit=ten", "limit must be an integer number"),
        ("offset=-1", "offset must not be less than 0"),
        ("offset=99999999999999999999999", "offset must not be greater than"),
    ],
)
def test_a_wrong_query_is_refused(tenant: Tenant, jobs_path: str, query: str, message: str) -> None:
    assert refused(tenant.get(f"{jobs_path}?{query}")).startswith(message)


@pytest.mark.parametrize(
    ("query", "name"),
    [("limit=1&limit=2", "limit"), ("status=queued&limit=5&status=failed", "status")],
)
def test_a_parameter_with_two_values_is_refused(
    tenant: Tenant, jobs_path: str, query: str, name: str
) -> None:
    message = refused(tenant.get(f"{jobs_path}?{query}"))
    assert message == f"{name} must be given once; it stands in the address 2 times"
    v1 = tenant.get("/api/v1/jobs?limit=1&limit=2")
    assert (v1.status_code, v1.json["type"]) == (400, "validation_error")


def test_a_parameter_twice_with_one_value_or_of_a_list_is_read(
    tenant: Tenant, jobs_path: str
) -> None:
    assert tenant.get(f"{jobs_path}?limit=2&limit=2").status_code == 200
    assert tenant.get("/jobs?status=queued&status=running").status_code == 200


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"spider_name": "site", "arguments": {"url": ["x"]}},
            "arguments.url must be a string or an integer number or a number or a boolean value",
        ),
        ({"url": "http://a.example/", "selectors": {"str": 5}}, "selectors.str must be a string"),
    ],
)
def test_a_wrong_value_of_a_page_or_spider_job_names_its_place(
    tenant: Tenant, body: dict[str, Any], message: str
) -> None:
    answer = tenant.post("/api/v1/jobs", json=body)
    assert (answer.status_code, answer.json["detail"]) == (400, message)


def test_a_wrong_method_says_which_are_right(tenant: Tenant, jobs_path: str) -> None:
    answer = tenant.call("DELETE", jobs_path)
    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_ids_of_any_form_are_a_404(tenant: Tenant) -> None:
    for strange in ("x", "%00", "%FF%FE", "$ne", "a" * 3_000, "../projects", "{}"):
        assert tenant.get(f"/jobs/{strange}").status_code == 404, strange


BAD_PROJECTS = [
    ({}, "name should not be empty"),
    ({"name": ""}, "name must be longer than or equal to 1 characters"),
    ({"name": "  "}, "name must be longer than or equal to 1 characters"),
    ({"name": "x" * 201}, "name must be shorter than or equal to 200 characters"),
    ({"name": None}, "name must be a string"),
    ({"name": "x", "archived": True}, "property archived should not exist"),
]


def test_a_wrong_project_is_refused(tenant: Tenant) -> None:
    for body, message in BAD_PROJECTS:
        assert refused(tenant.post("/projects", json=body)) == message
    assert tenant.get("/projects").json["meta"]["total"] == 0


BAD_REGISTRATIONS = [
    ({"password": "correct horse"}, "email should not be empty"),
    ({"email": "you", "password": "correct horse"}, "email must be an email"),
    ({"email": "a@b c.de", "password": "correct horse"}, "email must be an email"),
    ({"email": ["a@b.de"], "password": "correct horse"}, "email must be a string"),
    ({"email": "a@b.de", "password": "short"}, "password must be longer than or equal to 8 characters"),
    ({"email": "a@b.de", "password": "correct horse", "role": "admin"}, "property role should not exist"),
    ({"email": "a@b.de", "password": "correct horse", "isAdmin": True}, "property isAdmin should not exist"),
]  # fmt: skip


def test_a_wrong_registration_is_refused(client: Any, database: Database) -> None:
    for body, message in BAD_REGISTRATIONS:
        assert refused(client.post("/auth/register", json=body)) == message
    assert database["users"].count_documents({}) == 0

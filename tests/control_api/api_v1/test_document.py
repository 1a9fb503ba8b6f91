"""contracts.md section 0: one OpenAPI document describes both kinds of job, with `oneOf`."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    body: dict[str, Any] = client.get("/api/openapi.json").json
    return body


def names(schema: dict[str, Any]) -> list[str]:
    union = schema.get("items", schema)["oneOf"]
    return [one["$ref"].rpartition("/")[2] for one in union]


def test_jobs_are_one_of_two_kinds(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert names(schemas["CreateV1JobBody"]) == ["PageJobBody", "SpiderJobBody"]
    assert names(schemas["V1Job"]) == ["PageJobOut", "SpiderJobOut"]
    assert names(schemas["V1JobRows"]) == ["PageJobRow", "SpiderJobRow"]
    posted = document["paths"]["/api/v1/jobs"]["post"]
    assert {"200", "201", "400", "404", "429"} <= set(posted["responses"])


def test_login_is_documented_as_json_and_form(document: dict[str, Any]) -> None:
    content = document["paths"]["/api/v1/auth/login"]["post"]["requestBody"]["content"]
    assert set(content) == {
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    }
    for media in content.values():
        assert set(media["schema"]["properties"]) == {"username", "password"}


def test_no_two_schemas_share_a_name(document: dict[str, Any]) -> None:
    """flask-openapi3 would let the later one replace the other without a word."""
    schemas = document["components"]["schemas"]
    assert set(schemas["V1Error"]["properties"]) == {"detail", "error", "type", "correlation_id"}
    assert set(schemas["JobStatsOut"]["properties"]) >= {"status_counts", "success_rate"}
    assert set(schemas["V1RegisterBody"]["properties"]) == {"username", "password", "email"}

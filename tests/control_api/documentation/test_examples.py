"""H8: each example of the API's description is an answer that the app gave, and gives today.

`make examples` (RECORD_EXAMPLES=1) writes control_api/documentation/examples.json anew.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from pymongo.database import Database
from redis import Redis

from control_api.documentation.answer_examples import EXAMPLES_FILE
from control_api.documentation.sentences import operations_of
from settings.config import Config
from storage.base.connections import open_database
from storage.base.sessions import open_session
from storage.jobs.settlement import Settlement
from storage.runs.run_claims import RunClaims
from tests.control_api.documentation.beats import beat
from tests.control_api.examples.api_v1 import ApiV1
from tests.control_api.examples.azscraper import AzScraper
from tests.control_api.examples.recorder import Recorder, shape
from tests.control_api.services.monitors.following import observe_all
from tests.stores import Store

RECORDS = os.environ.get("RECORD_EXAMPLES") == "1"
# What is no text cannot be shown.
BINARY = ("application/gzip", "application/vnd.apache.parquet")

Examples = dict[str, dict[str, Any]]


@pytest.fixture
def answered(
    client: FlaskClient,
    database: Database,
    settlement: Settlement,
    config: Config,
    redis_client: Redis,
) -> Examples:
    recorder = Recorder(client)
    store = Store(config, database, redis_client)
    AzScraper(
        recorder,
        settlement,
        database,
        lambda node: beat(config, node),
        lambda: observe_all(store),
    ).walk()
    mongo = database.client
    claims = RunClaims(mongo, open_database(mongo, config), open_session(mongo))
    ApiV1(recorder, settlement, database, claims).walk()
    if RECORDS:
        # One of the same shape stays as it is: ids and times would change all of them each time.
        stored = json.loads(EXAMPLES_FILE.read_text())
        kept = {
            operation: stored[operation]
            if shape(stored.get(operation)) == shape(example)
            else example
            for operation, example in recorder.examples.items()
        }
        text = json.dumps(kept, indent=1, ensure_ascii=False)
        EXAMPLES_FILE.write_text(text + "\n")
    return recorder.examples


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json
    return found


def test_stored_examples_have_the_shape_of_todays_answers(answered: Examples) -> None:
    stored = json.loads(EXAMPLES_FILE.read_text())
    assert stored.keys() == answered.keys()
    for operation, example in answered.items():
        told = "run `make examples` where the change is meant"
        assert shape(stored[operation]) == shape(example), f"{operation}: {told}"


def test_every_body_and_every_2xx_answer_has_an_example(document: dict[str, Any]) -> None:
    bodies = answers = 0
    for name, operation in operations_of(document):
        if "requestBody" in operation:
            bodies += 1
            assert all("example" in one for one in operation["requestBody"]["content"].values()), (
                name
            )
        for status, answer in operation["responses"].items():
            for kind, media in answer.get("content", {}).items():
                if status.startswith("2") and kind not in BINARY:
                    answers += 1
                    assert "example" in media, (name, status, kind)
    assert bodies >= 30
    assert answers >= 90


def test_every_example_is_within_its_schema(document: dict[str, Any]) -> None:
    faults: list[tuple[str, str]] = []
    for name, operation in operations_of(document):
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [answer.get("content", {}) for answer in operation["responses"].values()]
        for content in contents:
            for kind, media in content.items():
                if "example" in media and kind == "application/json":
                    found = _faults(document, media["schema"], media["example"])
                    faults += [(name, fault) for fault in found]
    assert faults == []


def test_rows_in_examples_hold_no_field_without_a_description(document: dict[str, Any]) -> None:
    for operation, schema in (
        ("/jobs/{id}/results", "SearchRow"),
        ("/jobs/{id}", "ProductRow"),
    ):
        answer = document["paths"][operation]["get"]["responses"]["200"]
        data = answer["content"]["application/json"]["example"]["data"]
        rows = data if isinstance(data, list) else data["rows"]
        assert rows
        closed = {**document["components"]["schemas"][schema], "additionalProperties": False}
        for row in rows:
            assert _faults(document, closed, row) == []


def _faults(document: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    whole = {**schema, "components": document["components"]}
    return [error.message[:300] for error in Draft202012Validator(whole).iter_errors(value)]

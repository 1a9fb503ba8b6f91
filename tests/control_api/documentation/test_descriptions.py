"""H8: each operation, parameter and property of the API's description is described, without exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from control_api.documentation.operations import OPERATIONS
from control_api.documentation.parameters import IDS, PARAMETERS, PARAMETERS_OF
from control_api.documentation.rows import row_name
from control_api.documentation.sentences import PROPERTIES, PROPERTY_NAMES, operations_of
from spiders.types.registry import DESCRIPTIONS, ROW_TYPES


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    client.get("/api/openapi.json")
    # The second answer: descriptions must not grow from one to the next.
    found: dict[str, Any] = client.get("/api/openapi.json").json
    return found


def is_sentence(text: object) -> bool:
    return isinstance(text, str) and len(text.split()) >= 2 and text.rstrip().endswith(".")


def properties_of(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """(where, schema) of every property anywhere in the document, of nested and inline schemas too."""
    if isinstance(node, list):
        for index, entry in enumerate(node):
            yield from properties_of(entry, f"{place}.{index}")
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "properties" and isinstance(value, dict):
                yield from ((f"{place}.{name}", schema) for name, schema in value.items())
                for name, schema in value.items():
                    yield from properties_of(schema, f"{place}.{name}")
            elif key not in ("example", "examples"):
                yield from properties_of(value, f"{place}.{key}")


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    operations = dict(operations_of(document))
    assert len(operations) > 90
    assert [
        name for name, operation in operations.items() if not is_sentence(operation["description"])
    ] == []
    assert [name for name in OPERATIONS if name not in operations] == []


def test_every_parameter_is_described_with_its_default(document: dict[str, Any]) -> None:
    parameters = [
        (name, parameter)
        for name, operation in operations_of(document)
        for parameter in operation.get("parameters", ())
    ]
    assert len(parameters) > 150
    for name, parameter in parameters:
        where = f"{name} {parameter['name']}"
        text = parameter.get("description")
        assert is_sentence(text), where
        if parameter["schema"].get("default") is not None:
            assert text.count("Default: ") == 1, where


def test_no_text_of_a_parameter_is_left_over(document: dict[str, Any]) -> None:
    names = {
        f"{name} {parameter['name']}": parameter["description"]
        for name, operation in operations_of(document)
        for parameter in operation.get("parameters", ())
    }
    for where, text in PARAMETERS_OF.items():
        assert names[where].startswith(text), where
    shown = list(names.values())
    for text in (*PARAMETERS.values(), *IDS.values()):
        assert any(description.startswith(text) for description in shown), text


def test_every_property_is_described_with_its_default(document: dict[str, Any]) -> None:
    properties = list(properties_of(document))
    assert len(properties) > 600
    assert [
        where for where, schema in properties if not is_sentence(schema.get("description"))
    ] == []
    for where, schema in properties:
        if schema.get("default") is not None:
            assert schema["description"].count("Default: ") == 1, where


def test_no_text_of_a_property_is_left_over(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    shown = {
        f"{name}.{property_name}": schema["description"]
        for name, of in schemas.items()
        for property_name, schema in of.get("properties", {}).items()
    }
    for where, text in PROPERTIES.items():
        assert shown[where].startswith(text), where
    for name, text in PROPERTY_NAMES.items():
        assert any(
            where.endswith(f".{name}") and description.startswith(text)
            for where, description in shown.items()
        ), name


def test_rows_are_told_in_the_words_of_the_fields_page(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    names = [row_name(kind) for kind in ROW_TYPES.values()]
    assert {"ProductRow", "SearchRow", "BestsellerRow"} <= set(names)
    for kind, name in zip(ROW_TYPES.values(), names, strict=True):
        texts = {
            field: schema["description"].rstrip(".")
            for field, schema in schemas[name]["properties"].items()
            if field != "jobId"
        }
        assert {field: text.lower() for field, text in texts.items()} == {
            field: text.rstrip(".").lower() for field, text in DESCRIPTIONS[kind].items()
        }
    rows = schemas["ResultRows"]["properties"]["data"]["items"]["anyOf"]
    assert [row["$ref"].rpartition("/")[2] for row in rows] == [
        *names,
        "OtherRow",
    ]

"""H8: each operation and parameter of the API's description is described, without exceptions."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from control_api.documentation.operations import OPERATIONS
from control_api.documentation.parameters import IDS, PARAMETERS, PARAMETERS_OF
from control_api.documentation.sentences import operations_of


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    client.get("/api/openapi.json")
    # The second answer: descriptions must not grow from one to the next.
    found: dict[str, Any] = client.get("/api/openapi.json").json
    return found


def is_sentence(text: object) -> bool:
    return isinstance(text, str) and len(text.split()) >= 2 and text.rstrip().endswith(".")


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

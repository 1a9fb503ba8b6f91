"""Answers are read from records; their schemas are made once for each class."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from unittest.mock import patch

import pytest
from pydantic import BaseModel, Field
from pydantic.json_schema import GenerateJsonSchema

from control_api.azscraper.schemas.account.projects import ProjectsAnswer
from control_api.http.json_text import json_bytes
from control_api.http.schemas import Answer, Number
from control_api.services.records import Project


class Parent(Answer):
    name: str


class Child(Parent):
    size: int


class Named(Answer):
    from_: Annotated[int, Field(alias="from")]


class Counted(Answer):
    at_most: Annotated[Number | None, Field(alias="atMost")] = None


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (5, "5"),
        (5.0, "5.0"),
        (2.5, "2.5"),
        (Decimal("5.00"), "5"),
        (Decimal("0.1"), "0.1"),
        (None, "null"),
    ],
)
def test_a_number_is_written_as_it_was_counted_under_its_public_name(
    given: object, written: str
) -> None:
    answer = Counted.model_validate({"atMost": given})
    assert json_bytes(answer.to_plain()).decode() == f'{{"atMost":{written}}}'
    assert Counted().to_plain() == {}


def test_a_number_is_described_as_one() -> None:
    schema = Counted.model_json_schema()["properties"]["atMost"]
    assert schema["anyOf"] == [{"type": "number"}, {"type": "null"}]


def test_each_class_has_its_own_schema() -> None:
    assert list(Parent.model_json_schema()["properties"]) == ["name"]
    assert list(Child.model_json_schema()["properties"]) == ["name", "size"]


def test_arguments_make_a_difference() -> None:
    assert list(Named.model_json_schema(by_alias=True)["properties"]) == ["from"]
    assert list(Named.model_json_schema(by_alias=False)["properties"]) == ["from_"]


def test_changing_a_schema_changes_no_later_one() -> None:
    Child.model_json_schema()["properties"].clear()
    assert list(Child.model_json_schema()["properties"]) == ["name", "size"]


def test_a_schema_is_made_once() -> None:
    Child.model_json_schema()
    with patch.object(GenerateJsonSchema, "generate", side_effect=AssertionError):
        Child.model_json_schema()


def test_an_answer_is_read_from_a_record_and_from_its_own_json() -> None:
    made = datetime(2025, 3, 1, 12, 30, 0, 250_000, tzinfo=UTC)
    project = Project(
        id="p1",
        organization_id="o1",
        name="Prices é",
        archived=False,
        created_at=made,
        updated_at=made,
    )
    answer = ProjectsAnswer.of([project], total=7)
    written = json_bytes(answer.model_dump(exclude_unset=True))
    assert written.decode() == (
        '{"data":[{"id":"p1","name":"Prices é","organizationId":"o1","archived":false,'
        '"createdAt":"2025-03-01T12:30:00.250Z","updatedAt":"2025-03-01T12:30:00.250Z"}],'
        '"meta":{"total":7}}'
    )
    assert ProjectsAnswer.model_validate_json(written) == answer


def test_no_two_models_share_a_name() -> None:
    """In the OpenAPI document a schema is found by its class's name: the second would replace the first."""
    importlib.import_module("control_api.app")
    modules: dict[str, set[str]] = {}
    for model in _below(BaseModel):
        if model.__module__.startswith("control_api."):
            modules.setdefault(model.__name__, set()).add(model.__module__)
    assert len(modules) > 100
    assert {name: found for name, found in modules.items() if len(found) > 1} == {}


def _below(parent: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)

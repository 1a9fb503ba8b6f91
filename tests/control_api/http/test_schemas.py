"""Schemas of answers are made once for each class."""

from __future__ import annotations

from unittest.mock import patch

from pydantic.json_schema import GenerateJsonSchema

from control_api.http.schemas import Answer


class Parent(Answer):
    name: str


class Child(Parent):
    size: int


def test_each_class_has_its_own_schema() -> None:
    assert list(Parent.model_json_schema()["properties"]) == ["name"]
    assert list(Child.model_json_schema()["properties"]) == ["name", "size"]


def test_arguments_make_a_difference() -> None:
    assert "additionalProperties" in Child.model_json_schema(mode="validation")
    assert Child.model_json_schema(ref_template="#/a/{model}") == Child.model_json_schema()


def test_changing_a_schema_changes_no_later_one() -> None:
    Child.model_json_schema()["properties"].clear()
    assert list(Child.model_json_schema()["properties"]) == ["name", "size"]


def test_a_schema_is_made_once() -> None:
    Child.model_json_schema()
    with patch.object(GenerateJsonSchema, "generate", side_effect=AssertionError):
        Child.model_json_schema()

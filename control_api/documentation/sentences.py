"""Puts a sentence to each operation and parameter of the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from typing import Any

from control_api.documentation.operations import OPERATIONS
from control_api.documentation.parameters import IDS, PARAMETERS, PARAMETERS_OF

_Node = MutableMapping[str, Any]


def describe_operations(document: _Node) -> None:
    """Harmless to repeat. A text of the code itself (a docstring, a Field) is kept."""
    for name, operation in operations_of(document):
        if name in OPERATIONS:
            operation["description"] = OPERATIONS[name]
        for parameter in operation.get("parameters", ()):
            text = parameter.get("description") or _text_of_parameter(name, parameter)
            if text:
                parameter["description"] = with_default(text, parameter["schema"])


def operations_of(document: _Node) -> Iterator[tuple[str, _Node]]:
    """(`GET /path`, the operation)."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def with_default(text: str, schema: _Node) -> str:
    """The text with the schema's own default, so that the two cannot differ."""
    default = schema.get("default")
    if default is None or "Default: " in text:
        return text
    return f"{text} Default: `{json.dumps(default)}`."


def _text_of_parameter(operation: str, parameter: _Node) -> str | None:
    name = parameter["name"]
    if name == "id":
        path = operation.partition(" ")[2]
        fitting = [start for start in IDS if path == start or path.startswith(f"{start}/")]
        return IDS[fitting[0]] if fitting else None
    return PARAMETERS_OF.get(f"{operation} {name}") or PARAMETERS.get(name)

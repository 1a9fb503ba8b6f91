"""Puts a sentence to each operation, parameter and property of the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from typing import Any

from control_api.documentation.operations import OPERATIONS
from control_api.documentation.parameters import IDS, PARAMETERS, PARAMETERS_OF
from control_api.documentation.properties.accounts import ACCOUNTS
from control_api.documentation.properties.api_v1 import API_V1, API_V1_NAMES
from control_api.documentation.properties.jobs import JOBS
from control_api.documentation.properties.monitors import MONITORS
from control_api.documentation.properties.names import NAMES
from control_api.documentation.properties.operation import OPERATION
from control_api.documentation.rows import any_row, row_schemas

_Node = MutableMapping[str, Any]

PROPERTIES = {**JOBS, **MONITORS, **ACCOUNTS, **OPERATION, **API_V1}
PROPERTY_NAMES = {**NAMES, **API_V1_NAMES}


def describe_operations(document: _Node) -> None:
    """Harmless to repeat. A text of the code itself (a docstring, a Field) is kept."""
    for name, operation in operations_of(document):
        if name in OPERATIONS:
            operation["description"] = OPERATIONS[name]
        for parameter in operation.get("parameters", ()):
            text = parameter.get("description") or _text_of_parameter(name, parameter)
            if text:
                parameter["description"] = with_default(text, parameter["schema"])


def describe_properties(document: _Node) -> None:
    """Harmless to repeat. `Schema.property` goes before the code's own text, that before the name's."""
    schemas = document["components"]["schemas"]
    rows = row_schemas()
    for schema_name, schema in schemas.items():
        if schema_name in rows:
            continue
        for name, found in schema.get("properties", {}).items():
            text = (
                PROPERTIES.get(f"{schema_name}.{name}")
                or found.get("description")
                or PROPERTY_NAMES.get(name)
            )
            if text:
                found["description"] = with_default(text, found)
    schemas.update(rows)
    schemas["ResultRows"]["properties"]["data"]["items"] = any_row()
    schemas["ResultItems"]["properties"]["items"]["items"] = any_row()
    for kind in schemas["JobOut"]["properties"]["rows"]["anyOf"]:
        if kind["type"] == "array":
            kind["items"] = any_row()


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

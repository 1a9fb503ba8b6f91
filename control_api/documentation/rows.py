"""The rows of jobs whose type fixes their fields, as schemas in the words of the type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from spiders.items.product import Product
from spiders.types.registry import DESCRIPTIONS, ROW_TYPES

_Schema = dict[str, Any]
_REF = "#/components/schemas/{model}"
_NAMES: Mapping[type, str] = {Product: "ProductRow"}
_JOB_ID = {"type": "string", "description": "The id of the row's job. Only with `provenance=1`."}
OTHER_ROW: _Schema = {
    "type": "object",
    "description": "A row of a page job (`url`, `data`, `scraped_at`), an item of a spider of your own, or the part of a "
    "row that `fields` asks for.",
}


@cache
def row_schemas() -> dict[str, _Schema]:
    """By name: each kind of row, and the records within rows."""
    found: dict[str, _Schema] = {"OtherRow": OTHER_ROW}
    for kind in ROW_TYPES.values():
        schema = TypeAdapter(kind).json_schema(ref_template=_REF)
        found |= schema.pop("$defs", {})
        found[row_name(kind)] = schema
    owners = {row_name(kind): kind for kind in DESCRIPTIONS}
    for name, schema in found.items():
        if name in owners:
            _describe(schema, DESCRIPTIONS[owners[name]])
    for kind in ROW_TYPES.values():
        found[row_name(kind)]["properties"]["jobId"] = dict(_JOB_ID)
    return found


def row_name(kind: type) -> str:
    return _NAMES.get(kind, kind.__name__)


def any_row() -> _Schema:
    """A row of any job."""
    names = [*(row_name(kind) for kind in ROW_TYPES.values()), "OtherRow"]
    return {"anyOf": [{"$ref": _REF.format(model=name)} for name in names]}


def _describe(schema: _Schema, texts: Mapping[str, str]) -> None:
    # The class's docstring is written for programmers of the readers.
    schema.pop("description", None)
    schema.pop("title", None)
    # `fields` may leave out any of them.
    schema.pop("required", None)
    # A name that is a word of Python's has an underscore there.
    properties = {name.rstrip("_"): _json_type(of) for name, of in schema["properties"].items()}
    # What the exporter of rows adds to a record has the type of a text.
    for name, text in texts.items():
        properties.setdefault(name, {"type": "string"})["description"] = _sentence(text)
    schema["properties"] = properties


def _json_type(schema: _Schema) -> _Schema:
    """As it stands in an answer: a Decimal is a number, and a field that is empty is null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if not _is_decimals_text(kind, schema)]
    if len(kinds) == 1:
        return dict(kinds[0])
    return {"anyOf": kinds} if kinds else {k: v for k, v in schema.items() if k != "title"}


def _is_decimals_text(kind: _Schema, schema: _Schema) -> bool:
    is_decimal = {"type": "number"} in schema["anyOf"]
    return is_decimal and kind.get("type") == "string"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}".rstrip(".") + "."

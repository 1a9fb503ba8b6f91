"""Puts real requests and answers into the OpenAPI document; tests/control_api/documentation/test_examples.py records
them (`make examples`) and compares them with what the app answers."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from control_api.documentation.sentences import operations_of

EXAMPLES_FILE = Path(__file__).with_name("examples.json")


def show_examples(document: MutableMapping[str, Any]) -> None:
    """Harmless to repeat. An operation without an example is left as it is."""
    examples = _examples()
    for name, operation in operations_of(document):
        example = examples.get(name, {})
        if "request" in example:
            for media in operation["requestBody"]["content"].values():
                media["example"] = example["request"]
        for status, answers in example.get("answers", {}).items():
            for kind, media in operation["responses"][status].get("content", {}).items():
                mimetype = kind.partition(";")[0]
                if mimetype in answers:
                    media["example"] = answers[mimetype]


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(EXAMPLES_FILE.read_bytes())
    return found

"""An answer is its model: mypy refuses another to `json_answer`, and who writes JSON without it is named here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from control_api.http.json_text import json_answer
from control_api.http.schemas import ErrorBody

_ROOT = Path(__file__).parents[3]
# The console answers with pages.
_DOORS = ("azscraper", "operator", "v1", "documentation", "http")
_WRITERS = {"json_as_it_is", "json_bytes", "jsonify", "orjson", "json"}
_WITHOUT_A_MODEL = {
    "http/json_text.py": "writes them all",
    "http/waiting.py": "writes an answer anew, outside of its request",
    "http/schemas.py": "keeps the models' schemas",
    "http/rows/exports.py": "rows of files",
    "v1/runs.py": "a spider's rows have no names of ours",
    "documentation/views.py": "the description of the API",
    "documentation/answer_examples.py": "reads the examples",
    "documentation/sentences.py": "reads the description",
}


def _writers_named_in(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.name for alias in node.names}
    return names & _WRITERS


def test_only_named_modules_write_json_without_a_model() -> None:
    modules = [path for door in _DOORS for path in (_ROOT / "control_api" / door).rglob("*.py")]
    assert len(modules) > 100
    found = {
        str(path.relative_to(_ROOT / "control_api"))
        for path in modules
        if _writers_named_in(path.read_text())
    }
    assert found == set(_WITHOUT_A_MODEL)


def test_a_dict_is_no_answer() -> None:
    with pytest.raises(AttributeError):
        json_answer({"data": 1})  # type: ignore[arg-type]


def test_what_was_left_out_is_not_written() -> None:
    body = ErrorBody(code="X", message="é", details=[])
    assert json_answer(body).get_data().decode() == '{"code":"X","message":"é","details":[]}'
    assert json_answer([body], 400).status_code == 400

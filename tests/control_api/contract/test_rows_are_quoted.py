"""Each row of the contract's table, and the text around it, is quoted by a test in this folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CONTRACT = Path(__file__).resolve().parents[4] / "shared" / "design" / "contracts.md"
ROW = re.compile(r"^\| ([A-Za-z ]+) \| (.*) \|$", re.MULTILINE)


def quotes() -> str:
    modules = Path(__file__).parent.rglob("test_*.py")
    documents = [ast.get_docstring(ast.parse(path.read_text())) or "" for path in modules]
    return " ".join(" ".join(documents).split())


def statements() -> Iterator[Any]:
    if not CONTRACT.exists():
        return
    text = CONTRACT.read_text()
    section = text[text.index("## 1. AzScraper") : text.index("## 2. ")]
    rows = [found for found in ROW.findall(section) if found[0] != "topic"]
    head = section[section.index("Error envelope") : section.index("| topic")]
    tail = section[section.index("`amazon-config` (all") : section.index("`RETENTION_DAYS`")]
    statuses = text[text.index("`?status=` on") : text.index("## 1. ")]
    for topic, statement in [*rows, ("head", head), ("config", tail), ("statuses", statuses)]:
        yield pytest.param(statement, id=topic)


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract, ../shared/design, is not here")
def test_the_contract_has_its_rows() -> None:
    assert len(list(statements())) >= 27


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract, ../shared/design, is not here")
@pytest.mark.parametrize("statement", list(statements()))
def test_row_is_quoted(statement: str) -> None:
    assert " ".join(statement.split()) in quotes()

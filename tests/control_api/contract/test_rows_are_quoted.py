"""Each row of the contract's table, and what stands around it, is quoted by a test in this folder."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

CONTRACT = Path(__file__).resolve().parents[4] / "shared" / "design" / "contracts.md"
ROW = re.compile(r"^\| ([a-z ]+) \| (.*) \|$", re.MULTILINE)


def quotes() -> str:
    modules = Path(__file__).parent.glob("test_*.py")
    documents = [ast.get_docstring(ast.parse(path.read_text())) or "" for path in modules]
    return " ".join(" ".join(documents).split())


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract, ../shared/design, is not here")
def test_every_row_is_quoted() -> None:
    text = CONTRACT.read_text()
    section = text[text.index("## 1. AzScraper") : text.index("## 2. ")]
    rows = [found for found in ROW.findall(section) if found[0] != "topic"]
    assert len(rows) >= 24
    head = section[section.index("Error envelope") : section.index("| topic")]
    tail = section[section.index("`amazon-config` (all") : section.index("`RETENTION_DAYS`")]
    statuses = text[text.index("`?status=` on") : text.index("## 1. ")]
    quoted = quotes()
    for topic, statement in [*rows, ("head", head), ("config", tail), ("statuses", statuses)]:
        assert " ".join(statement.split()) in quoted, topic

"""docs/decisions: each page has a number of its own, a status and a date, and stands in the index."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "decisions"
HEAD = re.compile(r"# (\d+)\. (.+)\n\nStatus: (accepted|superseded by \d+) · (\d{4}-\d\d-\d\d)\n\n")


def test_the_index_lists_every_page_as_it_states_itself() -> None:
    rows = []
    for page in sorted(FOLDER.glob("0*.md")):
        head = HEAD.match(page.read_text())
        assert head, f"{page.name} does not begin with its number, title, status and date"
        number, title, status, date = head.groups()
        assert page.name.startswith(f"{int(number):04d}-"), page.name
        rows.append(f"| {number} | [{title}]({page.name}) | {status} | {date} |")
    assert [row.split()[1] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    index = (FOLDER / "README.md").read_text()
    assert [line for line in index.splitlines() if re.match(r"\| \d", line)] == rows

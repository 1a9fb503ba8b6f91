"""What a crawler keeps of its pages, by the settings that say so: a table with a line for each.

Two pool crawlers work on a job each, one with the first value of every line, one with the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage.pages.saved_pages import SavedPage
from tests.spiders.saved.fates import BUSY, GONE, TROUBLED, crawl
from tests.stores import Store

Kept = dict[str, SavedPage]


@dataclass(frozen=True)
class Line:
    look: Callable[[Kept], Any]
    seen: dict[str, Any]


def days(kept: Kept) -> int:
    page = kept[GONE]
    return round((page.expires_at - page.fetched_at).total_seconds() / 86_400)


TABLE: dict[str, Line] = {
    "KEEP_PAGES": Line(
        lambda kept: [*kept] == [GONE, BUSY, *TROUBLED], {"failed": True, "all": False}
    ),
    "KEEP_PAGES_DAYS": Line(days, {"2": 2, "9": 9}),
}
CASES = [(name, place) for name in TABLE for place in (0, 1)]


@pytest.fixture(scope="module")
def crawls() -> dict[int, Kept]:
    """Those that were made so far."""
    return {}


@pytest.mark.parametrize(("name", "place"), CASES)
def test_a_setting_makes_its_difference(
    store: Store, crawls: dict[int, Kept], tmp_path: Path, name: str, place: int
) -> None:
    if place not in crawls:
        environ = {name: list(line.seen)[place] for name, line in TABLE.items()}
        _, crawls[place] = crawl(store, tmp_path, **environ)
    line = TABLE[name]
    assert line.look(crawls[place]) == list(line.seen.values())[place]

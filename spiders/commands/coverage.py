"""On how many real pages each field of a row rests, and how often it was right there: the page
docs/fields.md, made from labelled pages and from what a scorer said of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spiders.commands.column_texts import column_texts
from spiders.pages.reading import page_module
from spiders.types.job_type import PageType
from spiders.types.registry import DESCRIPTIONS, PAGE_TYPES, ROW_TYPES

_REQUEST = "the request"
# What the request says of rows of every type.
_OF_THE_REQUEST = frozenset({"target", "lang", "deliverToAsked"})
# The page's order.
_SHOWN = tuple(sorted(PAGE_TYPES, key=lambda name: PAGE_TYPES[name].title))
_INTRODUCTION = """\
# The fields of a row

A row has every field, always. `null` means that the page does not say. An empty list means that the place
is on the page and holds nothing.

Amazon's pages differ by store, year and product. So the tables say on how many real, labelled pages a field
was present (for searches: on how many rows), and how often what was read there is what a person had
read: checks that agree, of all checks. A field with "no page" has never been seen on a real page; its reader
rests on pages that we wrote ourselves.
"""
_HOW = """\
## How this page is made

The figures come from labelled pages, which are no part of this repository, and from the report that a scorer
writes of them:

```
score_extraction.py PAGES --project . --json scores.json
scrapy extract --coverage PAGES --scores scores.json > docs/fields.md
```

The sentences come from `spiders/items/descriptions.py` and from the job types in `spiders/types/`.
"""


@dataclass(frozen=True, slots=True)
class FieldCoverage:
    """`present` of `seen` pages or rows have a value; `right` of `asked` checks agree."""

    name: str
    where: str
    present: int
    seen: int
    right: int
    asked: int


def coverage_of(
    kind: str, items: Iterable[Mapping[str, Any]], scores: Mapping[str, Any]
) -> list[FieldCoverage]:
    """`items` are plain rows of labelled pages; `scores` is the scorer's JSON."""
    present: Counter[str] = Counter()
    seen = 0
    for item in items:
        seen += 1
        present.update(name for name, value in item.items() if value not in (None, [], {}, ""))
    page = PAGE_TYPES[kind]
    right, asked = _checks(page, scores)
    where = page_module(page).where_fields_are_read()
    names = [f.name for f in fields(ROW_TYPES[kind])]
    return [
        FieldCoverage(n, _where(n, page, where), present[n], seen, right[n], asked[n])
        for n in names
    ]


def _where(name: str, page: PageType, where: Mapping[str, str]) -> str:
    if name in _OF_THE_REQUEST | page.asked_fields:
        return _REQUEST
    return where.get(name, f"{page.module.replace('.', '/')}.py")


def _checks(page: PageType, scores: Mapping[str, Any]) -> tuple[Counter[str], Counter[str]]:
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for group in (page.kind, f"{page.kind} wide"):
        for name, (hits, total) in scores.get(group, {}).get("fields", {}).items():
            field = page.scored_as.get(name, name)
            right[field] += hits
            asked[field] += total
    return right, asked


def coverage_page(answers: Iterable[Mapping[str, Any]], scores: Mapping[str, Any]) -> str:
    """The whole Markdown page. `answers` are those of `scrapy extract` for labelled pages."""
    items: dict[str, list[Mapping[str, Any]]] = {name: [] for name in _SHOWN}
    for answer in answers:
        for name in _SHOWN:
            if answer["kind"] == PAGE_TYPES[name].kind:
                items[name] += answer["items"]
    parts = [_INTRODUCTION]
    for kind in _SHOWN:
        parts += _fields_table(kind, coverage_of(kind, items[kind], scores)), _columns_table(kind)
    return "\n".join([*parts, _HOW])


def read_scores(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no scores by kind of page")
    return found


def _fields_table(kind: str, coverage: list[FieldCoverage]) -> str:
    said = DESCRIPTIONS[ROW_TYPES[kind]]
    lines = [
        f"## {PAGE_TYPES[kind].title}\n",
        "| field | what it says | read in | present | right |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{c.name}` | {said[c.name]} | {_place(c.where)} | {_present(c)} | {_right(c)} |"
        for c in coverage
    ]
    return "\n".join([*lines, ""])


def _columns_table(kind: str) -> str:
    lines = [f"### Columns of {kind}\n", "| column | what it says |", "|---|---|"]
    lines += [f"| `{column}` | {text} |" for column, text in column_texts(kind).items()]
    return "\n".join([*lines, ""])


def _place(where: str) -> str:
    return f"`{where}`" if where.endswith(".py") else where


def _present(coverage: FieldCoverage) -> str:
    if coverage.where == _REQUEST:
        return "as asked"
    return f"{coverage.present} of {coverage.seen}" if coverage.present else "no page"


def _right(coverage: FieldCoverage) -> str:
    return f"{coverage.right} of {coverage.asked}" if coverage.asked else "not asked"

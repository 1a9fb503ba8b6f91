"""On how many real pages each field of a row rests, and how often it was right there: the page
docs/fields.md, made from labelled pages and from what a scorer said of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spiders.items.column_texts import column_texts
from spiders.items.descriptions import DESCRIPTIONS, ROW_KINDS
from spiders.pages.product import where_product_fields_are_read
from spiders.pages.search import where_search_fields_are_read

_PAGE_KINDS = {"details": "detail", "search": "search"}
_TITLES = {"details": "Products", "search": "Search rows"}
# The scorer asks some fields in parts, under names of its own.
_FIELD_OF_SCORE = {
    "itemModelNumber": "modelNumber", "sellerName": "seller", "sellerIsAmazon": "seller",
    "mainImageId": "mainImage", "featuredImageShown": "mainImage", "imagesCount": "images",
    "featuresCount": "features", "featuresFirst": "features", "hasDescription": "description",
    "variantsCount": "variantsTotal", "newCount": "offers", "newFrom": "offers", "usedCount": "offers",
    "usedFrom": "offers", "offersCount": "offers", "offersFrom": "offers", "offersAny": "offers",
    "subscribePrice": "subscribeAndSave", "histogram": "ratingHistogram", "videosCount": "videos",
    "dateFirstAvailableText": "dateFirstAvailable", "couponText": "coupon", "dealText": "deal",
    "badgeTexts": "badges", "priceAndNote": "priceNote", "image": "imageUrl",
    "otherOffersLowest": "otherOffers", "otherOffersCount": "otherOffers", "deliveryFirst": "delivery",
    "variantsShownCount": "variantsShown", "bestSellerRanksNullOrEmpty": "bestSellerRanks",
    "attributesNullOrEmpty": "attributes", "variantsNullOrEmpty": "variants", "videosNullOrEmpty": "videos",
}  # fmt: skip
_PAGE_FILES = {"details": "product.py", "search": "search.py"}
_REQUEST = "the request"
_OF_THE_REQUEST = frozenset(
    {"requestedAsin", "keyword", "page", "target", "lang", "deliverToAsked"}
)
_WHERE = {"details": where_product_fields_are_read, "search": where_search_fields_are_read}
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

The sentences come from `spiders/items/descriptions.py`.
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
    right, asked = _checks(_PAGE_KINDS[kind], scores)
    where = _WHERE[kind]()
    names = [f.name for f in fields(ROW_KINDS[kind])]
    return [
        FieldCoverage(n, _where(n, kind, where), present[n], seen, right[n], asked[n])
        for n in names
    ]


def _where(name: str, kind: str, where: Mapping[str, str]) -> str:
    if name in _OF_THE_REQUEST:
        return _REQUEST
    return where.get(name, f"spiders/pages/{_PAGE_FILES[kind]}")


def _checks(page_kind: str, scores: Mapping[str, Any]) -> tuple[Counter[str], Counter[str]]:
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for group in (page_kind, f"{page_kind} wide"):
        for name, (hits, total) in scores.get(group, {}).get("fields", {}).items():
            field = _FIELD_OF_SCORE.get(name, name)
            right[field] += hits
            asked[field] += total
    return right, asked


def coverage_page(answers: Iterable[Mapping[str, Any]], scores: Mapping[str, Any]) -> str:
    """The whole Markdown page. `answers` are those of `scrapy extract` for labelled pages."""
    items: dict[str, list[Mapping[str, Any]]] = {kind: [] for kind in _PAGE_KINDS}
    for answer in answers:
        for kind, page_kind in _PAGE_KINDS.items():
            if answer["kind"] == page_kind:
                items[kind] += answer["items"]
    parts = [_INTRODUCTION]
    for kind in _PAGE_KINDS:
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
    said = DESCRIPTIONS[ROW_KINDS[kind]]
    lines = [
        f"## {_TITLES[kind]}\n",
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

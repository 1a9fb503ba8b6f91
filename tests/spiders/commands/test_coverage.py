"""`scrapy extract --coverage` on a folder of our own fixtures, with scores of our own."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError

from spiders.commands.coverage import coverage_page
from spiders.commands.extract import write_coverage
from spiders.pages import product as product_page
from spiders.pages.searches import search as search_page
from tests.spiders.pages.cases import FIXTURES

PROJECT = Path(__file__).parents[3]
FIELDS_PAGE = PROJECT / "docs" / "fields.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = (
        "product_everything",
        "seller_of_an_ebook",
        "search_badges_coupon_deal_prime",
        "status_stripped",
    )
    lines = []
    for name in names:
        (tmp_path / f"{name}.html").write_bytes((FIXTURES / name / "input.html").read_bytes())
        meta = json.loads((FIXTURES / name / "meta.json").read_text(encoding="utf-8"))
        label = None if name == "status_stripped" else f"labels/{name}.json"
        lines.append({"file": f"{name}.html", "url": meta["url"], "status": 200, "label": label})
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path


def line_of(page: str, field: str, heading: str) -> str:
    section = page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"^\| `{field}` \|.*$", section, re.MULTILINE)
    assert found is not None, field
    return found.group()


def test_each_field_says_where_it_is_read_and_on_how_many_labelled_pages(folder: Path) -> None:
    scores = {
        "detail": {"fields": {"sellerName": [1, 2], "sellerIsAmazon": [2, 2], "price": [2, 2]}},
        "detail wide": {"fields": {"newCount": [1, 1]}},
    }
    (folder / "scores.json").write_text(json.dumps(scores), encoding="utf-8")
    out = io.StringIO()
    write_coverage(folder, scores=folder / "scores.json", out=out)
    page = out.getvalue()
    seller = line_of(page, "seller", "Products")
    assert seller.endswith("| `spiders/pages/sections/seller.py` | 2 of 2 | 3 of 4 |")
    assert line_of(page, "offers", "Products").endswith("| 1 of 2 | 1 of 1 |")
    assert line_of(page, "priceMin", "Products").endswith("| no page | not asked |")
    assert line_of(page, "lang", "Products").endswith("| the request | as asked | not asked |")
    assert line_of(page, "asin", "Products").endswith(
        "| `spiders/pages/product.py` | 2 of 2 | not asked |"
    )
    assert "`spiders/pages/cards/badges.py`" in line_of(page, "deal", "Search rows")


def test_pages_without_a_label_do_not_count(folder: Path) -> None:
    out = io.StringIO()
    write_coverage(folder, scores=None, out=out)
    assert line_of(out.getvalue(), "title", "Products").endswith("| 2 of 2 | not asked |")


@pytest.mark.parametrize("missing", ["folder", "scores"])
def test_file_that_is_not_there_is_named(folder: Path, missing: str) -> None:
    place = folder / "nowhere" if missing == "folder" else folder
    scores = folder / "no-scores.json" if missing == "scores" else None
    with pytest.raises(UsageError, match=r"no such file: .*(manifest\.jsonl|no-scores\.json)"):
        write_coverage(place, scores=scores, out=io.StringIO())


def test_every_field_is_read_in_a_file_that_exists() -> None:
    for where in (product_page.where_fields_are_read(), search_page.where_fields_are_read()):
        assert {path for path in where.values() if not (PROJECT / path).is_file()} == set()
        assert len(set(where.values())) > 4


def test_page_in_the_docs_was_made_by_the_command() -> None:
    """Its figures come from pages that are no part of the project; all else is made again here."""
    made = coverage_page([], {})

    def without_figures(page: str) -> str:
        return re.sub(r" \| [^|]+ \| [^|]+ \|$", " |", page, flags=re.MULTILINE)

    assert without_figures(FIELDS_PAGE.read_text(encoding="utf-8")) == without_figures(made)
    assert re.search(r"\d+ of \d+ \| \d+ of \d+ \|$", FIELDS_PAGE.read_text(encoding="utf-8"), re.M)

"""Saved pages of the real site, where they lie beside the project; they are never part of it."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from spiders.items.product import Product
from spiders.pages.fetched import Fetched
from spiders.pages.product import ProductPage
from spiders.pages.searches.search import SearchPage
from spiders.pages.status import PageStatus
from spiders.sites.marketplaces import find_marketplace_by_host

PROJECT = Path(__file__).parents[3]
SHARED = PROJECT.parent / "shared"
# The lines of the scorer's report, in percent.
MINIMUM = [
    pytest.param("detail", 99.5),
    pytest.param("search", 99.5),
    pytest.param("blocked", 100.0),
    pytest.param("detail wide", 97.0),
    pytest.param("search wide", 97.0),
    pytest.param("detail wide with a value", 95.0),
    pytest.param("search wide with a value", 95.0),
]

_VALUED = re.compile(r"^(\w+ wide with a value): ([\d.]+) %", re.MULTILINE)

needs_pages = pytest.mark.skipif(
    not (SHARED / "amazon-pages").is_dir(), reason="no saved pages in ../shared/amazon-pages"
)
needs_old_pages = pytest.mark.skipif(
    not (SHARED / "amazon-pages-legacy").is_dir(), reason="no ../shared/amazon-pages-legacy"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("score") / "score.json"
    command = [
        sys.executable, str(SHARED / "tools" / "score_extraction.py"), str(SHARED / "amazon-pages"),
        "--project", str(PROJECT), "--python", sys.executable, "--misses", "20", "--json", str(file),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    found: dict[str, Any] = json.loads(file.read_text())
    # The JSON holds no shares of the fields whose label holds a value: they are printed alone.
    for line, share in _VALUED.findall(done.stdout):
        found[line] = {"share": float(share)}
    return found


@needs_pages
@pytest.mark.slow
@pytest.mark.parametrize(("line", "minimum"), MINIMUM)
def test_labelled_pages_reach_the_minimum(
    report: dict[str, Any], line: str, minimum: float
) -> None:
    assert report[line]["share"] >= minimum


# Of 29 old product pages: five are of another variant than their URL, and say so themselves.
MIN_OWN_ASINS = 24
MIN_PRICES = 18
DEAREST = 500


def old_pages() -> list[dict[str, str]]:
    manifest = SHARED / "amazon-pages-legacy" / "manifest.jsonl"
    if not manifest.is_file():
        return []
    return [json.loads(line) for line in manifest.read_text().splitlines() if line.strip()]


@needs_old_pages
def test_no_old_page_raises_and_its_products_are_read() -> None:
    for page in old_pages():
        body = gzip.decompress((SHARED / "amazon-pages-legacy" / page["file"]).read_bytes())
        fetched = Fetched(page["url"], 200, {}, body)
        SearchPage(fetched).rows()
        asked = page["url"].rsplit("/", 1)[-1] if page["kind"] == "detail" else None
        product = ProductPage(fetched, asked_asin=asked)
        item = product.item()
        if page["kind"] == "detail":
            assert product.status is PageStatus.OK, page["file"]
            assert item is not None
            assert item.title
            assert item.availability


def old_products() -> Iterator[tuple[str, Product]]:
    """URL and product of each old product page, read without saying which ASIN was asked for."""
    for page in old_pages():
        if page["kind"] == "detail":
            body = gzip.decompress((SHARED / "amazon-pages-legacy" / page["file"]).read_bytes())
            item = ProductPage(Fetched(page["url"], 200, {}, body)).item()
            assert item is not None, page["file"]
            yield page["url"], item


@needs_old_pages
def test_old_pages_say_their_asin_and_no_price_that_cannot_be() -> None:
    own_asins, prices = 0, 0
    for url, product in old_products():
        own_asins += product.asin == url.rsplit("/", 1)[-1]
        if product.price is not None:
            prices += 1
            marketplace = find_marketplace_by_host(urlsplit(url).hostname or "")
            assert marketplace is not None
            assert product.price.currency == marketplace.currency, url
            assert 0 < product.price.amount < DEAREST, url
    assert own_asins >= MIN_OWN_ASINS
    assert prices >= MIN_PRICES


@needs_old_pages
def test_titles_of_old_pages_are_what_other_projects_read() -> None:
    found, hits = 0, 0
    for page in old_pages():
        if page["kind"] != "detail" or not page.get("expected"):
            continue
        stated = json.loads((SHARED / "amazon-pages-legacy" / page["expected"]).read_text())
        title = stated["expected"].get("title")
        if not title:
            continue
        body = gzip.decompress((SHARED / "amazon-pages-legacy" / page["file"]).read_bytes())
        item = ProductPage(Fetched(page["url"], 200, {}, body)).item()
        found += 1
        hits += item is not None and item.title == re.sub(r"\s+", " ", title).strip()
    assert found
    assert hits / found >= 0.9

"""Real pages, cut anywhere: what is read of one is what the whole page says, or nothing.

The twin on pages of our own is in test_robustness.py.
"""

from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spiders.items.formats.plain import plain_from_item
from spiders.pages.fetched import Fetched
from spiders.pages.product import ProductPage
from spiders.pages.searches.search import SearchPage

PAGES = Path(__file__).parents[5] / "shared" / "amazon-pages"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
CUTS = 3


def read(entry: dict[str, Any], body: bytes) -> tuple[str, Any]:
    fetched = Fetched(entry["url"], 200, {}, body)
    if entry["kind"] == "search":
        page = SearchPage(fetched, scraped_at=MOMENT)
        rows = [plain_from_item(row) for row in page.rows()]
        return page.status.value, (rows, page.has_next)
    product = ProductPage(fetched, scraped_at=MOMENT)
    item = product.item()
    return product.status.value, plain_from_item(item) if item is not None else None


@pytest.mark.skipif(not PAGES.is_dir(), reason="no saved pages in ../shared/amazon-pages")
def test_no_cut_page_is_read_as_half_of_what_it_was() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    lines = (PAGES / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines if line.strip()]
    good = [entry for entry in entries if entry["kind"] in ("search", "detail")]
    seen = 0
    for entry in good:
        body = gzip.decompress((PAGES / entry["file"]).read_bytes())
        whole = read(entry, body)
        for _ in range(CUTS):
            at = chance.randrange(len(body))
            status, found = read(entry, body[:at])
            if status in ("ok", "no_results"):
                assert (status, found) == whole, f"{entry['file']} cut at {at}, seed {seed}"
            else:
                seen += status == "truncated"
    assert seen > len(good), "most cuts lie where they matter"

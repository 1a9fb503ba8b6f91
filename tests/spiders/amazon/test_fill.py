"""`fill` of lists: places without a card are told by the products' own pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.spiders.crawling import direct_crawl
from tests.spiders.visitors.shop import Shop, running_shop


def crawl(shop: Shop, file: Path, **arguments: str) -> list[dict[str, Any]]:
    options = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
    done = direct_crawl(
        "amazon_bestsellers",
        *("-a", "targets=electronics", "-a", "max_results=36", "-a", "fill=true"),
        *options,
        *("-O", str(file)),
        AMAZON_ORIGIN=shop.url,
        PAGE_ATTEMPTS="1",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return sorted(rows, key=lambda row: row["rank"])


def truth(shop: Shop, asin: str) -> dict[str, Any]:
    with urlopen(f"{shop.url}/__truth/dp/{asin}?language=en_US", timeout=10) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def test_rows_say_what_the_products_pages_say_and_stay_partial_where_those_fail(
    tmp_path: Path,
) -> None:
    with running_shop() as shop:
        rows = crawl(shop, tmp_path / "rows.jsonl")
        assert [row["rank"] for row in rows] == list(range(1, 37))
        assert len(shop.requests()) == 1 + 6, "a page for each place without a card"
        assert not any(row["partial"] for row in rows)
        for row in rows[30:]:
            known = truth(shop, row["asin"])
            assert row["title"] == known["title"]
            assert (row["rating"], row["ratingsCount"]) == (known["rating"], known["ratingsCount"])
            assert f"/dp/{row['asin']}" in row["sourceUrl"] and row["imageUrl"]
            assert row["list"] == "best_sellers" and row["category"]["name"] == "Electronics"
            if known["layout"] == "featured" and known["price"]:
                assert row["price"]["amount"] == float(known["price"]["amount"])
        assert any(row["price"] for row in rows[30:])

        shop.fail(captcha=1.0)
        left = crawl(shop, tmp_path / "left.jsonl")[30:]
        assert [row["rank"] for row in left] == list(range(31, 37))
        assert {(row["partial"], row["title"]) for row in left} == {(True, None)}
        assert {row["warnings"][-1] for row in left} == {"fill_failed:BLOCKED_CAPTCHA"}

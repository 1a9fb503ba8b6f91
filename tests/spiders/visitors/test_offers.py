"""Lists of offers name no place: whether their rows are of the one that was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.spiders.crawling import direct_crawl
from tests.spiders.visitors.shop import Shop, asins, running_shop

ASINS = asins(12)


@pytest.fixture(scope="module")
def running() -> Iterator[Shop]:
    with running_shop() as shop:
        yield shop


@pytest.fixture
def shop(running: Shop) -> Shop:
    running.behave(exit_place="PK")
    running.forget()
    return running


def crawl(shop: Shop, folder: Path, *arguments: str) -> tuple[list[dict[str, Any]], str]:
    file = folder / "rows.jsonl"
    options = [word for argument in arguments for word in ("-a", argument)]
    done = direct_crawl(
        "amazon_offers",
        *("-a", f"targets={','.join(ASINS)}", "-a", "max_offers=3", *options, "-O", str(file)),
        AMAZON_ORIGIN=shop.url,
        PAGE_ATTEMPTS="2",
        RETRY_DELAY_SECONDS="0.1",
    )
    return [json.loads(line) for line in file.read_text().splitlines()], done.stderr


def products(shop: Shop) -> list[dict[str, Any]]:
    return [entry for entry in shop.requests() if entry["kind"] == "product"]


def test_one_page_of_a_product_confirms_the_place_of_all_lists(shop: Shop, tmp_path: Path) -> None:
    rows, _ = crawl(shop, tmp_path, "deliver_to=60601")
    assert len({row["asin"] for row in rows}) > 6
    assert {row["deliverToAsked"] for row in rows} == {"60601"}
    assert not any("place_unconfirmed" in row["warnings"] for row in rows)
    assert 1 <= len(products(shop)) <= 3, "once a visitor, or for those that were under way"
    lists = [entry for entry in shop.requests() if entry["kind"] == "offers"]
    assert {entry["place"] for entry in lists} == {"Chicago 60601"}
    assert len(lists) == len(ASINS)


def test_rows_say_so_where_no_page_names_the_place(shop: Shop, tmp_path: Path) -> None:
    shop.behave(exit_place="PK", place_unnamed=True)
    rows, _ = crawl(shop, tmp_path, "deliver_to=60601")
    assert rows
    assert all("place_unconfirmed" in row["warnings"] for row in rows)
    assert len(products(shop)) < len(ASINS), "a visitor is not asked twice"


def test_a_place_that_the_store_ignores_is_no_result(shop: Shop, tmp_path: Path) -> None:
    """Else offers for another place would be rows of the one that was asked for."""
    shop.behave(exit_place="PK", json_inert=1, form_inert=1)
    rows, log = crawl(shop, tmp_path, "deliver_to=60601")
    assert rows == []
    assert "WRONG_PLACE" in log
    rows, _ = crawl(shop, tmp_path, "deliver_to=60601", "on_wrong_place=keep")
    assert rows
    assert all("location_mismatch" in row["warnings"] for row in rows)


def test_without_a_place_no_page_is_read_for_it(shop: Shop, tmp_path: Path) -> None:
    rows, _ = crawl(shop, tmp_path)
    assert rows
    assert products(shop) == []

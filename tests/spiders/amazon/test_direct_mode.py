"""`scrapy crawl` as a developer runs it: no MongoDB, no Redis, rows in a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.spiders import little_store as pages
from tests.spiders.crawling import direct_crawl
from tests.spiders.little_store import LittleStore, Visit, running_store

CARDS_A_PAGE = 16


def results(visit: Visit) -> None:
    """Three pages of results for every keyword."""
    query = parse_qs(urlsplit(visit.path).query)
    number = int(query.get("page", ["1"])[0])
    first = (number - 1) * CARDS_A_PAGE
    visit.send(body=pages.search_html(first, CARDS_A_PAGE, has_next=number < 3))


@pytest.fixture(scope="module")
def shop() -> Iterator[LittleStore]:
    answers = {
        "/s?": results,
        "/dp/B000000001": pages.product("B000000001"),
        "/dp/B000000002": pages.status(404),
    }
    with running_store(answers) as shop:
        yield shop


def test_search_rows_go_to_a_file_and_no_more_of_them_than_were_asked_for(
    shop: LittleStore, tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    done = direct_crawl(
        "amazon_search",
        *("-a", "keywords=usb hub,desk lamp", "-a", "max_pages=3", "-a", "max_results=20"),
        *("-a", "lang=en-US", "-O", str(file)),
        AMAZON_ORIGIN=shop.url,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    by_keyword = {
        keyword: [row for row in rows if row["keyword"] == keyword]
        for keyword in ("usb hub", "desk lamp")
    }
    assert {keyword: len(found) for keyword, found in by_keyword.items()} == {
        "usb hub": 20,
        "desk lamp": 20,
    }
    for found in by_keyword.values():
        assert [row["rank"] for row in found] == list(range(1, 21))
        assert [row["page"] for row in found] == [1] * 16 + [2] * 4
    third_pages = [path for path in shop.visits if "page=3" in path]
    assert third_pages == [], "the limit was reached on the second page"


def test_products_go_to_a_json_file_and_a_missing_one_is_said_in_the_log(
    shop: LittleStore, tmp_path: Path
) -> None:
    file = tmp_path / "products.json"
    done = direct_crawl(
        "amazon_detail",
        *("-a", "targets=B000000001,https://www.amazon.de/dp/B000000002", "-O", str(file)),
        AMAZON_ORIGIN=shop.url,
    )
    assert done.returncode == 0, done.stderr
    (product,) = json.loads(file.read_text())
    assert (product["asin"], product["marketplace"]) == ("B000000001", "US")
    assert "NOT_FOUND" in done.stderr
    assert {"www.amazon.com", "www.amazon.de"} <= shop.hosts


CUT_SEARCHES = {
    "gzip": pages.cut_stream("gzip", pages.search_html(0, 22, has_next=False)),
    "br": pages.cut_stream("br", pages.search_html(0, 22, has_next=False)),
    "length": pages.short_body(pages.search_html(0, 22, has_next=False)),
    "chunks": pages.endless_chunks(pages.search_html(0, 11, has_next=False)),
    "html": pages.cut_html(pages.search_html(0, 22, has_next=False)),
}


def test_a_search_page_that_ended_early_is_asked_for_again_and_gives_no_row(tmp_path: Path) -> None:
    answers = {f"/s?k={name}": page for name, page in CUT_SEARCHES.items()}
    file = tmp_path / "rows.jsonl"
    with running_store(answers) as shop:
        done = direct_crawl(
            "amazon_search",
            *("-a", f"keywords={','.join(CUT_SEARCHES)}", "-O", str(file)),
            AMAZON_ORIGIN=shop.url,
            PAGE_ATTEMPTS="2",
            RETRY_DELAY_SECONDS="0.05",
        )
    assert file.read_text() == ""
    assert done.stderr.count("failed: TRUNCATED_PAGE: ") == len(CUT_SEARCHES)
    assert sorted(shop.visits.values()) == [2] * len(CUT_SEARCHES)


def test_a_product_whose_page_ended_early_once_comes_whole_from_the_second_try(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rows.jsonl"
    answers = {"/dp/B000000001": pages.whole_at_the_second_try("B000000001")}
    with running_store(answers) as shop:
        direct_crawl(
            "amazon_detail",
            *("-a", "targets=B000000001", "-O", str(file)),
            AMAZON_ORIGIN=shop.url,
            RETRY_DELAY_SECONDS="0.05",
        )
    (row,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert row["title"] == "A thing B000000001"


@pytest.mark.parametrize(
    ("spider", "arguments", "words"),
    [
        (
            "amazon_serch",
            [],
            "no spider 'amazon_serch'; there are: amazon_bestsellers, amazon_detail,",
        ),
        ("amazon_search", [], "keywords is missing"),
        (
            "amazon_search",
            ["-a", "keyword=usb hub"],
            "there is no argument keyword; known: keywords",
        ),
        ("site", ["-a", "link=https://example.com/"], "there is no argument link; known: url, "),
        ("amazon_detail", ["-a", "targets=https://example.com/dp/B000000001"], "example.com"),
    ],
)
def test_a_wrong_argument_ends_the_crawl_with_one_line_that_names_it(
    spider: str, arguments: list[str], words: str
) -> None:
    done = direct_crawl(spider, *arguments)
    assert done.returncode == 2
    assert words in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("robots", "asked"),
    [
        (pages.status(404), 1),
        (pages.status(503), 0),
    ],
)
def test_a_robots_txt_that_cannot_be_read_allows_nothing_and_a_missing_one_everything(
    robots: Callable[[Visit], None], asked: int, tmp_path: Path
) -> None:
    with running_store({"/robots.txt": robots, "/dp/": pages.product("B000000001")}) as shop:
        done = direct_crawl(
            "amazon_detail",
            *("-a", "targets=B000000001", "-O", str(tmp_path / "products.json")),
            AMAZON_ORIGIN=shop.url,
            OBEY_ROBOTS="true",
            PAGE_ATTEMPTS="1",
        )
    assert done.returncode == (0 if asked else 1), done.stderr
    assert sum(count for path, count in shop.visits.items() if path.startswith("/dp/")) == asked
    assert ("robots.txt could not be read: HTTP 503" in done.stderr) == (not asked)

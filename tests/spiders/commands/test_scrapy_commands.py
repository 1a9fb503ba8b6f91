"""Everything that `scrapy` lists works in this project, without servers and from any of its folders."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spiders import little_store as pages
from tests.spiders.crawling import ROOT, scrapy_command
from tests.spiders.little_store import LittleStore, Visit, running_store

Done = subprocess.CompletedProcess[str]

STOCK = '''
import scrapy


class StockSpider(scrapy.Spider):
    name = "stock"

    def __init__(self, url, **arguments):
        super().__init__(**arguments)
        self.start_urls = [url]

    def parse(self, response):
        """
        @url {url}/page
        @returns items 1 1
        @scrapes title
        """
        yield {{"title": response.css("title::text").get(), "url": response.url}}


class ContractSpider(StockSpider):
    name = "contracts"

    def __init__(self, **arguments):
        super().__init__(url="", **arguments)
'''


def page(visit: Visit) -> None:
    visit.send(body=b"<html><title>A page</title><h1>Hello</h1></html>")


@pytest.fixture(scope="module")
def site() -> Iterator[LittleStore]:
    answers = {
        "/page": page,
        "/moved": pages.redirect("/page"),
        "/gone": pages.status(404),
        "/dp/B00GOOD000": pages.product("B00GOOD000"),
        "/s?": lambda visit: visit.send(body=pages.search_html(0, 5, has_next=False)),
    }
    with running_store(answers) as store:
        yield store


@pytest.fixture
def own(site: LittleStore, tmp_path: Path) -> dict[str, str]:
    """A developer's module beside the project."""
    (tmp_path / "own_stock.py").write_text(STOCK.format(url=site.url))
    return {"PYTHONPATH": str(tmp_path), "EXTRA_SPIDER_MODULES": "own_stock"}


def well(done: Done) -> str:
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Invalid file descriptor" not in done.stderr
    return done.stdout


TRIED = {
    *("bench", "check", "crawl", "edit", "extract", "fetch", "genspider", "list", "parse"),
    *("runspider", "settings", "shell", "startproject", "version", "view"),
}
# Asks a real store, and has tests of its own (tests/spiders/probe); needs MongoDB (tests/nodes).
TRIED_ELSEWHERE = {"probe", "register"}


def test_every_command_that_is_listed_is_tried() -> None:
    listed = re.findall(r"^  (\w+)  ", well(scrapy_command()), re.M)
    assert set(listed) == TRIED | TRIED_ELSEWHERE


@pytest.mark.parametrize("folder", ["docs", "spiders/own", "settings"])
def test_list_and_settings_from_any_folder(folder: str) -> None:
    place = ROOT / folder
    names = {"amazon_bestsellers", "amazon_detail", "amazon_search", "site"}
    assert names <= set(well(scrapy_command("list", folder=place)).split())
    shown = scrapy_command("settings", "--get", "NEWSPIDER_MODULE", folder=place)
    assert well(shown).strip() == "spiders.own"


def test_version() -> None:
    assert "Scrapy" in well(scrapy_command("version", "-v"))


@pytest.mark.parametrize(
    ("path", "status"), [("/page", "200"), ("/gone", "404"), ("/moved", "200")]
)
def test_shell_sees_what_a_stock_project_sees(site: LittleStore, path: str, status: str) -> None:
    done = scrapy_command("shell", site.url + path, "-c", "response.status")
    assert well(done).strip() == status


def test_shell_fetches_again_and_reads_files(site: LittleStore, tmp_path: Path) -> None:
    code = f"fetch('{site.url}/page') or response.css('h1::text').get()"
    assert well(scrapy_command("shell", "--nolog", "-c", code)).strip() == "Hello"
    file = tmp_path / "saved.html"
    file.write_text("<h1>Saved</h1>")
    done = scrapy_command("shell", "--nolog", str(file), "-c", "response.css('h1::text').get()")
    assert well(done).strip() == "Saved"


def test_shell_says_why_nothing_came() -> None:
    done = scrapy_command("shell", "http://127.0.0.1:1/", "-c", "response.status")
    assert done.returncode == 1
    assert "Connection" in done.stderr or "refused" in done.stderr
    assert "599" not in done.stdout


def test_fetch(site: LittleStore) -> None:
    assert "<h1>Hello</h1>" in well(scrapy_command("fetch", "--nolog", site.url + "/moved"))
    headers = well(scrapy_command("fetch", "--nolog", "--headers", site.url + "/page"))
    assert "< Content-Type: text/html" in headers


def test_view_opens_the_page_in_the_browser(site: LittleStore, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    browser.chmod(0o755)
    well(scrapy_command("view", "--nolog", site.url + "/page", BROWSER=f"{browser} %s"))
    shown = Path(seen.read_text().strip().removeprefix("file://"))
    assert "Hello" in shown.read_text()
    shown.unlink()


def test_genspider_puts_a_spider_where_list_and_crawl_find_it(site: LittleStore) -> None:
    made = ROOT / "spiders" / "own" / "made_by_a_test.py"
    try:
        said = well(
            scrapy_command("genspider", "made_by_a_test", "127.0.0.1", folder=ROOT / "docs")
        )
        assert "spiders.own.made_by_a_test" in said
        made.write_text(
            made.read_text()
            .replace("https://127.0.0.1", site.url + "/page")
            .replace("pass", 'yield {"h1": response.css("h1::text").get()}')
        )
        assert "made_by_a_test" in well(scrapy_command("list")).split()
        crawled = scrapy_command("crawl", "made_by_a_test", "--nolog", "-O", "-:jsonl")
        assert json.loads(well(crawled)) == {"h1": "Hello"}
        editor = scrapy_command("edit", "made_by_a_test", EDITOR="cat")
        assert "MadeByATestSpider" in well(editor)
    finally:
        made.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("my spider", "example.com", "'my spider' names no Python module"),
        ("", "example.com", "'' names no Python module"),
        ("../mine", "example.com", "'../mine' names no Python module"),
        ("import", "example.com", "'import' names no Python module"),
        ('mine"', "example.com", "names no Python module"),
        ("mine", 'example.com"', "neither a domain nor a URL"),
    ],
)
def test_genspider_writes_nothing_that_stops_every_command(
    name: str, address: str, words: str
) -> None:
    before = sorted((ROOT / "spiders").rglob("*.py"))
    done = scrapy_command("genspider", name, address)
    assert done.returncode == 2
    assert words in done.stderr.strip().splitlines()[-1]
    assert sorted((ROOT / "spiders").rglob("*.py")) == before


def test_startproject_beside_ours(tmp_path: Path) -> None:
    well(scrapy_command("startproject", "another", str(tmp_path / "another")))
    assert (tmp_path / "another" / "scrapy.cfg").exists()
    done = scrapy_command("list", folder=tmp_path / "another")
    assert done.returncode == 0, done.stderr
    assert "site" not in done.stdout


def test_bench_runs_at_full_speed() -> None:
    done = scrapy_command("bench", "-s", "CLOSESPIDER_TIMEOUT=3")
    well(done)
    received = re.search(r"'response_received_count': (\d+)", done.stderr)
    assert received is not None
    # One a second is the pace for real stores.
    assert int(received[1]) > 30


def test_check_runs_the_contracts_of_an_own_spider(own: dict[str, str]) -> None:
    done = scrapy_command("check", "contracts", **own)
    well(done)
    assert "Ran 2 contracts" in done.stderr
    assert "OK" in done.stderr
    assert "contracts" in well(scrapy_command("check", "-l", **own))


@pytest.mark.parametrize("path", ["/page", "/moved"])
def test_an_own_stock_spider_ends_cleanly(
    own: dict[str, str], site: LittleStore, tmp_path: Path, path: str
) -> None:
    file = tmp_path / "rows.jsonl"
    done = scrapy_command("crawl", "stock", "-a", f"url={site.url}{path}", "-O", str(file), **own)
    well(done)
    # Redirects are followed as Scrapy follows them.
    assert json.loads(file.read_text()) == {"title": "A page", "url": f"{site.url}/page"}
    assert done.stderr.splitlines()[-1].endswith("1 items of 2 pages") or done.stderr.splitlines()[
        -1
    ].endswith("1 items of 1 pages")


def test_extract(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(pages.product_html("B00GOOD000"))
    url = "https://www.amazon.com/dp/B00GOOD000"
    answer = json.loads(well(scrapy_command("extract", str(file), "--url", url)))
    assert answer["items"][0]["asin"] == "B00GOOD000"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.amazon.com/dp/B00GOOD000", "'asin': 'B00GOOD000'"),
        ("https://www.amazon.com/s?k=usb+hub", "'keyword': 'usb hub'"),
    ],
)
def test_parse_takes_the_spider_that_reads_the_address(
    site: LittleStore, url: str, shown: str
) -> None:
    done = scrapy_command("parse", "--nolog", "--nocolour", url, AMAZON_ORIGIN=site.url)
    assert shown in well(done)


def test_parse_with_the_site_spider_and_with_an_own_one(
    site: LittleStore, own: dict[str, str]
) -> None:
    url = f"{site.url}/page"
    selectors = 'selectors={"title": "h1::text"}'
    done = scrapy_command(
        *("parse", "--nolog", "--nocolour", "--spider", "site", "-a", selectors, url),
        ALLOWED_NETWORKS="127.0.0.0/8",
    )
    assert "'data': {'title': 'Hello'}" in well(done)
    words = ("parse", "--nolog", "--nocolour", "--spider", "stock", "-a", f"url={url}", url)
    assert "'title': 'A page'" in well(scrapy_command(*words, **own))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["http://127.0.0.1:1/"], "no spider of this project reads http://127.0.0.1:1/"),
        (["--spider", "nobody", "http://127.0.0.1:1/"], "there is no spider nobody; known:"),
        (["https://www.amazon.com/gp/help"], "amazon_detail: targets: 1 of the texts"),
        (["--spider", "site", "http://127.0.0.1:1/"], "site: selectors is missing"),
    ],
)
def test_parse_says_in_a_line_why_it_cannot(words: list[str], said: str) -> None:
    done = scrapy_command("parse", "--nolog", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr

"""The last line and the exit code of `crawl` and `runspider`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spiders import little_store as pages
from tests.spiders.crawling import direct_crawl, scrapy_command
from tests.spiders.little_store import LittleStore, Visit, running_store

OWN = """
import scrapy

class Own(scrapy.Spider):
    name = "own"
    custom_settings = {"RETRY_ENABLED": False}

    async def start(self):
        what = getattr(self, "what", "")
        if what == "unreachable":
            yield scrapy.Request("http://127.0.0.1:1/")
        if what == "breaks":
            yield scrapy.Request("data:,x", callback=self.broken)
        if what in ("good", "mixed"):
            yield {"n": 1}
        if what == "mixed":
            yield scrapy.Request("http://127.0.0.1:1/")
        if what == "circle":
            circle = {}
            circle["self"] = circle
            yield {"n": 1}
            yield circle
        if what == "text":
            yield "no item"

    def broken(self, response):
        raise RuntimeError("no such luck")
"""

ASKING = """
import scrapy

class Asking(scrapy.Spider):
    name = "asking"
    custom_settings = {"DOWNLOAD_DELAY": 0}

    async def start(self):
        for url in self.urls.split(","):
            yield scrapy.Request(url)

    def parse(self, response):
        if response.url.endswith("/item"):
            yield {"n": 1}
"""


def forever(visit: Visit) -> None:
    """Each redirect leads to another address."""
    visit.send(302, Location=f"{visit.path}o")


@pytest.fixture(scope="module")
def shop() -> Iterator[LittleStore]:
    answers = {
        "/dp/B00GOOD000": pages.product("B00GOOD000"),
        "/dp/B00GONE000": pages.status(404),
        "/robots.txt": lambda visit: visit.send(200, b"User-agent: *\nDisallow: /denied\n"),
        "/forbidden": pages.status(403),
        "/loop": forever,
        "/item": lambda visit: visit.send(200, b"<html>an item</html>"),
        "/empty": lambda visit: visit.send(200, b"<html>nothing here</html>"),
    }
    with running_store(answers) as shop:
        yield shop


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own_outcome.py"
    file.write_text(OWN)
    return file


@pytest.mark.parametrize(
    ("targets", "code", "line"),
    [
        ("B00GOOD000", 0, "1 targets: 1 succeeded, 0 failed; 1 items"),
        ("B00GOOD000,B00GONE000", 0, "2 targets: 1 succeeded, 1 failed (NOT_FOUND 1); 1 items"),
        ("B00GONE000", 1, "1 targets: 0 succeeded, 1 failed (NOT_FOUND 1); 0 items"),
    ],
)
def test_a_crawl_of_targets_ends_with_its_sum(
    shop: LittleStore, tmp_path: Path, targets: str, code: int, line: str
) -> None:
    done = direct_crawl(
        *("amazon_detail", "-a", f"targets={targets}", "-O", str(tmp_path / "rows.json")),
        AMAZON_ORIGIN=shop.url,
    )
    assert done.returncode == code, done.stderr
    assert done.stderr.splitlines()[-1].endswith(line)


def test_without_a_log_a_failure_is_still_said(shop: LittleStore) -> None:
    done = direct_crawl(
        *("amazon_detail", "-a", "targets=B00GONE000", "--nolog"), AMAZON_ORIGIN=shop.url
    )
    assert done.returncode == 1
    assert done.stderr == "1 targets: 0 succeeded, 1 failed (NOT_FOUND 1); 0 items\n"


@pytest.mark.parametrize(
    ("what", "code", "line"),
    [
        ("", 0, "0 items of 0 pages"),
        ("good", 0, "1 items of 0 pages"),
        ("mixed", 0, "1 items of 0 pages, 1 downloads failed"),
        ("unreachable", 1, "0 items of 0 pages, 1 downloads failed"),
        ("breaks", 1, "1 callbacks broke"),
        ("circle", 1, "1 items lost, the first because: ValueError"),
        ("text", 1, "not an item: str"),
    ],
)
def test_an_own_spider_ends_with_its_sum(own: Path, what: str, code: int, line: str) -> None:
    rows = own.with_name("rows.jsonl")
    done = scrapy_command("runspider", str(own), "-a", f"what={what}", "-O", str(rows))
    assert done.returncode == code, done.stderr
    assert line in done.stderr.splitlines()[-1]
    stored = [json.loads(text) for text in rows.read_text().splitlines()]
    assert stored == ([{"n": 1}] if what in ("good", "mixed", "circle") else [])


@pytest.mark.parametrize(
    ("paths", "code", "words"),
    [
        # At the same time: they wait for one robots.txt.
        (
            ["/denied/1", "/denied/2", "/denied/3", "/denied/4"],
            1,
            "(ROBOTS_DENIED 4), the first because: Forbidden",
        ),
        (["/forbidden", "/missing"], 1, "(FORBIDDEN 1, NOT_FOUND 1)"),
        (["/loop"], 1, "no request got a page; the log says why"),
        (["/forbidden", "/empty"], 0, "0 items of 3 pages"),
        (["/forbidden", "/item"], 0, "1 items of 3 pages"),
    ],
)
def test_an_own_spider_that_got_no_page_at_all_has_failed(
    shop: LittleStore, tmp_path: Path, paths: list[str], code: int, words: str
) -> None:
    file = tmp_path / "asking.py"
    file.write_text(ASKING)
    urls = ",".join(shop.url + path for path in paths)
    done = scrapy_command("runspider", str(file), "-a", f"urls={urls}", "-s", "ROBOTSTXT_OBEY=1")
    assert done.returncode == code, done.stderr
    assert words in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "output",
    ["/proc/nothing/rows.json", "rows.nothing", "nothing://host/rows.json", "/dev/full:jsonl"],
    ids=["no folder", "no format", "no storage", "no space"],
)
def test_a_feed_that_cannot_be_written_is_a_failure(own: Path, output: str) -> None:
    good = own.with_name("good.jsonl")
    words = ["runspider", str(own), "-a", "what=good", "-O", output]
    if not output.startswith(("rows", "nothing")):
        words += ["-O", str(good)]
    done = scrapy_command(*words)
    assert done.returncode in (1, 2), done.stderr
    if "-O" in words[-2:] and words[-1] == str(good):
        # The others are written.
        assert json.loads(good.read_text()) == {"n": 1}

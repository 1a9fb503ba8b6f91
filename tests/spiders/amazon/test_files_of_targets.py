"""`-a targets_file=…` and `-a keywords_file=…`."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from settings.dedicated import CLAIM
from spiders.amazon.base import AmazonSpider, BadArgument
from spiders.amazon.detail import AmazonDetailSpider
from spiders.amazon.search import AmazonSearchSpider
from spiders.arguments import declared_arguments
from spiders.commands.register import deployed_from_spider
from tests.spiders import little_store as pages
from tests.spiders.crawling import direct_crawl, scrapy_command
from tests.spiders.little_store import running_store

SPIDERS: dict[str, type[AmazonSpider]] = {
    "search": AmazonSearchSpider,
    "detail": AmazonDetailSpider,
}


def listed(
    spider: str, settings: dict[str, object] | None = None, **arguments: object
) -> list[str]:
    kind = SPIDERS[spider]
    crawler = Crawler(kind, Settings({"PAGE_ATTEMPTS": 1, **(settings or {})}))
    made = kind.from_crawler(crawler, **{name: str(value) for name, value in arguments.items()})
    return [target.params["target"] for target in made.targets_from_arguments()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def test_five_thousand_products_are_read_in_their_order(file: Path) -> None:
    asins = [f"B{number:09d}" for number in range(5_000)]
    file.write_bytes(
        "\ufefftitle;ASIN\r\n".encode() + "".join(f"x;{a}\r\n" for a in asins).encode()
    )
    assert listed("detail", targets_file=file) == asins


@pytest.mark.parametrize("argument", ["keywords_file", "targets_file"])
def test_keywords_keep_their_commas(file: Path, argument: str) -> None:
    file.write_text('keyword\n"usb hub, white"\ndesk lamp\n')
    assert listed("search", **{argument: file}) == ["usb hub, white", "desk lamp"]


def test_of_the_rows_of_a_search_each_spider_reads_its_own_column(file: Path) -> None:
    file.write_text("asin,keyword,url\nB000000001,hub,https://www.amazon.de/dp/B000000001\n")
    assert listed("search", keywords_file=file) == ["hub"]
    assert listed("detail", targets_file=file) == ["https://www.amazon.de/dp/B000000001"]


def test_a_text_file_has_no_header(tmp_path: Path) -> None:
    file = tmp_path / "list.TXT"
    file.write_text("target\nhub, white\n")
    assert listed("search", keywords_file=file) == ["target", "hub, white"]


def test_a_bad_line_is_named_and_left_out_when_asked(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text("asin\nB000000001\nheadphones\nB000000002,x\n")
    with pytest.raises(BadArgument, match=r"2 of the texts .* line 3: 'headphones'.* line 4: "):
        listed("detail", targets_file=file)
    assert listed("detail", targets_file=file, on_invalid="skip") == ["B000000001"]
    assert "line 3: 'headphones'" in caplog.text


def test_rows_name_their_target_cleaned_and_empty_lines_are_none(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("\u200b\n hub\u00a0\u200b white \n\n")
    assert listed("search", keywords_file=file) == ["hub white"]
    assert listed("search", keywords=" hub\u00a0\u200b white ,\u200b,") == ["hub white"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "targets_file: .*list.csv cannot be read: No such file"),
        (b"", "holds no target"),
        (b"asin\n\n", "list.csv holds no target"),
        (b"\xe2\x80\x8b\n", "list.csv holds no target"),
        (b"asin\nB00000000\xe4\n", "line 2 is not UTF-8"),
        (b"PK\x03\x04", "save it as CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(file: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadArgument, match=words):
        listed("detail", targets_file=file)


def test_a_folder_is_no_file_and_two_lists_are_one_too_many(tmp_path: Path, file: Path) -> None:
    with pytest.raises(BadArgument, match="Is a directory"):
        listed("detail", targets_file=tmp_path)
    file.write_text("B000000001")
    with pytest.raises(BadArgument, match="targets and targets_file are given"):
        listed("detail", targets_file=file, targets="B000000002")
    with pytest.raises(BadArgument, match="keywords_file and targets_file are given"):
        listed("search", targets_file=file, keywords_file=file)


def test_a_changed_file_is_read_anew_and_a_pipe_keeps_what_it_gave(tmp_path: Path) -> None:
    file, pipe = tmp_path / "list.txt", tmp_path / "pipe"
    for asin in ("B000000001", "B000000002"):
        file.write_text(asin)
        assert listed("detail", targets_file=file) == [asin]
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("asin\nB000000003\n",))
    writer.start()
    assert listed("detail", targets_file=pipe) == ["B000000003"]
    writer.join()


@pytest.mark.parametrize("spider", list(SPIDERS))
def test_no_job_reads_a_file_of_the_machine(spider: str, file: Path) -> None:
    file.write_text("B000000001")
    with pytest.raises(BadArgument, match="a job lists its targets"):
        listed(spider, {CLAIM: {"job": "1"}}, targets_file=file)
    offered = set(deployed_from_spider(SPIDERS[spider]).arguments)
    declared = set(declared_arguments(SPIDERS[spider]))
    assert declared - offered == {name for name in declared if name.endswith("_file")} != set()


def test_a_crawl_reads_a_file_and_its_standard_input(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    asins = ["B000000001", "B000000002"]
    source = tmp_path / "list.csv"
    source.write_text("asin\n" + "\n".join(asins))
    with running_store({f"/dp/{asin}": pages.product(asin) for asin in asins}) as shop:
        for file, stdin in [
            (str(source), None),
            ("-", "\r\n".join(asins)),
            ("-", "asin\nB000000001"),
        ]:
            done = scrapy_command(
                *("crawl", "amazon_detail", "-a", f"targets_file={file}", "-O", str(rows)),
                stdin=stdin,
                AMAZON_ORIGIN=shop.url,
            )
            assert done.returncode == 0, done.stderr
            found = sorted(json.loads(line)["asin"] for line in rows.read_text().splitlines())
            assert found == (asins if stdin is None or "\r" in stdin else asins[:1])


def test_an_empty_standard_input_ends_the_crawl_with_one_line() -> None:
    done = direct_crawl("amazon_search", "-a", "keywords_file=-")
    assert done.returncode == 2
    assert "keywords_file: standard input holds no target" in done.stderr.splitlines()[-1]

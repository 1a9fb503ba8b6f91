"""Kinds of items × feed formats × ways to run a spider on a developer's machine."""

from __future__ import annotations

import csv
import io
import json
import marshal
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from scrapy.settings import default_settings

from settings import scrapy_base
from tests.spiders.crawling import ROOT, direct_crawl, scrapy_command
from tests.spiders.item_kinds import KINDS, plain

KINDS_FILE = ROOT / "tests" / "spiders" / "item_kinds.py"


def marshalled(data: bytes) -> list[Any]:
    file, rows = io.BytesIO(data), []
    while file.tell() < len(data):
        rows.append(marshal.load(file))
    return rows


def pickled(data: bytes) -> list[Any]:
    file, rows = io.BytesIO(data), []
    while file.tell() < len(data):
        rows.append(pickle.load(file))
    return rows


def lines(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.splitlines()]


# Those that keep the types of the values.
TYPED: dict[str, Callable[[bytes], list[Any]]] = {
    "json": json.loads,
    "jsonlines": lines,
    "jsonl": lines,
    "jl": lines,
    "marshal": marshalled,
    "pickle": pickled,
}
FORMATS = [*TYPED, "csv", "xml"]


def test_no_format_that_scrapy_ships_is_forgotten() -> None:
    assert set(default_settings.FEED_EXPORTERS_BASE) == set(FORMATS)
    assert set(scrapy_base.FEED_EXPORTERS) == set(FORMATS)


def crawl(folder: Path) -> None:
    modules = "SPIDER_MODULES=tests.spiders.item_kinds"
    outputs = [word for kind in FORMATS for word in ("-O", str(folder / f"rows.{kind}"))]
    done = direct_crawl("kinds", "-s", modules, *outputs)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def run_file(folder: Path) -> None:
    outputs = [word for kind in FORMATS for word in ("-O", str(folder / f"rows.{kind}"))]
    done = scrapy_command("runspider", str(KINDS_FILE), *outputs)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module", params=[crawl, run_file], ids=["crawl", "runspider"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("feeds")
    request.param(made)
    return made


@pytest.mark.parametrize("feed_format", TYPED)
def test_each_kind_of_item_is_in_the_file_with_its_values(folder: Path, feed_format: str) -> None:
    rows = TYPED[feed_format]((folder / f"rows.{feed_format}").read_bytes())
    assert rows == [plain(kind) for kind in KINDS]


def test_each_kind_of_item_is_a_line_of_the_csv_file(folder: Path) -> None:
    text = (folder / "rows.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["title"] for row in rows] == list(KINDS)
    assert [list(row.items()) for row in rows] == [
        [
            ("title", kind),
            ("price", "19.9"),
            ("tags", "a | b"),
            ("seller.name", "Käse & <Co>"),
            ("seller.url", "/shop"),
            ("seller.notes", ""),
            ("seen", "2026-01-02T03:04:05.678Z"),
            ("day", "2026-01-02"),
            ("shade", "dark"),
            ("body", "café"),
            ("good", "true"),
            # What no row fills stands last, as in the API's file.
            ("gone", ""),
            ("nothing", ""),
        ]
        for kind in KINDS
    ]


def test_each_kind_of_item_is_an_element_of_the_xml_file(folder: Path) -> None:
    root = ElementTree.fromstring((folder / "rows.xml").read_bytes())
    assert root.tag == "items"
    assert [item.findtext("title") for item in root] == list(KINDS)
    for item in root:
        assert item.findtext("price") == "19.9"
        assert [entry.text for entry in item.findall("tags/value")] == ["a", "b"]
        assert item.findtext("seller/name") == "Käse & <Co>"
        assert item.findtext("good") == "true"
        assert item.findtext("nothing") == ""
        assert item.findtext("seen") == "2026-01-02T03:04:05.678Z"

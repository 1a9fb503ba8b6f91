"""Every argument of the site spider, and so every key of a page job's `config`, does something.

A line of the table holds arguments that differ in one, and what is looked at before and after.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from control_api.services.jobs.page_jobs import PageRequest, _params
from control_api.v1.schemas.page_jobs import PageJobConfig
from spiders.arguments import declared_arguments
from spiders.site.arguments import params_from_arguments
from spiders.site.spider import SiteSpider
from storage.base.records import Priority
from tests.site_crawl.running import LOOPBACK
from tests.spiders.crawling import direct_crawl
from tests.spiders.little_store import LittleStore, Visit, running_store


@dataclass
class Site:
    store: LittleStore
    # When each page was asked for, robots.txt left out.
    times: list[float] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.store.url

    @property
    def elsewhere(self) -> str:
        """The same server by another name."""
        return self.store.url.replace("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Seen:
    rows: list[dict[str, Any]]
    times: list[float]

    @property
    def paths(self) -> set[str]:
        return {row["url"].partition("//")[2].partition("/")[2] for row in self.rows}


@dataclass(frozen=True)
class Line:
    look: Callable[[Seen], Any]
    before: Any
    after: Any
    argument: str
    beside: dict[str, str] = field(default_factory=dict)


WALK = {"follow_links": "true", "max_pages": "20"}
TABLE = {
    "url": Line(lambda s: s.paths, {"list"}, {"a"}, "{site}/a"),
    "selectors": Line(lambda s: s.rows[0]["data"], {"t": "List"}, {"x": ["One", "Two"]}, '{{"x": "h2::text"}}'),
    "item_selector": Line(lambda s: len(s.rows), 1, 2, ".row"),
    "next_page_selector": Line(lambda s: "list2" in s.paths, False, True, "a.next::attr(href)", {"max_pages": "5"}),
    "follow_links": Line(lambda s: "a" in s.paths, False, True, "true", {"max_pages": "20"}),
    "max_pages": Line(lambda s: len(s.rows), 1, 3, "3", {"follow_links": "true"}),
    "max_depth": Line(lambda s: "b" in s.paths, True, False, "1", WALK),
    "allowed_domains": Line(lambda s: "other" in s.paths, False, True, "127.0.0.1,localhost", WALK),
    "delay": Line(
        lambda s: min(b - a for a, b in zip(s.times[1:], s.times[2:], strict=False)) >= 0.9,
        False, True, "1", {"follow_links": "true", "max_pages": "4"},
    ),
    "respect_robots": Line(lambda s: "private" in s.paths, False, True, "false", WALK),
    "engine": Line(lambda s: s.rows[0]["engine"], "scrapy", "playwright", "playwright"),
}  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    def page(body: str) -> Callable[[Visit], None]:
        def answer(visit: Visit) -> None:
            found.times.append(time.monotonic())
            visit.send(body=body.replace("{elsewhere}", found.elsewhere).encode())

        return answer

    def robots(visit: Visit) -> None:
        visit.send(body=b"User-agent: *\nDisallow: /private\n", Content_Type="text/plain")

    pages = {
        "/robots.txt": robots,
        "/list": page(
            '<html><h1>List</h1><div class="row"><h2>One</h2></div><div class="row"><h2>Two</h2></div>'
            '<a class="next" href="/list2">2</a><a href="/a">a</a><a href="/private">p</a>'
            '<a href="{elsewhere}/other">o</a></html>'
        ),
        "/list2": page("<html><h1>Second</h1></html>"),
        "/a": page('<html><h1>A</h1><a href="/b">b</a></html>'),
        "/b": page("<html><h1>B</h1></html>"),
        "/private": page("<html><h1>P</h1></html>"),
        "/other": page("<html><h1>O</h1></html>"),
    }
    with running_store(pages) as store:
        found = Site(store)
        yield found


def crawl(site: Site, folder: Path, arguments: dict[str, str]) -> Seen:
    file = folder / "rows.jsonl"
    file.unlink(missing_ok=True)
    site.times.clear()
    usual = {"url": f"{site.url}/list", "selectors": '{"t": "h1::text"}'}
    options = [f"-a{name}={value}" for name, value in {**usual, **arguments}.items()]
    done = direct_crawl("site", *options, "-O", str(file), ALLOWED_NETWORKS=LOOPBACK)
    assert done.returncode == 0, done.stderr
    return Seen([json.loads(line) for line in file.read_text().splitlines()], sorted(site.times))


def test_every_argument_has_a_line() -> None:
    assert set(TABLE) == set(declared_arguments(SiteSpider))


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", list(TABLE))
def test_an_argument_makes_its_difference(
    site: Site, tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    if name == "engine":
        request.getfixturevalue("browser")
    line = TABLE[name]
    without = crawl(site, tmp_path, {n: v for n, v in line.beside.items() if n != name})
    assert line.look(without) == line.before
    argument = line.argument.format(site=site.url)
    assert line.look(crawl(site, tmp_path, {**line.beside, name: argument})) == line.after


VALUES: dict[str, tuple[Any, str]] = {
    "max_pages": (3, "3"),
    "follow_links": (True, "true"),
    "max_depth": (2, "2"),
    "allowed_domains": (["example.com"], "example.com"),
    "item_selector": (".row", ".row"),
    "next_page_selector": ("a::attr(href)", "a::attr(href)"),
    "delay": (1.5, "1.5"),
    "respect_robots": (False, "false"),
}


def test_every_key_of_a_page_job_has_a_line() -> None:
    assert set(VALUES) == set(PageJobConfig.model_fields)


@pytest.mark.parametrize("key", list(VALUES))
def test_a_key_asks_crawlers_for_what_the_argument_asks(key: str) -> None:
    value, text = VALUES[key]
    request = PageRequest(
        url="https://example.com/",
        selectors={"t": "h1::text"},
        engine="auto",
        priority=Priority.NORMAL,
        config={key: value},
    )
    argued = params_from_arguments({"selectors": '{"t": "h1::text"}', "engine": "auto", key: text})
    params = _params(request)
    (name,) = set(params) - {"selectors", "engine", "depth"}
    assert params[name] == argued[name]

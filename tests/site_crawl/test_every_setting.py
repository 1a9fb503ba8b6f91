"""Settings that a crawl of our own shows: a line with what is seen by each of two values."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.site_crawl.running import LOOPBACK
from tests.spiders.crawling import direct_crawl, scrapy_command
from tests.spiders.little_store import Crowd, LittleStore, Visit, running_store
from tests.spiders.middlewares.certificates import Authority, tls_server

TRIES: list[float] = []


CROWD = Crowd(3)


@dataclass(frozen=True)
class Scene:
    store: LittleStore
    folder: Path
    environ: dict[str, str]

    def crawl(self, path: str, *arguments: str) -> list[dict[str, Any]]:
        """The rows of one page, and of those that it leads to where the arguments say so."""
        return self.crawl_url(f"{self.store.url}/{path}", *arguments)

    def crawl_url(self, url: str, *arguments: str) -> list[dict[str, Any]]:
        file = self.folder / "rows.jsonl"
        options = (f"-aurl={url}", '-aselectors={"t": "h1::text"}', *arguments)
        direct_crawl(
            "site", *options, "-O", str(file), **{"ALLOWED_NETWORKS": LOOPBACK, **self.environ}
        )
        return [json.loads(line) for line in file.read_text().splitlines()]

    def tries(self) -> list[float]:
        """When a page that is always busy was asked for."""
        TRIES.clear()
        assert self.crawl("busy") == []
        return list(TRIES)


@dataclass(frozen=True)
class Line:
    look: Callable[[Scene], Any]
    seen: dict[str | None, Any]
    beside: dict[str, str] = field(default_factory=dict)


def user_agent(scene: Scene) -> str:
    return str(scene.crawl("agent")[0]["data"]["t"])


def waits_long(scene: Scene) -> bool:
    first, second = scene.tries()
    return second - first > 1.4


def spiders(scene: Scene) -> bool:
    return "my-spider" in scrapy_command("list", **scene.environ).stdout.split()


def cookies_sent(scene: Scene) -> list[str]:
    rows = scene.crawl("jar/1", "-anext_page_selector=a", "-amax_pages=2")
    return [row["data"]["t"] for row in rows]


def most_at_once(scene: Scene) -> int:
    CROWD.most = 0
    assert len(scene.crawl("crowd", "-afollow_links=true", "-amax_pages=7")) == 7
    return CROWD.most


def page_of_a_stranger(scene: Scene) -> int:
    """Its certificate is issued by nobody whom this machine trusts."""
    with tls_server(Authority(scene.folder).issue("localhost")) as port:
        return len(scene.crawl_url(f"https://localhost:{port}/"))


ONCE = {"PAGE_ATTEMPTS": "1"}
TABLE: dict[str, Line] = {
    "USER_AGENT": Line(user_agent, {"one/1": "one/1", "two/2": "two/2"}),
    "MAX_HEADER_LINE_BYTES": Line(lambda s: len(s.crawl("header")), {"2000": 0, "8000": 1}, ONCE),
    "MAX_HEADER_BYTES": Line(lambda s: len(s.crawl("header")), {"2000": 0, "8000": 1}, ONCE),
    "REQUEST_TIMEOUT_SECONDS": Line(lambda s: len(s.crawl("late")), {"0.3": 0, "5": 1}, ONCE),
    "PAGE_ATTEMPTS": Line(
        lambda s: len(s.tries()), {"1": 1, "3": 3}, {"RETRY_DELAY_SECONDS": "0.01"}
    ),
    "RETRY_DELAY_SECONDS": Line(waits_long, {"0.01": False, "2": True}, {"PAGE_ATTEMPTS": "2"}),
    "COOKIES": Line(cookies_sent, {"chain": ["none", "none"], "job": ["none", "a=1"]}),
    "SITE_REQUESTS_PER_HOST": Line(most_at_once, {"1": 1, "4": 3}),
    "VERIFY_CERTIFICATES": Line(page_of_a_stranger, {"true": 0, "false": 1}, ONCE),
    "MIN_BYTES_PER_SECOND": Line(
        lambda s: len(s.crawl("drip")),
        {"0": 1, "1000000": 0},
        {**ONCE, "SCRAPY_SETTINGS_MODULE": "tests.site_crawl.hasty"},
    ),
    "EXTRA_SPIDER_MODULES": Line(spiders, {None: False, "tests.scrapethis.spiders": True}),
}
CASES = [(name, value) for name, line in TABLE.items() for value in line.seen]


def agent_page(visit: Visit) -> None:
    visit.send(body=f"<html><h1>{visit.handler.headers['User-Agent']}</h1></html>".encode())


def late_page(visit: Visit) -> None:
    time.sleep(1)
    visit.send(body=b"<html><h1>Late</h1></html>")


def busy_page(visit: Visit) -> None:
    TRIES.append(time.monotonic())
    visit.send(503, b"<html>busy</html>")


def crowd_page(visit: Visit) -> None:
    CROWD.join()
    links = "".join(f"<a href=/crowd/{number}>x</a>" for number in range(6))
    visit.send(body=f"<html><h1>Crowd</h1>{links}</html>".encode())


def jar_page(visit: Visit) -> None:
    sent = visit.handler.headers.get("Cookie", "none")
    body = f"<html><h1>{sent}</h1><a href=/jar/2>next</a></html>".encode()
    visit.send(body=body, Set_Cookie="a=1; Path=/")


def drip_page(visit: Visit) -> None:
    """Comes whole, and stands still in between for longer than a crawl in haste (hasty.py) looks on."""
    body = b"<html><h1>Drip</h1></html>"
    visit.send(body=body[:9], Content_Length=str(len(body)))
    time.sleep(1)
    visit.handler.wfile.write(body[9:])


@pytest.fixture(scope="module")
def pages() -> Iterator[LittleStore]:
    def header_page(visit: Visit) -> None:
        visit.send(body=b"<html><h1>Header</h1></html>", X_Long="x" * 4000)

    found = {
        "/agent": agent_page,
        "/late": late_page,
        "/busy": busy_page,
        "/header": header_page,
        "/jar": jar_page,
        "/crowd": crowd_page,
        "/drip": drip_page,
    }
    with running_store(found) as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_setting_makes_its_difference(
    pages: LittleStore, tmp_path: Path, name: str, value: str | None
) -> None:
    line = TABLE[name]
    environ = {**line.beside, **({} if value is None else {name: value})}
    assert line.look(Scene(pages, tmp_path, environ)) == line.seen[value]

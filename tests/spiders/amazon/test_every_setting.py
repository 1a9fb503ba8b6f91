"""Every setting of the Amazon spiders' crawls does something: a table with a line for each.

A line looks at a direct crawl of a few pages of each store. Lines share their crawls.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.spiders.crawling import direct_crawl
from tests.spiders.little_store import LittleStore, Visit, product_html, running_store

ASINS = ("B000000001", "B000000002", "B000000003")
HOSTS = ("www.amazon.com", "sandbox.test")


@dataclass
class Shop:
    """A store that gives each stranger a session, and wants no robots at its second product."""

    name: str
    server: LittleStore = field(default_factory=LittleStore)
    sessions: int = 0
    # What came with the requests for pages of amazon.com, one by one.
    cookies: list[str] = field(default_factory=list)

    def robots(self, visit: Visit) -> None:
        body = f"User-agent: *\nDisallow: /dp/{ASINS[1]}\n".encode()
        visit.send(body=body, Content_Type="text/plain")

    def product(self, visit: Visit) -> None:
        headers = visit.handler.headers
        if headers["Host"] == HOSTS[0]:
            self.cookies.append(headers.get("Cookie", ""))
        given = {}
        if "session-id" not in headers.get("Cookie", ""):
            self.sessions += 1
            given = {"Set-Cookie": f"session-id={self.sessions}; Path=/"}
        body = product_html(visit.path.rpartition("/")[2].partition("?")[0])
        visit.send(
            body=body.replace(b"A thing", f"{self.name} {headers['Host']}".encode()), **given
        )


@dataclass(frozen=True)
class Seen:
    """What a crawl has left."""

    titles: list[str]
    cookies: list[str]

    def store_of(self, host: str) -> set[str]:
        return {title.split()[0] for title in self.titles if f" {host} " in title}

    def products(self) -> set[str]:
        return {title.split()[-1] for title in self.titles}

    def sessions(self) -> int:
        """How often a visitor came that the store did not know."""
        return sum("session-id" not in sent for sent in self.cookies)


@dataclass(frozen=True)
class Line:
    look: Callable[[Seen], Any]
    seen: dict[str, Any]


USUAL = {
    "AMAZON_ORIGIN": "{one}",
    "SANDBOX_URL": "{one}",
    "OBEY_ROBOTS": "false",
    "VISITORS": "always",
    "VISITOR_MAX_PAGES": "100",
    "VISITOR_MAX_AGE_SECONDS": "600",
}
TABLE: dict[str, Line] = {
    "AMAZON_ORIGIN": Line(lambda s: s.store_of(HOSTS[0]), {"{one}": {"one"}, "{other}": {"other"}}),
    "SANDBOX_URL": Line(lambda s: s.store_of(HOSTS[1]), {"{one}": {"one"}, "{other}": {"other"}}),
    "OBEY_ROBOTS": Line(lambda s: s.products(), {"false": set(ASINS), "true": {ASINS[0], ASINS[2]}}),
    "VISITORS": Line(lambda s: any("session-id" in sent for sent in s.cookies), {"always": True, "asked": False}),
    "VISITOR_MAX_PAGES": Line(lambda s: s.sessions(), {"100": 1, "1": 3}),
    "VISITOR_MAX_AGE_SECONDS": Line(lambda s: s.sessions(), {"600": 1, "0.001": 3}),
}  # fmt: skip
# What these change is looked at in one crawl.
TOGETHER = {
    "AMAZON_ORIGIN": "{other}",
    "SANDBOX_URL": "{other}",
    "OBEY_ROBOTS": "true",
    "VISITORS": "asked",
}
CASES = [(name, value) for name, line in TABLE.items() for value in line.seen]


@pytest.fixture(scope="module")
def shops() -> Iterator[dict[str, Shop]]:
    one, other = Shop("one"), Shop("other")

    def pages(shop: Shop) -> dict[str, Any]:
        return {"/robots.txt": shop.robots, "/dp/": shop.product}

    with running_store(pages(one)) as one.server, running_store(pages(other)) as other.server:
        yield {"one": one, "other": other}


@pytest.fixture(scope="module")
def crawls(
    shops: dict[str, Shop], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Seen]:
    done: dict[tuple[str, ...], Seen] = {}
    urls = {name: shop.server.url for name, shop in shops.items()}

    def crawl(name: str, value: str) -> Seen:
        changes = TOGETHER if TOGETHER.get(name) == value else {name: value}
        environ = {key: text.format(**urls) for key, text in {**USUAL, **changes}.items()}
        key = tuple(environ.values())
        if key not in done:
            for shop in shops.values():
                shop.cookies.clear()
            file = tmp_path_factory.mktemp("crawl") / "rows.jsonl"
            targets = ",".join(f"https://{host}/dp/{asin}" for host in HOSTS for asin in ASINS)
            # One page at a time, so that the next one of a store can come with what the last one got.
            options = ("-a", f"targets={targets}", "-s", "CONCURRENT_REQUESTS=1", "-O", str(file))
            crawled = direct_crawl("amazon_detail", *options, PAGE_ATTEMPTS="1", **environ)
            assert file.exists(), crawled.stderr
            rows = [json.loads(line) for line in file.read_text().splitlines()]
            cookies = [sent for shop in shops.values() for sent in shop.cookies]
            done[key] = Seen([row["title"] for row in rows], cookies)
        return done[key]

    return crawl


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_setting_makes_its_difference(
    crawls: Callable[[str, str], Seen], name: str, value: str
) -> None:
    assert TABLE[name].look(crawls(name, value)) == TABLE[name].seen[value]

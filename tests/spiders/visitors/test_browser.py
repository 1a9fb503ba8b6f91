"""`engine`: stores that ask for a script first. Needs the playwright package and a Chromium."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spiders.extensions.store_browser import MAX_LOADS
from tests.spiders.crawling import ROOT, SCRAPY, environment
from tests.spiders.visitors.direct import Crawl, crawl
from tests.spiders.visitors.shop import Shop, asins, running_shop

pytestmark = [pytest.mark.usefixtures("browser"), pytest.mark.timeout(240)]

AGENT = "a-plain-client/1.0"


@pytest.fixture(scope="module")
def running() -> Iterator[Shop]:
    with running_shop() as shop:
        yield shop


@pytest.fixture
def shop(running: Shop) -> Shop:
    running.behave(exit_place="PK")
    running.forget()
    return running


def crawl_by(shop: Shop, folder: Path, *arguments: str, **variables: str) -> Crawl:
    return crawl(
        shop,
        folder,
        "marketplace=sandbox",
        *arguments,
        SANDBOX_URL=shop.url,
        USER_AGENT=AGENT,
        **variables,
    )


def by_browser(shop: Shop) -> list[dict[str, Any]]:
    return [entry for entry in shop.requests() if entry["headers"]["user-agent"] != AGENT]


@pytest.mark.parametrize("kind", ["interstitial", "waf"])
def test_auto_lets_a_browser_visit_where_the_plain_client_is_challenged(
    shop: Shop, tmp_path: Path, kind: str
) -> None:
    shop.behave(exit_place="PK", challenge=kind)
    found = crawl_by(shop, tmp_path, "engine=auto", "deliver_to=60601")
    assert [row["deliverTo"] for row in found.rows] == ["Chicago 60601"] * 8
    sessions = {entry["session"] for entry in by_browser(shop) if entry["session"]}
    assert len(sessions) == 1, "one browser visitor serves all"
    plain = [entry for entry in shop.requests() if entry["headers"]["user-agent"] == AGENT]
    assert len(plain) == 1, "the plain client is challenged once, and asks no more"


def test_cookies_of_the_browser_are_carried_by_no_plain_client(shop: Shop, tmp_path: Path) -> None:
    shop.behave(exit_place="PK", challenge="waf")
    crawl_by(shop, tmp_path, "engine=auto")
    assert {
        name
        for entry in shop.requests()
        if entry["headers"]["user-agent"] == AGENT
        for name in entry["cookies"]
    } == set()
    agents = {entry["headers"]["user-agent"] for entry in by_browser(shop)}
    assert len(agents) == 1
    assert "Chrome" in agents.pop(), "the browser's own name"


def test_http_ends_with_the_reason(shop: Shop, tmp_path: Path) -> None:
    for kind, code in (("interstitial", "BLOCKED_CHALLENGE"), ("waf", "BLOCKED_WAF")):
        shop.behave(exit_place="PK", challenge=kind)
        assert crawl_by(shop, tmp_path).failures() == {code: 8}
    assert not by_browser(shop)


def test_browser_loads_every_page(shop: Shop, tmp_path: Path) -> None:
    found = crawl_by(shop, tmp_path, "engine=browser", "lang=de-DE", "currency=EUR")
    assert len(found.rows) == 8
    assert len(by_browser(shop)) == len(shop.requests()) == 8, "no pictures, no scripts of the page"
    assert {entry["currency"] for entry in shop.pages()} == {"EUR"}
    assert {entry["headers"]["accept-language"].partition(",")[0] for entry in shop.pages()} == {
        "de-DE"
    }


def test_auto_without_a_challenge_is_a_stranger_without_a_cookie(
    shop: Shop, tmp_path: Path
) -> None:
    assert len(crawl_by(shop, tmp_path, "engine=auto").rows) == 8
    assert len(shop.requests()) == 8
    assert not by_browser(shop)
    assert all(entry["cookies"] == {} for entry in shop.requests())


def test_a_grant_that_ends_is_earned_again_by_the_same_visitor(shop: Shop, tmp_path: Path) -> None:
    shop.behave(exit_place="PK", challenge="waf", challenge_pages=5)
    found = crawl_by(shop, tmp_path, "engine=auto", "deliver_to=60601")
    assert [row["deliverTo"] for row in found.rows] == ["Chicago 60601"] * 8


def test_a_store_that_lets_no_browser_in_is_a_block(shop: Shop, tmp_path: Path) -> None:
    shop.behave(exit_place="PK", challenge="waf", challenge_stubborn=True)
    found = crawl_by(shop, tmp_path, "engine=auto")
    assert found.failures() == {"BLOCKED_WAF": 8}
    loads = [entry for entry in by_browser(shop) if entry["kind"] == "challenge_waf"]
    assert 1 <= len(loads) <= MAX_LOADS, "one page asks for all, and its script is stopped"


def test_a_captcha_is_a_block_in_every_engine(shop: Shop, tmp_path: Path) -> None:
    shop.fail(captcha=1.0)
    try:
        for engine in ("auto", "browser"):
            found = crawl_by(shop, tmp_path, f"engine={engine}", PAGE_ATTEMPTS="1")
            assert found.failures() == {"BLOCKED_CAPTCHA": 8}
    finally:
        shop.fail()


def test_a_machine_without_a_browser_says_so(shop: Shop, tmp_path: Path) -> None:
    missing = {"BROWSER_PATH": "/nowhere/chromium"}
    found = crawl_by(shop, tmp_path, "engine=browser", **missing)
    assert "this machine has none" in found.log
    assert found.failures() == {"PARSE_ERROR": 8}
    assert len(crawl_by(shop, tmp_path, "engine=auto", **missing).rows) == 8


def children_of(pid: int) -> set[int]:
    found, new = {pid}, {pid}
    while new:
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", ",".join(map(str, new))],
            capture_output=True,
            text=True,
            check=False,
        )
        new = {int(word) for word in listed.stdout.split()} - found
        found |= new
    return found


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_browser_outlives_its_crawler(
    shop: Shop, tmp_path: Path, number: signal.Signals
) -> None:
    shop.behave(exit_place="PK", challenge="waf")
    targets = ",".join(asins(400))
    command = [
        *(SCRAPY, "crawl", "amazon_detail", "-a", f"targets={targets}", "-a", "engine=browser"),
        *("-a", "marketplace=sandbox", "-O", str(tmp_path / "rows.jsonl")),
    ]
    env = environment(
        MONGODB_URI="mongodb://127.0.0.1:1/",
        REDIS_URL="redis://127.0.0.1:1/0",
        SANDBOX_URL=shop.url,
    )
    child = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while len(shop.pages()) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        family = children_of(child.pid)
        assert len(family) > 3, "a crawler, a driver and the processes of a browser"
        os.kill(child.pid, number)
        child.wait(30)
        while any(is_alive(pid) for pid in family):
            assert time.monotonic() < deadline + 15, "a browser is left"
            time.sleep(0.1)
    finally:
        child.kill()
        child.wait()

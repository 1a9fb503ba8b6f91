"""A person's first ten minutes, on a stack of its own and in a real browser: from the link of `make up` to the
operator's page that tells of a dead worker."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from deploy.embedded.marked import marked_processes
from tests.control_api.console.browser.browsing import Watched
from tests.control_api.console.shots import stack

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.usefixtures("browser"),
    pytest.mark.timeout(400),
]

ENDED = "#live .state.good, #live .state.warn, #live .state.bad"
# Hours of the practice store's clock between rounds; its prices move with them.
PAUSE = 13


class Walk:
    def __init__(self, page: Page, data: Path) -> None:
        told = json.loads((data / "stack.json").read_text())
        self.page, self.data = page, data
        self.base, self._store = told["apiUrl"], told["sandboxUrl"]
        self._hours = 0

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """A link among the job's actions."""
        self.page.locator("#actions").get_by_role("link", name=name, exact=True).click()

    def wait_for_end(self) -> str:
        self.page.locator(ENDED).first.wait_for(timeout=120_000)
        return self.page.url

    def name_and_create(self, name: str) -> str:
        self.page.get_by_role("textbox", name="Name").fill(name)
        self.press("Create")
        return self.page.url

    def go_on(self) -> None:
        """Half a day later in the store."""
        self._hours += PAUSE
        answer = httpx.post(
            f"{self._store}/__clock", json={"aheadHours": self._hours}, trust_env=False
        )
        assert answer.is_success

    def round(self, monitor: str) -> None:
        """Until its observer has taken what the round brought."""
        self.page.goto(monitor)
        rounds = self.page.get_by_text(re.compile(r"^\d+ seen")).count()
        self.press("Start a round")
        self.wait_for_end()
        for _ in range(60):
            self.page.goto(monitor)
            if self.page.get_by_text(re.compile(r"^\d+ seen")).count() > rounds:
                return
            self.page.wait_for_timeout(500)
        raise AssertionError("the round brought nothing")


@pytest.fixture
def walk(browsers: Browser, tmp_path: Path) -> Iterator[Walk]:
    with stack(tmp_path) as link:
        page = browsers.new_page(viewport={"width": 1280, "height": 800})
        page.on("dialog", lambda asked: asked.accept())
        made = Walk(page, tmp_path)
        page.goto(link)
        page.wait_for_url(f"{made.base}/console")
        yield made
        page.close()


def test_ten_minutes_of_a_person(walk: Walk, tmp_path: Path) -> None:
    page = walk.page
    watched = Watched.of(page, walk.base)
    walk.press("Start the practice job")
    page.locator("#rows tbody img.thumb").first.wait_for(timeout=10_000)
    practice = walk.wait_for_end()

    page.get_by_label("Text in the rows").fill("usb")
    walk.press("Find")
    assert page.get_by_text(re.compile(r"\d+ matches in the first")).is_visible()
    with page.expect_download() as download:
        walk.press("CSV")
    download.value.save_as(tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text().startswith("asin,title,")

    page.goto(practice)
    walk.follow("Schedule")
    walk.name_and_create("Every morning")
    assert page.get_by_text("At 06:00 every day").is_visible()
    page.goto(practice)
    walk.follow("Monitor")
    keywords = walk.name_and_create("Who stands first")
    walk.round(keywords)
    page.locator("main a[href*='/watches/']").first.click()
    assert page.get_by_text("places read").is_visible()

    page.goto(practice)
    asins = page.locator("#rows a[href*='/console/products/']").all_inner_texts()
    page.goto(f"{walk.base}/console/jobs/new")
    page.get_by_label("details:").check()
    page.get_by_label("Targets").fill("\n".join(dict.fromkeys(asins[:20])))
    page.get_by_label("Marketplace").select_option("sandbox")
    walk.press("Start")
    walk.wait_for_end()
    walk.follow("Monitor")
    prices = walk.name_and_create("Prices")
    walk.round(prices)
    page.goto(f"{prices}/alerts")
    page.get_by_label("Name").fill("Cheaper")
    page.get_by_label("When").select_option("dropped")
    page.get_by_label("Number").fill("1")
    walk.press("Create")
    for _ in range(3):
        walk.go_on()
        walk.round(prices)
    changed = page.locator("tr", has_text="changed · price").first
    changed.get_by_role("link").click()
    assert page.locator("svg.price line").count() >= 3, "a price, a step, and another price"
    page.goto(f"{prices}/alerts")
    assert page.get_by_text("when the price drops by at least 1 %").is_visible()
    assert page.get_by_text(re.compile(r"price .+ → .+ \(-")).count() >= 1

    page.goto(f"{walk.base}/console/jobs/new")
    page.get_by_label("Targets").fill("\n".join(f"desk lamp {number}" for number in range(3_000)))
    page.get_by_label("Marketplace").select_option("sandbox")
    walk.press("Start")
    page.locator("#rows tbody tr").first.wait_for(timeout=30_000)
    walk.press("Cancel")
    page.locator("#live .state", has_text="cancelled").wait_for()
    cancelled = page.url
    for _ in range(40):
        page.goto(f"{cancelled}/report")
        if page.locator(".state", has_text=re.compile("^proven$")).count():
            break
        page.wait_for_timeout(500)
    assert page.get_by_text(
        "Nothing was written after the cancel, and nothing can be."
    ).is_visible()
    assert page.get_by_text("it adds up").is_visible()
    assert (watched.complaints, watched.strangers()) == ([], [])

    stop_worker(tmp_path)
    page.wait_for_timeout(22_000)
    page.goto(f"{walk.base}/console/operator")
    assert page.locator("td", has_text="no worker has lived for").is_visible()
    page.close()


def stop_worker(data: Path) -> None:
    """As dead as a process can be that its keeper does not start again."""
    found = [one for one in marked_processes(str(data)) if "control_api.worker" in one.command]
    assert found
    for one in found:
        os.kill(one.pid, signal.SIGSTOP)

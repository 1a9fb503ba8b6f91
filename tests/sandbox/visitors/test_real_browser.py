"""A real Chromium, through a proxy of the store, against both script challenges."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from spiders.sites.browsers import HARDENED, find_browser
from tests.sandbox.conftest import StartSandbox

PAGE = "http://sandbox.test/s?k=desk+lamp"


@contextmanager
def chromium(proxy: str) -> Iterator[Any]:
    path = find_browser()
    if path is None:
        pytest.skip("this machine has no Chromium, or no playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, proxy={"server": proxy}, args=[*HARDENED]
        )
        try:
            yield browser.new_page()
        finally:
            browser.close()


@pytest.mark.parametrize("kind", ["interstitial", "waf"])
def test_browser_is_let_in_and_a_plain_client_is_not(
    start_sandbox: StartSandbox, kind: str
) -> None:
    url = start_sandbox("--bulk", "0", "--visitors", f"challenge={kind}")
    with chromium(url) as page:
        page.goto(PAGE, wait_until="commit")
        page.wait_for_selector("[data-component-type=s-search-result]", timeout=15_000)
        assert page.text_content("#glow-ingress-line2").strip("\u200c ") == "New York 10001"
    with httpx.Client(proxy=url) as client:
        for _ in range(3):
            assert "s-search-result" not in client.get(PAGE).text
    # A browser may ask for /favicon.ico meanwhile.
    entries = [e for e in httpx.get(f"{url}/__requests").json() if "/s?" in e["target"]]
    kinds = [entry["kind"] for entry in entries]
    assert kinds.count(f"challenge_{kind}") == 4
    assert kinds.count("search") == 1


def test_stubborn_challenge_keeps_a_browser_out(start_sandbox: StartSandbox) -> None:
    url = start_sandbox(
        "--bulk", "0", "--visitors", "challenge=waf", "--visitors", "challenge_stubborn"
    )
    with chromium(url) as page:
        page.goto(PAGE, wait_until="commit")
        page.wait_for_timeout(1_500)
    kinds = [entry["kind"] for entry in httpx.get(f"{url}/__requests").json()]
    assert kinds.count("challenge_waf") > 1 and "search" not in kinds

"""Whether an ordinary browser is let in where plain HTTP meets a script challenge.

It is the Chromium that the operator has installed, with its own User-Agent and nothing hidden; the
page's own script runs in it, or it does not. What it earns is thrown away with it.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from settings.config import Config
from spiders.browsers import find_browser
from spiders.pages.classify import PageKind, page_kind_from_url, page_status
from spiders.pages.fetched import Fetched
from spiders.pages.status import failure_from_status
from spiders.probe.findings import KEPT_OUT, LET_IN, NO_BROWSER

PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.5
_SKIPPED = frozenset({"image", "media", "font"})


@dataclass(frozen=True, slots=True)
class BrowserOutcome:
    outcome: str
    reason: str | None = None


async def browser_outcome(url: str, *, config: Config, proxy: str | None) -> BrowserOutcome:
    """`proxy`: the URL, with credentials, of the exit."""
    path = find_browser(config.browser_path)
    if path is None:
        return BrowserOutcome(NO_BROWSER)
    from playwright.async_api import Error, async_playwright  # the package is optional

    async with async_playwright() as driver:
        try:
            browser = await driver.chromium.launch(
                executable_path=path,
                proxy=_proxy_settings(proxy),
                # Chromium refuses its sandbox to root.
                chromium_sandbox=os.geteuid() != 0,
                timeout=PATIENCE_SECONDS * 1000,
            )
        except Error as error:
            return BrowserOutcome(NO_BROWSER, f"it does not start: {_first_line(error.message)}")
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await _look(browser, url)
        except TimeoutError:
            return BrowserOutcome(KEPT_OUT, f"no page of the store in {PATIENCE_SECONDS:g} s")
        except Error as error:
            return BrowserOutcome(KEPT_OUT, _first_line(error.message))
        finally:
            await browser.close()


async def _look(browser: object, url: str) -> BrowserOutcome:
    from playwright.async_api import Browser, Error, Route

    assert isinstance(browser, Browser)

    async def skip(route: Route) -> None:
        if route.request.resource_type in _SKIPPED:
            await route.abort()
        else:
            await route.continue_()

    page = await browser.new_page()
    await page.route("**/*", skip)
    await page.goto(url, wait_until="commit")
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            html = await page.content()
        except Error:
            # The page's script has just loaded another one.
            continue
        fetched = Fetched(url=url, status=200, headers={}, body=html.encode())
        if failure_from_status(page_status(fetched, kind=_kind(url))) is None:
            return BrowserOutcome(LET_IN)


def _kind(url: str) -> PageKind:
    return page_kind_from_url(url)


def _proxy_settings(proxy: str | None) -> dict[str, str] | None:
    if proxy is None:
        return None
    parts = urlsplit(proxy)
    settings = {"server": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"}
    if parts.username:
        settings["username"] = unquote(parts.username)
        settings["password"] = unquote(parts.password or "")
    return settings


def _first_line(text: str) -> str:
    return text.partition("\n")[0][:200]

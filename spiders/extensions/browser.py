"""A Chromium that runs the scripts of a page which has been downloaded already.

It never opens a connection of its own: its proxy is a closed port and it can resolve no name. The
page is handed to it as downloaded, and what the page asks for is fetched by us, over sockets that
check their address, and handed to it as well. So promise H3 holds for it without trusting it.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from settings.config import Config
from spiders.extensions.checked_download import check_name, checked_socket_factory
from spiders.sites.addresses import AddressRefused, literal_address, refusal_of_address
from spiders.sites.browsers import HARDENED, find_browser

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, Playwright, Request, Route

logger = logging.getLogger(__name__)

# Bounds of one crawler's browser.
MAX_PAGES_AT_ONCE = 2
PAGE_SECONDS = 20.0
SETTLE_SECONDS = 5.0
MAX_REQUESTS = 100
MAX_BYTES = 8 * 1024 * 1024
MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REDIRECTS_WITH_BODY = frozenset({307, 308})
# A fresh process now and then: what pages leave behind in one only grows.
PAGES_A_PROCESS = 100
SCRIPT_MEMORY_MB = 256
# What rows are never made of.
SKIPPED = frozenset({"image", "media", "font", "websocket", "eventsource", "manifest", "ping"})
_HOP_HEADERS = frozenset(
    {"host", "connection", "content-length", "accept-encoding", "proxy-connection", "cookie"}
)
_UNSENT_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding", "link"})
_ARGUMENTS = (
    *HARDENED,
    "--proxy-server=http://127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    f"--js-flags=--max-old-space-size={SCRIPT_MEMORY_MB}",
)


class NoBrowser(Exception):
    """The machine has no browser, or it does not start."""


class BrowserFailed(Exception):
    """The page could not be rendered. Another try may help."""


@dataclass(slots=True)
class Rendered:
    html: str
    # Addresses that the page asked for and may not reach.
    refused: list[str] = field(default_factory=list)


class PageBrowser:
    """Starts at the first page that needs it."""

    def __init__(self, config: Config) -> None:
        self._path = find_browser(config.browser_path)
        self._allowed = config.allowed_networks
        self._user_agent = config.user_agent
        self._room = asyncio.Semaphore(MAX_PAGES_AT_ONCE)
        self._starting = asyncio.Lock()
        self._driver: Playwright | None = None
        self._browser: Browser | None = None
        self._session: aiohttp.ClientSession | None = None
        self._rendered = 0
        self._open = 0

    @property
    def is_there(self) -> bool:
        return self._path is not None

    async def render(self, url: str, body: str, *, proxy: str | None = None) -> Rendered:
        """The page's HTML after its scripts; raises NoBrowser or BrowserFailed.

        `proxy`: the one that the page came by; what its scripts ask for comes by it as well.
        """
        from playwright.async_api import Error  # the package is optional

        async with self._room:
            browser = await self._started()
            self._open += 1
            try:
                async with asyncio.timeout(PAGE_SECONDS):
                    return await self._render(browser, url, body, proxy)
            except TimeoutError:
                raise BrowserFailed(f"its scripts took longer than {PAGE_SECONDS:g} s") from None
            except Error as error:
                raise BrowserFailed(f"the browser failed: {error.message[:200]}") from error
            finally:
                self._open -= 1

    async def close(self) -> None:
        if self._browser is not None:
            await self._browser.close()
        if self._driver is not None:
            await self._driver.stop()
        if self._session is not None:
            await self._session.close()
        self._browser = self._driver = self._session = None

    async def _started(self) -> Browser:
        async with self._starting:
            self._rendered += 1
            if self._rendered > PAGES_A_PROCESS and not self._open:
                self._rendered = 1
                await self.close()
            if self._browser is None or not self._browser.is_connected():
                await self.close()
                self._browser = await self._start()
            return self._browser

    async def _start(self) -> Browser:
        from playwright.async_api import Error, async_playwright  # the package is optional

        if self._path is None:
            raise NoBrowser("this machine has no browser")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=16, socket_factory=checked_socket_factory(self._allowed)
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._driver = await async_playwright().start()
        try:
            return await self._driver.chromium.launch(
                executable_path=self._path,
                args=list(_ARGUMENTS),
                # Chromium refuses its sandbox to root.
                chromium_sandbox=os.geteuid() != 0,
                timeout=PAGE_SECONDS * 1000,
            )
        except Error as error:
            await self.close()
            raise NoBrowser(f"the browser does not start: {error.message[:200]}") from error

    async def _render(self, browser: Browser, url: str, body: str, proxy: str | None) -> Rendered:
        assert self._session is not None
        context = await browser.new_context(
            accept_downloads=False,
            service_workers="block",
            user_agent=self._user_agent,
            ignore_https_errors=False,
        )
        try:
            visit = _Visit(url, body, self._session, allowed=self._allowed, proxy=proxy)
            page = await self._prepared_page(context, visit)
            await page.goto(url, wait_until="domcontentloaded", timeout=PAGE_SECONDS * 1000)
            await _settle(page)
            return Rendered(await page.content(), visit.refused)
        finally:
            await asyncio.shield(context.close())

    async def _prepared_page(self, context: BrowserContext, visit: _Visit) -> Page:
        await context.route("**/*", visit.answer)
        page = await context.new_page()

        async def close_popup(popup: Page) -> None:
            if popup is not page:
                await popup.close()

        context.on("page", close_popup)
        page.on("dialog", lambda dialog: dialog.dismiss())
        return page


async def _settle(page: Page) -> None:
    """Wait until the page asks for nothing more; one that never stops is read as it is."""
    from playwright.async_api import TimeoutError as Expired  # the package is optional

    try:
        await page.wait_for_load_state("networkidle", timeout=SETTLE_SECONDS * 1000)
    except Expired:
        logger.debug("%s did not come to rest", page.url)


class _Visit:
    """Answers what one page asks for."""

    def __init__(
        self,
        url: str,
        body: str,
        session: aiohttp.ClientSession,
        *,
        allowed: Any,
        proxy: str | None,
    ) -> None:
        self._url = url
        self._body: str | None = body
        self._session = session
        self._allowed = allowed
        self._proxy = proxy
        self._requests = 0
        self.refused: list[str] = []

    async def answer(self, route: Route, request: Request) -> None:
        if request.is_navigation_request():
            await self._answer_navigation(route)
            return
        self._requests += 1
        is_http = urlsplit(request.url).scheme in ("http", "https")
        if request.resource_type in SKIPPED or self._requests > MAX_REQUESTS or not is_http:
            await route.abort("blockedbyclient")
            return
        try:
            await self._fetch(route, request)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            if _is_refusal(error):
                self.refused.append(request.url)
            await route.abort("addressunreachable")

    async def _answer_navigation(self, route: Route) -> None:
        """The page itself, once. Where its scripts or frames want to go is not our page."""
        if self._body is None:
            await route.abort("blockedbyclient")
            return
        body, self._body = self._body, None
        await route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)

    async def _fetch(self, route: Route, request: Request) -> None:
        headers = {
            name: value
            for name, value in (await request.all_headers()).items()
            if name.lower() not in _HOP_HEADERS and not name.startswith(":")
        }
        method, url, data = request.method, request.url, request.post_data_buffer
        for _ in range(1 + MAX_REDIRECTS):
            await self._require_allowed(url)
            async with self._session.request(
                method,
                url,
                headers=headers,
                data=data,
                # Each hop is looked at: behind a proxy no socket of ours would.
                allow_redirects=False,
                proxy=self._proxy,
                timeout=aiohttp.ClientTimeout(total=PAGE_SECONDS),
            ) as response:
                location = response.headers.get("Location")
                if response.status not in REDIRECTS or not location:
                    body = await _read(response)
                    await route.fulfill(
                        status=response.status, headers=_sent_headers(response.headers), body=body
                    )
                    return
                before, url = url, urljoin(url, location)
                if urlsplit(before)[:2] != urlsplit(url)[:2]:
                    headers.pop("authorization", None)
                if response.status not in REDIRECTS_WITH_BODY and method != "HEAD":
                    method, data = "GET", None
        raise ValueError(f"{request.url} is redirected more than {MAX_REDIRECTS} times")

    async def _require_allowed(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        literal = literal_address(host)
        if literal is not None and refusal_of_address(literal, self._allowed):
            raise AddressRefused
        if self._proxy is not None:
            await check_name(host, self._allowed)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Decompressed, and never more than MAX_BYTES of it."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError(f"{response.url} is larger than {MAX_BYTES} bytes")
    return bytes(body)


def _sent_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _UNSENT_HEADERS}


def _is_refusal(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, AddressRefused):
            return True
        error = error.__cause__
    return False

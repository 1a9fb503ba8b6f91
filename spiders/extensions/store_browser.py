"""A Chromium of the operator's that visits a store: it opens a page, runs what the page asks of a browser,
and fetches further pages from there.

Nothing about it is hidden: its User-Agent is its own, its script is the page's own, and its cookies stay
in it. A page that wants a human stays what it is.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from scrapy.http import HtmlResponse, Response

from settings.config import Config
from spiders.extensions.browser_pages import (
    BROWSER,
    Answer,
    BrowserVisitor,
    VisitorGone,
    page_headers,
    with_https,
)
from spiders.extensions.exit_relay import ExitRelay
from spiders.sites.browsers import HARDENED, find_browser

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, Playwright, Route
    from playwright.async_api import Request as BrowserRequest
    from playwright.async_api import Response as BrowserResponse

logger = logging.getLogger(__name__)

# Bounds of one crawler's browser.
MAX_VISITORS = 4
ENDED_KEPT = 1_000
PAGE_SECONDS = 30.0
CHALLENGE_SECONDS = 10.0
# Documents of one challenge: it, and what its script loads.
MAX_LOADS = 3
BLANK = "about:blank"
# A page that only loads itself again is told as the firewall's challenge.
CHALLENGED_STATUS = 202
LOOK_SECONDS = 0.1
MAX_BODY_BYTES = 32 * 1024 * 1024
PAGES_A_PROCESS = 1_000
SCRIPT_MEMORY_MB = 512
# A visitor that is challenged more often than this is not wanted.
MAX_CHALLENGES = 2
CHALLENGES_SECONDS = 600.0

_SKIPPED = frozenset({"image", "media", "font", "stylesheet", "websocket", "eventsource", "ping"})
_ARGUMENTS = (
    *HARDENED,
    # It resolves no name and opens no socket but to our relay.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    f"--js-flags=--max-old-space-size={SCRIPT_MEMORY_MB}",
)
# Sent with a fetch; everything else the browser says for itself.
_OWN_HEADERS = ("Accept", "Content-Type", "X-Requested-With", "anti-csrftoken-a2z")
_FETCH = """async ({url, method, headers, body}) => {
  const answer = await fetch(url, {method, headers, body, credentials: 'same-origin',
                                   redirect: 'follow', cache: 'no-store'});
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + 32768));
  return {status: answer.status, url: answer.url, headers: [...answer.headers], body: btoa(text)};
}"""


class StoreBrowser:
    """Starts at the first page that needs it. One of a crawler."""

    def __init__(self, config: Config, origin_for: Callable[[str], str]) -> None:
        self._path = find_browser(config.browser_path)
        self._allowed = config.allowed_networks
        self._origin_for = origin_for
        self._room = asyncio.Semaphore(MAX_VISITORS)
        self._starting = asyncio.Lock()
        self._driver: Playwright | None = None
        self._browser: Browser | None = None
        self._visitors: dict[str, _Visitor] = {}
        # Who came last may still be named by pages that stand in line.
        self._ended: deque[str] = deque(maxlen=ENDED_KEPT)
        self._endings: set[asyncio.Task[None]] = set()
        self._pages = 0
        self._open = 0

    async def download(self, request: Request) -> Response:
        """Raises DownloadFailedError, DownloadTimeoutError, VisitorGone."""
        from playwright.async_api import Error  # the package is optional

        seconds = request.meta.get("download_timeout", PAGE_SECONDS)
        async with self._room:
            if request.meta[BROWSER].id in self._ended:
                raise VisitorGone
            self._open += 1
            try:
                async with asyncio.timeout(max(seconds, PAGE_SECONDS)):
                    visitor = await self._visitor_of(request)
                    answer = await visitor.ask(request)
            except TimeoutError as error:
                raise DownloadTimeoutError("the browser took too long") from error
            except Error as error:
                words = error.message.partition("\n")[0][:200]
                raise DownloadFailedError(f"the browser failed: {words}") from error
            finally:
                self._open -= 1
        return HtmlResponse(
            request.url if answer.url == visitor.seen_as(request.url) else with_https(answer.url),
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            request=request,
        )

    def end_soon(self, visitor_id: str) -> None:
        """Once the pages that it loads just now are there."""
        self._ended.append(visitor_id)
        task = asyncio.create_task(self.end(visitor_id))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def end(self, visitor_id: str) -> None:
        visitor = self._visitors.pop(visitor_id, None)
        if visitor is not None:
            await visitor.close()

    async def close(self) -> None:
        await asyncio.gather(*self._endings, return_exceptions=True)
        for visitor_id in list(self._visitors):
            await self.end(visitor_id)
        if self._browser is not None:
            await self._browser.close()
        if self._driver is not None:
            await self._driver.stop()
        self._browser = self._driver = None

    async def _visitor_of(self, request: Request) -> _Visitor:
        asked: BrowserVisitor = request.meta[BROWSER]
        async with self._starting:
            self._pages += 1
            if self._pages > PAGES_A_PROCESS and self._open <= 1:
                # A fresh process now and then; its visitors show another place, and are made again.
                self._pages = 1
                await self.close()
            if self._browser is None or not self._browser.is_connected():
                await self.close()
                self._browser = await self._start()
            found = self._visitors.get(asked.id)
            if found is None:
                while len(self._visitors) >= MAX_VISITORS:
                    await self.end(next(iter(self._visitors)))
                found = _Visitor(asked, self._allowed, self._origin_for)
                await found.open(self._browser, exit_url=request.meta.get("proxy"))
            else:
                del self._visitors[asked.id]
            # The one that was used last is the last to go.
            self._visitors[asked.id] = found
            return found

    async def _start(self) -> Browser:
        from playwright.async_api import async_playwright  # the package is optional

        if self._path is None:
            raise DownloadFailedError("this machine has no browser; see docs/places.md")
        self._driver = await async_playwright().start()
        return await self._driver.chromium.launch(
            executable_path=self._path,
            args=list(_ARGUMENTS),
            # Chromium refuses its sandbox to root.
            chromium_sandbox=os.geteuid() != 0,
            timeout=PAGE_SECONDS * 1000,
        )


class _Visitor:
    """One context of the browser, with one page and one way out."""

    def __init__(
        self, asked: BrowserVisitor, allowed: Any, origin_for: Callable[[str], str]
    ) -> None:
        self._asked = asked
        self._allowed = allowed
        self._origin_for = origin_for
        self._relay: ExitRelay | None = None
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self._last: BrowserResponse | None = None
        self._is_opening = False
        # Documents since it began to open a page.
        self._loads = 0
        # The address that we fetch just now.
        self._wanted = ""
        # Page, dialogue and choice of a visitor follow each other; so do its pages.
        self._turn = asyncio.Lock()
        # The challenge that it did not pass.
        self._refusal: Answer | None = None
        self._challenges: deque[float] = deque(maxlen=MAX_CHALLENGES)

    async def open(self, browser: Browser, *, exit_url: str | None) -> None:
        self._relay = ExitRelay(
            exit_url=exit_url, allowed=self._allowed, origin_for=self._origin_for
        )
        address = await self._relay.open()
        self._context = await browser.new_context(
            accept_downloads=False,
            service_workers="block",
            locale=self._asked.language.replace("_", "-"),
            proxy={
                "server": address,
                "username": self._relay.username,
                "password": self._relay.password,
            },
        )
        await self._context.route("**/*", self._admit)
        self._page = await self._context.new_page()
        self._page.on("response", self._note)
        self._page.on("dialog", lambda dialog: dialog.dismiss())

    async def close(self) -> None:
        async with self._turn:
            await self._close()

    async def _close(self) -> None:
        if self._context is not None:
            await asyncio.shield(self._context.close())
        if self._relay is not None:
            await self._relay.close()

    def seen_as(self, url: str) -> str:
        """Servers of ours that stand for a store speak plain HTTP."""
        parts = urlsplit(url)
        is_ours = bool(self._origin_for(parts.hostname or ""))
        return parts._replace(scheme="http").geturl() if is_ours else url

    async def ask(self, request: Request) -> Answer:
        async with self._turn:
            if self._refusal is not None:
                # What stood in line for a visitor that was not let in.
                return self._refusal
            if self._page is not None and self._page.url == BLANK:
                await self._set_cookies(request.url)
                if request.method == "GET" and b"X-Requested-With" not in request.headers:
                    return await self._navigate(request.url)
                await self._navigate(f"https://{urlsplit(request.url).netloc}/")
            answer = await self._fetch(request)
            if answer.is_challenge and self._may_be_challenged():
                self._challenges.append(time.monotonic())
                opened = await self._navigate(request.url)
                if request.method == "GET":
                    return opened
                return answer if opened.is_challenge else await self._fetch(request)
            return answer

    def _may_be_challenged(self) -> bool:
        now = time.monotonic()
        is_full = len(self._challenges) == MAX_CHALLENGES
        return not (is_full and now - self._challenges[0] < CHALLENGES_SECONDS)

    async def _navigate(self, url: str) -> Answer:
        """Open the page, and wait until its script has got the browser in, or has not."""
        self._last, self._is_opening, self._loads = None, True, 0
        try:
            await self._go_to(self.seen_as(url))
            answer = await self._let_in()
        finally:
            self._is_opening = False
        if answer is None:
            # It was left for the next one each time before it could be read, as challenges are.
            answer = Answer(with_https(self.seen_as(url)), CHALLENGED_STATUS, {}, b"")
            self._refusal = answer
        return answer

    async def _go_to(self, url: str) -> None:
        from playwright.async_api import Error  # the package is optional

        assert self._page is not None
        try:
            await self._page.goto(url, wait_until="commit", timeout=PAGE_SECONDS * 1000)
        except Error:
            # A script that loads its page again at once interrupts the driver, which has not yet heard
            # of the first one: the page is there.
            if self._loads <= 1:
                raise

    async def _let_in(self) -> Answer | None:
        """The page behind the challenge, once its script has run; a script that only loads itself again is
        stopped. None where no document could be read."""
        until = time.monotonic() + CHALLENGE_SECONDS
        answer, read = None, None
        while time.monotonic() < until and self._loads <= MAX_LOADS:
            # The script may load the next document while this one is read.
            last = self._last
            if last is not None and last is not read and (shown := await self._shown(last)):
                answer, read = shown, last
                if not answer.is_challenge:
                    return answer
            if last is self._last:
                await asyncio.sleep(LOOK_SECONDS)
        self._refusal = answer
        await self._leave_page()
        return answer

    async def _leave_page(self) -> None:
        """The script may load its page again in the same moment; nothing of that goes out."""
        from playwright.async_api import Error  # the package is optional

        assert self._page is not None
        try:
            await self._page.goto(BLANK, timeout=PAGE_SECONDS * 1000)
        except Error as error:
            logger.debug("A page was not left: %s", error.message.partition("\n")[0])

    async def _shown(self, document: BrowserResponse) -> Answer | None:
        """It as it came; None where its script has left it for another one."""
        from playwright.async_api import Error  # the package is optional

        try:
            body = await document.body()
            headers = page_headers(await document.all_headers())
        except Error:
            return None
        return Answer(document.url, document.status, headers, body)

    async def _fetch(self, request: Request) -> Answer:
        assert self._page is not None
        headers = {
            name: value.decode("latin-1")
            for name in _OWN_HEADERS
            if (value := request.headers.get(name)) is not None
        }
        self._wanted = self.seen_as(request.url)
        found = await self._page.evaluate(
            _FETCH,
            {
                "url": self._wanted,
                "method": request.method,
                "headers": headers,
                "body": request.body.decode() if request.body else None,
            },
        )
        body = base64.b64decode(found["body"])
        if len(body) > MAX_BODY_BYTES:
            raise DownloadFailedError(f"{request.url} is larger than {MAX_BODY_BYTES} bytes")
        return Answer(found["url"], found["status"], page_headers(dict(found["headers"])), body)

    async def _set_cookies(self, url: str) -> None:
        assert self._context is not None
        address = f"{self.seen_as(url).partition('://')[0]}://{urlsplit(url).netloc}/"
        if self._asked.cookies:
            await self._context.add_cookies(
                [
                    {"name": name, "value": value, "url": address}
                    for name, value in self._asked.cookies.items()
                ]
            )

    async def _admit(self, route: Route, request: BrowserRequest) -> None:
        """While a page opens it may load what it runs; afterwards only our fetches go out."""
        is_ours = request.resource_type == "fetch" and request.url == self._wanted
        is_document = request.is_navigation_request() and request.frame.parent_frame is None
        self._loads += is_document
        may_go = is_ours or (self._is_opening and (not is_document or self._loads <= MAX_LOADS))
        if may_go and request.resource_type not in _SKIPPED:
            await route.continue_()
        else:
            await route.abort("blockedbyclient")

    def _note(self, response: BrowserResponse) -> None:
        request = response.request
        is_document = request.is_navigation_request() and request.frame.parent_frame is None
        if is_document and not 300 <= response.status < 400:
            self._last = response

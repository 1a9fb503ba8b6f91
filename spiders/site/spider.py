"""Pages of any site by the selectors of a page job; the links found may become further targets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings

from settings.config import current_config
from spiders.base import BadArgument, TargetSpider
from spiders.extensions.browser import BrowserFailed, NoBrowser, PageBrowser
from spiders.frontier.frontier import Frontier
from spiders.items.page import PageRow
from spiders.middlewares.failed_download import FailedDownload
from spiders.middlewares.host_pace import HOST_DELAY
from spiders.middlewares.proxy import proxy_of
from spiders.middlewares.robots import RESPECT_ROBOTS
from spiders.middlewares.site_redirect import REACH, REDIRECT_IS_A_LINK, redirect_url
from spiders.site.answers import failure_from_answer, kind_of
from spiders.site.arguments import NAMES, params_from_arguments
from spiders.site.options import SiteOptions, options_from_params
from spiders.site.readers import PageReaders
from spiders.site.reading import Link, NotRead, ReadPage, ReadTask
from spiders.sites.page_urls import host_of, page_key
from spiders.work.failures import FAILURES, FailureCode
from spiders.work.target import DiscoveredTarget, RequestUnsent, Target
from spiders.work.waits import WORTH_TELLING_SECONDS, Waits
from storage.base.records import Failure

CHECKED_HANDLER = "spiders.extensions.checked_download.CheckedDownloadHandler"
MAX_BYTES = 8 * 1024 * 1024
MIDDLEWARES = {
    "spiders.middlewares.redirect.SameSiteRedirectMiddleware": None,
    "spiders.middlewares.pace.PaceMiddleware": None,
    "spiders.middlewares.site_redirect.SiteRedirectMiddleware": 600,
    "spiders.middlewares.host_pace.HostPaceMiddleware": 890,
}


class SiteSpider(TargetSpider):
    """`scrapy crawl site -a url=https://... -a selectors='{"title": "h1::text"}' -O rows.json`"""

    name = "site"
    # What `scrapy register` declares: the rest of the constructor's arguments have no names there.
    arguments = ("url", *NAMES)

    def __init__(self, name: str | None = None, url: str = "", **arguments: Any) -> None:
        own = {key: arguments.pop(key) for key in NAMES if key in arguments}
        super().__init__(name, **arguments)
        self._url = url.strip()
        self._arguments = own
        # Direct mode's own bookkeeping; in the pool the job's targets are it.
        self._known: set[str] = set()
        self._browser: PageBrowser | None = None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        handlers = {"http": CHECKED_HANDLER, "https": CHECKED_HANDLER}
        own = {
            "DOWNLOAD_HANDLERS": handlers,
            "DOWNLOAD_MAXSIZE": MAX_BYTES,
            "DOWNLOADER_MIDDLEWARES": {**settings["DOWNLOADER_MIDDLEWARES"], **MIDDLEWARES},
            # Each job has its own say about these two.
            "ROBOTSTXT_OBEY": False,
            "DOWNLOAD_DELAY": 0.0,
            # Our handler counts a host's requests: those that wait for others of their host are told to
            # the frontier there. In Scrapy's own line they would look busy.
            "REQUESTS_PER_HOST": settings["SITE_REQUESTS_PER_HOST"],
            "CONCURRENT_REQUESTS_PER_DOMAIN": settings["CONCURRENT_REQUESTS"],
            # Pages that wait for a reader lie in files. Scrapy counts them as if they filled memory, and
            # would download nothing more.
            "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 1 << 50,
        }
        for name, value in own.items():
            settings.set(name, value, priority="spider")

    def targets_from_arguments(self) -> Iterator[Target]:
        if not self._url:
            raise BadArgument("url is missing: -a url=https://...")
        params = params_from_arguments(self._arguments)
        if not params.get("selectors"):
            raise BadArgument('selectors is missing: -a selectors=\'{"title": "h1::text"}\'')
        try:
            options_from_params(params, self._url)
            self._known.add(page_key(self._url))
        except ValueError as error:
            raise BadArgument(str(error)) from error
        yield Target(id="1", url=self._url, params=params)

    def first_request(self, target: Target) -> Request:
        options = options_from_params(target.params, target.url)
        request = self.page_request(target, target.url, page_url=target.url, options=options)
        request.meta[REACH] = options.reach
        request.meta[RESPECT_ROBOTS] = options.respect_robots
        request.meta[REDIRECT_IS_A_LINK] = options.discovers
        if options.delay_seconds:
            request.meta[HOST_DELAY] = options.delay_seconds
        return request

    def request_headers(self, target: Target) -> dict[str, str]:
        return {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"}

    def is_retryable(self, code: FailureCode) -> bool:
        # A 403 of Amazon may be another block page; of a site it is a no.
        return FAILURES[code].retryable and code is not FailureCode.FORBIDDEN

    async def parse(
        self, response: Response, target: Target, page_url: str, options: SiteOptions
    ) -> AsyncIterator[Any]:
        if options.discovers and (url := _other_page(response, page_url)):
            for found in self._discover(target, [(page_key(url), url)], depth=options.depth):
                yield found
            return
        try:
            read, engine = await self._read(response, target, options)
        except RequestUnsent:
            # The crawler closes, or the target is in other hands.
            return
        except NotRead as error:
            if retry := self.retry_or_fail(response, error.failure):
                yield retry
            return
        scraped_at = datetime.now(UTC)
        for data in read.rows:
            yield PageRow(
                url=response.url,
                data=dict(data),
                depth=options.depth,
                engine=engine,
                scrapedAt=scraped_at,
                jobId=target.job_id,
            )
        for found in self._further_targets(read, target, options):
            yield found

    @cached_property
    def _waits(self) -> Waits:
        return Waits.from_crawler(self.crawler)

    async def closed(self, reason: str) -> None:
        self._page_readers.close()
        if self._browser is not None:
            await self._browser.close()

    async def _read(
        self, response: Response, target: Target, options: SiteOptions
    ) -> tuple[ReadPage, str]:
        """With the engine used: HTTP alone, or the browser where the job asks for it or `auto` sees the
        need."""
        if failure := failure_from_answer(response):
            raise NotRead(failure)
        kind = kind_of(response) or "html"
        is_always_rendered = options.engine == "playwright" and kind != "xml"
        may_render = options.engine == "auto" and kind != "xml" and self._pages.is_there
        if is_always_rendered and not self._pages.is_there:
            raise NotRead(Failure(FailureCode.PARSE_ERROR, "this machine has no browser"))
        text = "always" if is_always_rendered else "needed" if may_render else "never"
        content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
        is_framed = any(
            name in response.headers for name in (b"Content-Length", b"Transfer-Encoding")
        )
        task = _task_for(response.url, content_type, kind, options, text=text, is_framed=is_framed)
        read = await self._read_aside(response, target, task, response.body)
        if read.text is None:
            return read, "scrapy"
        html = await self._rendered(response, read.text)
        task = _task_for(response.url, "text/html; charset=utf-8", kind, options, is_framed=True)
        return await self._read_aside(response, target, task, html.encode("utf-8")), "playwright"

    async def _read_aside(
        self, response: Response, target: Target, task: ReadTask, body: bytes
    ) -> ReadPage:
        """In a reader process. While a page takes long, its target holds up no other, and it is given up
        when nobody waits for it any more; then raises RequestUnsent."""
        owner = target.job_id or host_of(response.url)
        reading = self._page_readers.read(task, body, owner=owner)
        try:
            done, _ = await asyncio.wait((reading,), timeout=WORTH_TELLING_SECONDS)
            if not done:
                assert response.request is not None
                # Scrapy keeps the response until the end; the readers have put its body aside.
                response._set_body(b"")
                await self._waits.stand_in_line(response.request, _over(reading))
            return reading.result()
        finally:
            reading.cancel()

    async def _rendered(self, response: Response, text: str) -> str:
        try:
            rendered = await self._pages.render(response.url, text, proxy=proxy_of(response))
        except BrowserFailed as error:
            raise NotRead(Failure(FailureCode.TIMEOUT, str(error))) from error
        except NoBrowser as error:
            raise NotRead(Failure(FailureCode.PARSE_ERROR, str(error))) from error
        for url in rendered.refused:
            self.logger.warning("%s asked for %s: ADDRESS_REFUSED", response.url, url)
        return rendered.html

    @cached_property
    def _page_readers(self) -> PageReaders:
        config = current_config()
        return PageReaders(
            places=config.page_readers,
            cpu_seconds=config.page_cpu_seconds,
            memory_mb=config.page_memory_mb,
        )

    @property
    def _pages(self) -> PageBrowser:
        if self._browser is None:
            self._browser = PageBrowser(current_config())
        return self._browser

    def _further_targets(
        self, read: ReadPage, target: Target, options: SiteOptions
    ) -> Iterator[DiscoveredTarget | Request]:
        if read.following is not None:
            # The list goes on, and is no deeper for it.
            yield from self._discover(target, [read.following], depth=options.depth)
        yield from self._discover(target, read.links, depth=options.depth + 1)

    def _discover(
        self, target: Target, links: Iterable[Link], *, depth: int
    ) -> Iterator[DiscoveredTarget | Request]:
        params = {**target.params, "depth": depth}
        if self._is_pooled:
            for key, url in links:
                yield DiscoveredTarget(url, key, params)
            return
        most = params.get("maxPages", 1)
        for key, url in links:
            if len(self._known) >= most:
                return
            if key not in self._known:
                self._known.add(key)
                further = Target(id=str(len(self._known)), url=url, params=params)
                yield self.first_request(further)

    @property
    def _is_pooled(self) -> bool:
        return self.crawler.get_extension(Frontier) is not None


def _other_page(response: Response, page_url: str) -> str | None:
    """Where the answer leads, or where redirects have led, when that is not the page asked for."""
    if isinstance(response, FailedDownload):
        return None
    url = redirect_url(response.url, response) or response.url
    return url if page_key(url) != page_key(page_url) or url != response.url else None


async def _over(reading: asyncio.Future[ReadPage]) -> None:
    """Until it has ended, in whatever way."""
    await asyncio.wait((reading,))


def _task_for(
    url: str,
    content_type: str,
    kind: str,
    options: SiteOptions,
    *,
    is_framed: bool,
    text: str = "never",
) -> ReadTask:
    return ReadTask(
        url=url,
        content_type=content_type,
        kind=kind,
        selectors=options.selectors,
        item_selector=options.item_selector,
        next_page_selector=options.next_page_selector if options.discovers else None,
        reach=options.reach,
        finds_links=options.discovers and options.may_go_deeper,
        respects_nofollow=options.respect_robots,
        text=text,
        is_framed=is_framed,
    )

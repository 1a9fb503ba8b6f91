"""Keeps the pages of a crawl as they were fetched, where KEEP_PAGES asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, TypeGuard
from weakref import WeakSet

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from settings.config import Config, current_config
from spiders.extensions.browser_pages import BROWSER
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.version import PARSER_VERSION
from spiders.parsing.decoding.encodings import declared_encoding
from spiders.saved.keeper import BUSY, TOO_MANY, PageKeeper
from spiders.visitors.visitor import ASKED, Asked
from spiders.work import signals as our_signals
from spiders.work.failures import FailureCode
from spiders.work.saved_pages import READ_WITH
from spiders.work.target import LeasedTarget, Target, TargetRow
from storage.base.clock import utc_now
from storage.base.connections import connect_mongo, open_database
from storage.base.records import Failure
from storage.pages.saved_pages import NewPage

# No cookie of a visitor is among them.
HEADERS = ("content-type", "content-language", "date", "last-modified", "retry-after", "server")
MAX_HEADER_LENGTH = 500
# A target may have hundreds of pages.
MAX_PAGES_OF_TARGET = 100


class KeepPagesMiddleware:
    """Spider middleware of the pool, outside of the one that ties rows to their target.

    `failed` keeps the page on which its target failed, `all` each page that was read as well. A page that
    is asked for again is kept in neither.
    """

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._keeps_all = config.keep_pages == "all"
        self._client = connect_mongo(config)
        self._keeper = PageKeeper(
            open_database(self._client, config),
            max_bytes=config.keep_pages_mb * 1024 * 1024,
            days=config.keep_pages_days,
        )
        # Of pages that are being read: the requests of pages that are no good, and by target why it failed.
        self._bad: WeakSet[Request] = WeakSet()
        self._failures: dict[str, Failure] = {}
        # Requests of pages that were kept for a row that a pipeline has refused.
        self._refused: WeakSet[Request] = WeakSet()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepPagesMiddleware:
        config = current_config()
        if config.keep_pages == "off":
            raise NotConfigured
        middleware = cls(crawler, config)
        crawler.signals.connect(middleware.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(middleware.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(middleware.page_failed, signal=our_signals.page_failed)
        crawler.signals.connect(middleware.target_failed, signal=our_signals.target_failed)
        if not middleware._keeps_all:
            crawler.signals.connect(middleware.item_refused, signal=signals.item_dropped)
            crawler.signals.connect(middleware.item_refused, signal=signals.item_error)
        return middleware

    def spider_opened(self) -> None:
        self._keeper.start()

    def spider_closed(self) -> None:
        self._keeper.close()
        self._client.close()

    def page_failed(self, request: Request, failure: Failure) -> None:
        self._bad.add(request)

    def target_failed(self, target: Target, failure: Failure) -> None:
        self._failures[target.id] = failure

    def item_refused(self, item: Any, response: Response, **details: Any) -> None:
        """The page was good, and its target fails for a row that must not be stored."""
        target, request = response.cb_kwargs.get("target"), response.request
        if not isinstance(item, TargetRow) or not _is_of_job(target) or request is None:
            return
        page = _page_of(response, target, request)
        if request in self._refused or not self._keeper.hold(len(page.body)):
            return
        self._refused.add(request)
        cause = details.get("exception") or details["failure"].value
        failure = Failure(FailureCode.PARSE_ERROR, f"{cause}"[:500])
        read_with = response.meta.get(READ_WITH, {})
        page = replace(page, failure=failure, read_with=read_with)
        self._end(page, target, is_held=True, is_good=True)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        target, request = response.cb_kwargs.get("target"), response.request
        if not _is_of_job(target) or request is None or isinstance(response, FailedDownload):
            async for output in result:
                yield output
            if isinstance(target, Target):
                self._failures.pop(target.id, None)
            return
        # While a page is read, the spider may empty the response, and forget who has asked for it.
        page = _page_of(response, target, request)
        rows: list[tuple[int, int]] = []
        is_held = self._keeper.hold(len(page.body))
        failure: Failure | None = None
        try:
            async for output in result:
                if isinstance(output, TargetRow):
                    rows.append((output.page, output.position))
                yield output
        except Exception as error:
            reason = f"the spider broke on this page: {type(error).__name__}"
            failure = Failure(FailureCode.PARSE_ERROR, reason)
            raise
        finally:
            failure = failure or self._failures.pop(target.id, None)
            is_good = request not in self._bad
            self._bad.discard(request)
            read_with = response.meta.get(READ_WITH, {})
            page = replace(page, rows=rows, failure=failure, read_with=read_with)
            self._end(page, target, is_held=is_held, is_good=is_good)

    def _end(self, page: NewPage, target: LeasedTarget, *, is_held: bool, is_good: bool) -> None:
        is_wanted = page.failure is not None or (self._keeps_all and is_good)
        if is_wanted and not is_held:
            self._keeper.count(BUSY)
        elif is_wanted and target.saved_pages >= MAX_PAGES_OF_TARGET:
            self._keeper.count(TOO_MANY)
        elif is_wanted:
            target.saved_pages += 1
            self._keeper.keep(replace(page, number=target.saved_pages))
            return
        if is_held:
            self._keeper.let_go(len(page.body))


def _is_of_job(target: Any) -> TypeGuard[LeasedTarget]:
    return isinstance(target, LeasedTarget) and target.job_id is not None


def _page_of(response: Response, target: LeasedTarget, request: Request) -> NewPage:
    """Its number, rows and end are not known yet."""
    asked: Asked | None = response.meta.get(ASKED)
    headers = _headers(response)
    now = utc_now()
    return NewPage(
        target_id=target.id,
        job_id=target.job_id or "",
        token=target.token,
        number=0,
        url=response.url,
        requested_url=str(response.cb_kwargs.get("page_url") or request.url),
        status=response.status,
        headers=headers,
        encoding=declared_encoding(response.body, content_type=headers.get("content-type", "")),
        body=response.body,
        size=len(response.body),
        fetched_at=now,
        expires_at=now,
        engine="browser" if BROWSER in response.meta else "http",
        place=asked.place.text if asked and asked.place else None,
        lang=target.params.get("lang"),
        parser_version=PARSER_VERSION,
    )


def _headers(response: Response) -> dict[str, str]:
    said = {name: response.headers.get(name) for name in HEADERS}
    return {
        name: value.decode("latin-1")[:MAX_HEADER_LENGTH]
        for name, value in said.items()
        if value is not None
    }

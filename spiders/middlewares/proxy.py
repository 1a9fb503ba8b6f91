"""Sends requests by the operator's proxies, and learns from what comes back which of them serve.

Without a proxy requests go directly; with all of them banned they wait. Our own servers (sandbox,
AMAZON_ORIGIN) are asked directly.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from settings.config import current_config
from spiders.middlewares.failed_download import FailedDownload, failed_download
from spiders.middlewares.proxy_pool import ProxyPool, ProxyUse
from spiders.middlewares.redirect import REDIRECTS
from spiders.sites.addresses import ProxyRefused
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.work import signals as our_signals
from spiders.work.failures import FailureCode
from spiders.work.target import RequestUnsent
from spiders.work.waits import is_closing
from storage.base.records import Failure
from storage.queue.proxy_states import BAD, GOOD, UNKNOWN, bad_at

PROXY_USE = "proxy_use"
# The exit that a request is bound to: a proxy's id, or "" for none.
EXIT = "exit_id"
# What the request may share its exits with: those of one name keep to a few of many proxies.
EXITS = "exits_name"
_IS_TRIAL = "exit_is_trial"
_PROXY = "proxy"
_AUTHORIZATION = b"Proxy-Authorization"

WAIT_SECONDS = 0.5
PROXY_REFUSES_US = 407

# What a block of the exit, or a proxy that does not carry, looks like to the spider.
_BLAMED = frozenset(
    {
        FailureCode.BLOCKED_CAPTCHA,
        FailureCode.BLOCKED_CONTINUE,
        FailureCode.BLOCKED_THROTTLED,
        FailureCode.BLOCKED_WAF,
        FailureCode.BLOCKED_CHALLENGE,
        FailureCode.STRIPPED_PAGE,
        FailureCode.PARTIAL_PAGE,
        FailureCode.TRUNCATED_PAGE,
        FailureCode.FORBIDDEN,
        FailureCode.SERVER_ERROR,
        FailureCode.NETWORK_ERROR,
        FailureCode.TIMEOUT,
    }
)
# Decided before a proxy was asked.
_UNSENT = frozenset({FailureCode.ADDRESS_REFUSED, FailureCode.ROBOTS_DENIED, FailureCode.CANCELLED})


def proxy_of(response: Response) -> str | None:
    """The URL, with its credentials, of the proxy that the page came by."""
    use: ProxyUse | None = response.meta.get(PROXY_USE)
    return use.proxy.url if use else None


class ProxyMiddleware:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._amazon_origin: str = crawler.settings.get("AMAZON_ORIGIN", "")
        self._pool = ProxyPool(
            current_config(), on_ban=self._proxy_banned, on_defect=self._defect_met
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProxyMiddleware:
        middleware = cls(crawler)
        connect = crawler.signals.connect
        connect(middleware.spider_opened, signal=signals.spider_opened)
        connect(middleware.spider_closed, signal=signals.spider_closed)
        connect(middleware.page_failed, signal=our_signals.page_failed)
        connect(middleware.page_failed, signal=our_signals.request_lost)
        return middleware

    async def spider_opened(self, spider: Spider) -> None:
        self._pool.open()

    async def spider_closed(self, spider: Spider) -> None:
        await self._pool.close()

    async def choose_exit(self, request: Request, wanted: str | None) -> None:
        """Bind a request of a visitor to an exit, to `wanted` while that one serves."""
        request.meta.pop(_IS_TRIAL, None)
        host = urlsplit(request.url).hostname or ""
        if self._is_ours(host):
            request.meta[EXIT] = ""
            return
        if wanted and self._pool.is_active(wanted):
            request.meta[EXIT] = wanted
            return
        last: ProxyUse | None = request.meta.get(PROXY_USE)
        use = await self._use_for(request, host, last)
        request.meta[EXIT] = use.proxy.id if use else ""
        request.meta[_IS_TRIAL] = use is not None and use.is_trial

    async def process_request(self, request: Request) -> Response | None:
        last: ProxyUse | None = request.meta.pop(PROXY_USE, None)
        if last is not None:
            request.meta.pop(_PROXY, None)
            request.headers.pop(_AUTHORIZATION, None)
        host = urlsplit(request.url).hostname or ""
        if self._is_ours(host):
            return None
        if EXIT in request.meta:
            use = self._bound_use(request, host)
            if use is None and (request.meta[EXIT] or not self._pool.is_empty):
                message = "the exit of its visitor does not serve any more"
                return FailedDownload(request.url, code=FailureCode.NETWORK_ERROR, message=message)
        else:
            use = await self._use_for(request, host, last)
        if use is not None:
            request.meta[PROXY_USE] = use
            # With its credentials: the handler takes them from here as well as from a header.
            request.meta[_PROXY] = use.proxy.url
            request.headers.pop(_AUTHORIZATION, None)
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        use: ProxyUse | None = request.meta.get(PROXY_USE)
        if use is None or response.status != PROXY_REFUSES_US:
            return response
        message = f"the proxy {use.proxy.masked_url} refused the request (HTTP {PROXY_REFUSES_US})"
        return FailedDownload(request.url, code=FailureCode.NETWORK_ERROR, message=message)

    def process_exception(self, request: Request, exception: Exception) -> FailedDownload | None:
        use: ProxyUse | None = request.meta.get(PROXY_USE)
        if use is None:
            return None
        failed = failed_download(request.url, exception)
        outcome = _outcome_of(exception)
        if outcome is not None:
            self._pool.record(use, outcome, failure=failed.code)
        # The words are aiohttp's, and may quote the proxy's URL.
        message = use.proxy.hide_credentials(failed.message)
        return FailedDownload(request.url, code=failed.code, message=message)

    def page_failed(self, request: Request, failure: Failure) -> None:
        use: ProxyUse | None = request.meta.get(PROXY_USE)
        if use is None:
            return
        code = FailureCode(failure.code)
        if code in _UNSENT:
            self._pool.record(use, UNKNOWN)
        elif code not in _BLAMED:
            self._pool.record(use, GOOD)
        else:
            is_judge = getattr(self._crawler.spider, "knows_block_pages", False)
            self._pool.record(use, BAD if is_judge else bad_at(use.host), failure=code)

    def page_read(self, response: Response) -> None:
        """Its callback is done; a failure would have been told by now, by spiders that judge pages."""
        use: ProxyUse | None = response.meta.get(PROXY_USE)
        if use is None or use.outcome is not None:
            return
        if isinstance(response, FailedDownload) and response.request is not None:
            self.page_failed(response.request, Failure(response.code, response.message))
        else:
            self._pool.record(use, GOOD)

    async def _use_for(self, request: Request, host: str, last: ProxyUse | None) -> ProxyUse | None:
        """None: no proxy is configured. Waits while all are banned."""
        if last is not None and request.meta.get(REDIRECTS) and last.outcome is None:
            # A redirect goes on by the exit that it was given to.
            proxy = self._pool.find(last.proxy.id)
            if proxy is not None:
                return ProxyUse(proxy, host, is_trial=last.is_trial)
        avoid = (last.proxy.id,) if last is not None else ()
        while True:
            if self._pool.is_known and self._pool.is_empty:
                return None
            chosen = await self._pool.choose(
                avoid=avoid,
                may_try=request.callback is not None,
                exits_name=request.meta.get(EXITS),
            )
            if chosen is not None:
                proxy, is_trial = chosen
                return ProxyUse(proxy, host, is_trial=is_trial)
            if is_closing(self._crawler):
                self._crawler.signals.send_catch_log(our_signals.request_unsent, request=request)
                raise RequestUnsent("the crawler closes, and every proxy is banned")
            await asyncio.sleep(WAIT_SECONDS)

    def _bound_use(self, request: Request, host: str) -> ProxyUse | None:
        proxy = self._pool.find(request.meta[EXIT])
        is_trial = bool(request.meta.get(_IS_TRIAL))
        if proxy is None or not (is_trial or self._pool.is_active(proxy.id)):
            return None
        return ProxyUse(proxy, host, is_trial=is_trial)

    def _proxy_banned(self, proxy_id: str) -> None:
        self._crawler.signals.send_catch_log(our_signals.proxy_banned, proxy_id=proxy_id)

    def _defect_met(self) -> None:
        self._crawler.signals.send_catch_log(our_signals.defect_met, part="proxies")

    def _is_ours(self, host: str) -> bool:
        marketplace = find_marketplace_by_host(host)
        return marketplace is not None and (
            marketplace.code == "sandbox" or bool(self._amazon_origin)
        )


class ProxyOutcomeMiddleware:
    """Spider middleware: a page whose callback told no failure has come well."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProxyOutcomeMiddleware:
        return cls(crawler)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        try:
            async for output in result:
                yield output
        finally:
            proxies = self._crawler.get_downloader_middleware(ProxyMiddleware)
            if proxies is not None:
                proxies.page_read(response)


def _outcome_of(exception: Exception) -> str | None:
    """What the exception alone says of the proxy; None: it depends on who asks."""
    cause = exception.__cause__
    if isinstance(exception, ProxyRefused) or isinstance(cause, aiohttp.ClientProxyConnectionError):
        return BAD
    if isinstance(cause, aiohttp.ClientHttpProxyError) and cause.status == PROXY_REFUSES_US:
        return BAD
    # The page's own address was looked at first: its name is unknown, or its name server slow.
    if isinstance(exception, socket.gaierror) or type(exception) is TimeoutError:
        return UNKNOWN
    return None

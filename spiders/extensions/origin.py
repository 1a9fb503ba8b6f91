"""The download handler. It can send requests for Amazon's hosts to another server, Host kept.

Everything above the handler sees Amazon's own URLs, so nothing else knows of the detour.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from settings.config import current_config
from spiders.extensions.browser_pages import BROWSER
from spiders.extensions.checked_download import CheckedSockets
from spiders.extensions.page_download import PageDownloadHandler
from spiders.extensions.store_browser import StoreBrowser
from spiders.sites.marketplaces import MARKETPLACES, find_marketplace_by_host
from spiders.work import signals as our_signals


def is_practice_store(url: str) -> bool:
    return find_marketplace_by_host(urlsplit(url).hostname or "") is MARKETPLACES["sandbox"]


class OriginDownloadHandler(PageDownloadHandler):
    """With SANDBOX_URL and AMAZON_ORIGIN."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._sandbox_url: str = crawler.settings.get("SANDBOX_URL", "")
        self._amazon_origin: str = crawler.settings.get("AMAZON_ORIGIN", "")
        # Our own servers may be anywhere; a proxy is at an address that somebody typed into the API.
        self._by_proxy = CheckedSockets(crawler)
        self._browser: StoreBrowser | None = None
        crawler.signals.connect(self.visitor_ended, signal=our_signals.visitor_ended)

    def visitor_ended(self, visitor_id: str) -> None:
        if self._browser is not None:
            self._browser.end_soon(visitor_id)

    async def download_request(self, request: Request) -> Response:
        if BROWSER in request.meta:
            if self._browser is None:
                self._browser = StoreBrowser(
                    current_config(), lambda host: self._origin_for(f"https://{host}/")
                )
            return await self._browser.download(request)
        origin = self._origin_for(request.url)
        if request.meta.get("proxy") and is_practice_store(request.url):
            return await self._practice_page_by_proxy(request)
        if not origin and request.meta.get("proxy"):
            return await self._by_proxy.download_request(request)
        if not origin:
            return await super().download_request(request)
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        detour = request.replace(url=origin + path)
        detour.headers[b"Host"] = parts.netloc.encode()
        # The timeout and the latency are read from and written to the meta of the request.
        detour._meta = request.meta
        response = await super().download_request(detour)
        return response.replace(url=request.url)

    async def _practice_page_by_proxy(self, request: Request) -> Response:
        """The store has no certificate: the proxy is asked in plain HTTP, by the store's own name."""
        plain = request.replace(url=request.url.replace("https://", "http://", 1))
        plain._meta = request.meta
        response = await self._by_proxy.download_request(plain)
        return response.replace(url=request.url)

    async def close(self) -> None:
        if self._browser is not None:
            await self._browser.close()
        await self._by_proxy.close()
        await super().close()

    def _origin_for(self, url: str) -> str:
        """The server of ours that stands for the URL's host, or ""."""
        marketplace = find_marketplace_by_host(urlsplit(url).hostname or "")
        if marketplace is None:
            return ""
        if marketplace.code != "sandbox":
            return self._amazon_origin
        if not self._sandbox_url:
            raise IgnoreRequest("the sandbox needs SANDBOX_URL; start one with: python -m sandbox")
        return self._sandbox_url

"""Scrapy's aiohttp handler, which gives whole bodies or none, and lets no site hold up another.

A body shorter than its Content-Length, a chunked one without its end and a compressed one that stops
early are failures here, not pages with half of their rows. Errors of the site (4xx, 5xx) are told by
their status, so theirs need not be whole. A download that takes long is told to the frontier, which
then takes up other targets beside it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, ClassVar
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import aiohttp
import certifi
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes
from scrapy.utils._download_handlers import make_response

from settings.config import current_config
from spiders.parsing.decoding.content_coding import (
    BadBody,
    CutBody,
    beginning,
    codings_from_headers,
    decoding,
)
from spiders.work import signals as our_signals
from spiders.work.download_faults import CONNECT_SECONDS, DownloadFault, Fault
from spiders.work.waits import Waits

# From then on a download counts among those that wait.
SLOW_SECONDS = 0.5
# What comes in the first seconds says little of a site's speed.
RATE_SECONDS = 10.0
MAX_HEADERS = 1_000
_ENCODING = b"Content-Encoding"
# Scrapy's words for a body that ended early, and for one that a signal's receiver has stopped.
_DATALOSS = "dataloss"
_STOPPED = "download_stopped"


class PageDownloadHandler(AiohttpDownloadHandler):
    experimental: ClassVar[bool] = False
    # `scrapy shell` makes the engine outside of the event loop, where no session can be made.
    lazy: bool = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # It would hide the status of an error page; we judge by it below.
        self._fail_on_dataloss = False
        config = current_config()
        self._min_rate = config.min_bytes_per_second
        self._max_header_bytes = config.max_header_bytes
        own = crawler.settings.getint("REQUESTS_PER_HOST")
        # All pages of the other spiders are of one host: whoever stands in line there must not make room
        # for more leases, each of which a crawler that dies takes down with it.
        self._has_many_hosts = own > 0
        self._per_host = own or self._pool_size_per_host
        self._waits = Waits.from_crawler(crawler)
        self._rooms: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        # Where the machine has no certificates of its own.
        self._ssl_context.load_verify_locations(certifi.where())
        self._scrapys_session = self._session
        self._session = aiohttp.ClientSession(
            connector=_Connector(
                local_addr=self._bind_address,
                # Whoever has to wait does so for a room, outside of the download's own time.
                limit=0,
                limit_per_host=0,
                **self.connector_options(),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            max_line_size=config.max_header_line_bytes,
            max_field_size=config.max_header_line_bytes,
            max_headers=MAX_HEADERS,
        )

    def connector_options(self) -> dict[str, Any]:
        """More arguments of the connector that opens the sockets."""
        return {}

    async def download_request(self, request: Request) -> Response:
        async with self._room_for(request), self._told_when_slow(request):
            response = await super().download_request(request)
            return await self._whole(response, request)

    async def close(self) -> None:
        await self._scrapys_session.close()
        await super().close()

    @asynccontextmanager
    async def _room_for(self, request: Request) -> AsyncIterator[None]:
        """So many downloads of a host at a time, and of one job not all of them: where its pages come
        slowly, another job's pages of that host need not wait. Who stands in line holds up nobody."""
        host = urlsplit(request.url).netloc
        job = getattr(request.cb_kwargs.get("target"), "job_id", None) or ""
        for_a_job = max(1, self._per_host - max(1, self._per_host // 8))
        async with AsyncExitStack() as rooms:
            for key, size in ((f"{job} {host}", for_a_job), (host, self._per_host)):
                room = self._rooms.setdefault(key, asyncio.Semaphore(size))
                if room.locked() and self._has_many_hosts:
                    await self._waits.stand_in_line(request, _acquired(room))
                else:
                    await room.acquire()
                rooms.callback(room.release)
            yield

    @asynccontextmanager
    async def _told_when_slow(self, request: Request) -> AsyncIterator[None]:
        send = self.crawler.signals.send_catch_log
        is_told = False

        def tell() -> None:
            nonlocal is_told
            is_told = True
            send(our_signals.request_waits, request=request, is_loading=True)

        timer = asyncio.get_running_loop().call_later(SLOW_SECONDS, tell)
        try:
            yield
        finally:
            timer.cancel()
            if is_told:
                send(our_signals.request_goes_on, request=request)

    async def _read_response(self, response: _ClientResponse, request: Request) -> Response:
        size = sum(len(name) + len(value) + 4 for name, value in response.raw_headers)
        if size > self._max_header_bytes:
            host = urlsplit(request.url).hostname
            raise DownloadFault(
                Fault.HEADERS_TOO_LARGE, host=host, all_bytes=self._max_header_bytes
            )
        if (most := request.meta.get(our_signals.READ_AT_MOST)) is not None:
            return await self._read_beginning(response, request, most)
        return await super()._read_response(response, request)

    async def _read_beginning(
        self, response: _ClientResponse, request: Request, most: int
    ) -> Response:
        headers = self._extract_headers(response)
        known = self._build_base_response_args(response, request, headers)
        body, flags = bytearray(), []
        async for chunk in self._iter_body_chunks(response):
            body += chunk
            if len(body) > most:
                flags = [_STOPPED]
                break
        codings = codings_from_headers(headers.getlist(_ENCODING)) if flags else []
        whole = beginning(bytes(body), codings, max_bytes=most) if flags else bytes(body)
        return make_response(**known, body=whole, flags=flags)

    async def _iter_body_chunks(  # type: ignore[override]
        self, response: _ClientResponse
    ) -> AsyncIterator[bytes]:
        started, received = time.monotonic(), 0
        while chunk := await self._next_chunk(response):
            received += len(chunk)
            seconds = time.monotonic() - started
            if seconds > RATE_SECONDS and received < self._min_rate * seconds:
                raise self._too_slow(response)
            yield chunk

    async def _next_chunk(self, response: _ClientResponse) -> bytes:
        if response.content.at_eof():
            return b""
        try:
            # Where the operator asks for no rate, a body may also stand still for a while.
            async with asyncio.timeout(RATE_SECONDS if self._min_rate else None):
                return await response.content.readany()
        except TimeoutError:
            raise self._too_slow(response) from None

    def _too_slow(self, response: _ClientResponse) -> DownloadFault:
        return DownloadFault(Fault.TOO_SLOW, host=response.url.host, rate=self._min_rate)

    async def _whole(self, response: Response, request: Request) -> Response:
        if request.method == "HEAD" or _STOPPED in response.flags:
            return response
        is_page = 200 <= response.status < 300
        if is_page and _DATALOSS in response.flags:
            raise CutBody("the connection ended before the body did")
        try:
            return await self._decoded(response, request)
        except BadBody:
            if is_page:
                raise
            response.headers.pop(_ENCODING, None)
            return response.replace(body=b"")

    async def _decoded(self, response: Response, request: Request) -> Response:
        codings = codings_from_headers(response.headers.getlist(_ENCODING))
        max_bytes = request.meta.get("download_maxsize", self._default_maxsize)
        steps = decoding(response.body, codings, max_bytes=max_bytes)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                body: bytes = end.value
                break
            # A body of many megabytes takes long, and others wait for the loop.
            await asyncio.sleep(0)
        response.headers.pop(_ENCODING, None)
        if body is response.body:
            return response
        kind = responsetypes.from_args(headers=response.headers, url=response.url, body=body)
        again = {"encoding": None} if issubclass(kind, TextResponse) else {}
        return response.replace(cls=kind, body=body, **again)


class _Connector(aiohttp.TCPConnector):
    async def _create_connection(self, *arguments: Any) -> Any:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await super()._create_connection(*arguments)
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError from None


async def _acquired(room: asyncio.Semaphore) -> None:
    await room.acquire()

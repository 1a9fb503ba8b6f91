"""Scrapy's aiohttp handler, which gives whole bodies or none.

A body shorter than its Content-Length, a chunked one without its end and a compressed one that stops
early are failures here, not pages with half of their rows. Errors of the site (4xx, 5xx) are told by
their status, so theirs need not be whole.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from spiders.parsing.content_coding import BadBody, CutBody, codings_from_headers, decoding

_ENCODING = b"Content-Encoding"
# Scrapy's words for a body that ended early, and for one that a signal's receiver has stopped.
_DATALOSS = "dataloss"
_STOPPED = "download_stopped"


class PageDownloadHandler(AiohttpDownloadHandler):
    experimental: ClassVar[bool] = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # It would hide the status of an error page; we judge by it below.
        self._fail_on_dataloss = False

    async def download_request(self, request: Request) -> Response:
        response = await super().download_request(request)
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

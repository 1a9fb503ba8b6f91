"""Turns a failed download into a response, so that the callback decides on every outcome alike."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from spiders.addresses import AddressRefused
from spiders.items.failures import FailureCode
from spiders.items.target import RequestUnsent
from spiders.parsing.content_coding import BadBody, CutBody


class FailedDownload(Response):
    """No page came. `code` says why, `message` in words."""

    attributes = (*Response.attributes, "code", "message")

    def __init__(self, url: str, *, code: FailureCode, message: str, **rest: Any) -> None:
        super().__init__(url, **{"status": 599, **rest})
        self.code = code
        self.message = message


class FailedDownloadMiddleware:
    """Outermost downloader middleware: it sees an exception after all others."""

    def process_exception(self, request: Request, exception: Exception) -> FailedDownload | None:
        if isinstance(exception, RequestUnsent):
            return None
        return failed_download(request.url, exception)


def failed_download(url: str, exception: Exception) -> FailedDownload:
    return FailedDownload(url, code=_code_of(exception), message=_message_of(exception))


def _code_of(exception: Exception) -> FailureCode:
    if isinstance(exception, AddressRefused):
        return FailureCode.ADDRESS_REFUSED
    if isinstance(exception, CutBody):
        return FailureCode.TRUNCATED_PAGE
    if isinstance(exception, DownloadCancelledError | UnsupportedURLSchemeError | BadBody):
        # Too large, or no address at all: so it will be next time.
        return FailureCode.PARSE_ERROR
    if isinstance(exception, IgnoreRequest):
        is_robots = "robots.txt" in str(exception)
        return FailureCode.ROBOTS_DENIED if is_robots else FailureCode.ADDRESS_REFUSED
    if isinstance(exception, DownloadTimeoutError | TimeoutError):
        return FailureCode.TIMEOUT
    return FailureCode.NETWORK_ERROR


def _message_of(exception: Exception) -> str:
    if isinstance(exception, BadBody):
        return str(exception)
    return f"{type(exception).__name__}: {exception}"[:500]

"""Turns a failed download into a response, so that the callback decides on every outcome alike."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from settings.config import current_config
from spiders.middlewares.download_faults import fault_from_exception
from spiders.parsing.decoding.content_coding import BadBody, CutBody
from spiders.sites.addresses import AddressRefused, ProxyRefused
from spiders.work import signals as our_signals
from spiders.work.download_faults import Fault
from spiders.work.failures import FailureCode
from spiders.work.target import RequestUnsent
from storage.base.away import is_defect

logger = logging.getLogger(__name__)


class FailedDownload(Response):
    """No page came. `code` says why, `message` in words."""

    attributes = (*Response.attributes, "code", "message")

    def __init__(self, url: str, *, code: FailureCode, message: str, **rest: Any) -> None:
        super().__init__(url, **{"status": 599, **rest})
        self.code = code
        self.message = message


class FailedDownloadMiddleware:
    """Outermost downloader middleware: it sees an exception after all others.

    A spider that is not ours has its errback called instead, and the log says what failed.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FailedDownloadMiddleware:
        if not decides_on_failed_downloads(crawler):
            raise NotConfigured
        return cls(crawler)

    def process_exception(self, request: Request, exception: Exception) -> FailedDownload | None:
        if isinstance(exception, RequestUnsent):
            return None
        if is_defect(exception):
            return self._defect(request, exception)
        return failed_download(request.url, exception)

    def _defect(self, request: Request, exception: Exception) -> FailedDownload:
        """Of a store that a middleware asked for its pace, proxy or visitor: the site has no part in it."""
        logger.error("A defect kept %s from being asked", request.url, exc_info=exception)
        self._crawler.signals.send_catch_log(our_signals.defect_met, part="requests")
        message = "an error of the service itself; the crawler's log has it"
        return FailedDownload(request.url, code=FailureCode.PARSE_ERROR, message=message)


def decides_on_failed_downloads(crawler: Crawler) -> bool:
    return bool(getattr(crawler.spidercls, "decides_on_failed_downloads", False))


def failed_download(url: str, exception: Exception) -> FailedDownload:
    code, message = reason_of(exception, url)
    return FailedDownload(url, code=code, message=message)


def reason_of(exception: BaseException, url: str) -> tuple[FailureCode, str]:
    """The code and a sentence for people; the log has the exception itself."""
    if isinstance(exception, AddressRefused):
        return FailureCode.ADDRESS_REFUSED, str(exception)
    if isinstance(exception, ProxyRefused):
        return FailureCode.NETWORK_ERROR, str(exception)
    if isinstance(exception, CutBody):
        return FailureCode.TRUNCATED_PAGE, str(exception)
    if isinstance(exception, BadBody):
        return FailureCode.PARSE_ERROR, str(exception)
    if isinstance(exception, IgnoreRequest):
        # Middlewares of others may raise it without a word.
        reason = str(exception) or "a middleware refused the request and did not say why"
        is_robots = "robots.txt" in reason
        return FailureCode.ROBOTS_DENIED if is_robots else FailureCode.ADDRESS_REFUSED, reason
    config = current_config()
    fault = fault_from_exception(
        exception,
        url,
        timeout=config.request_timeout_seconds,
        line_bytes=config.max_header_line_bytes,
        all_bytes=config.max_header_bytes,
    )
    if fault.fault is Fault.UNKNOWN:
        # Not its words: they may quote a proxy's password.
        logger.warning("%s: a download failed by %s", url, type(exception).__name__)
    return fault.code, str(fault)

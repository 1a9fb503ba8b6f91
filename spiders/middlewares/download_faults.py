"""From what aiohttp, ssl and the kernel raise to a DownloadFault, which says it to people."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)

from spiders.work.download_faults import CONNECT_SECONDS, DownloadFault, Fault

_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})
# OpenSSL's numbers (X509_V_ERR_*).
_CERTIFICATES = {
    9: Fault.CERTIFICATE_NOT_YET_VALID,
    10: Fault.CERTIFICATE_EXPIRED,
    18: Fault.CERTIFICATE_SELF_SIGNED,
    19: Fault.CERTIFICATE_UNKNOWN_ISSUER,
    20: Fault.CERTIFICATE_UNKNOWN_ISSUER,
    21: Fault.CERTIFICATE_UNKNOWN_ISSUER,
    62: Fault.CERTIFICATE_OF_ANOTHER,
    64: Fault.CERTIFICATE_OF_ANOTHER,
}
_PROXY_AUTHENTICATION = 407


def fault_from_exception(
    error: BaseException, url: str, *, timeout: float, line_bytes: int, all_bytes: int
) -> DownloadFault:
    """`error`: with its causes; the first that says more than its followers decides."""
    parts = urlsplit(url)
    details: dict[str, object] = {
        "host": parts.hostname or "the host",
        "port": parts.port or (443 if parts.scheme == "https" else 80),
        "line_bytes": line_bytes,
        "all_bytes": all_bytes,
    }
    for cause in _causes(error):
        if isinstance(cause, DownloadFault):
            return cause
        if (fault := _fault_of(cause)) is not None:
            status = getattr(cause, "status", None)
            seconds = CONNECT_SECONDS if fault is Fault.CONNECT_TIMEOUT else timeout
            return DownloadFault(fault, **details, status=status, seconds=f"{seconds:g}")
    return DownloadFault(Fault.UNKNOWN, **details)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The innermost last: it knows best what happened, the outer ones to whom."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    # A proxy stands between us and what the inner ones speak of.
    yield from (cause for cause in found if isinstance(cause, DownloadFault))
    yield from (cause for cause in found if isinstance(cause, _PROXY_ERRORS))
    yield from reversed(found)


_PROXY_ERRORS = (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)


def _fault_of(cause: BaseException) -> Fault | None:
    if isinstance(cause, aiohttp.ClientProxyConnectionError):
        return Fault.PROXY_UNREACHABLE
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        if cause.status == _PROXY_AUTHENTICATION:
            return Fault.PROXY_REFUSED
        return Fault.PROXY_FAILED
    if isinstance(cause, LineTooLong):
        return Fault.HEADER_LINE_TOO_LONG
    if isinstance(cause, BadHttpMessage | aiohttp.ClientResponseError):
        if "headers" in str(cause).lower() and "many" in str(cause).lower():
            return Fault.HEADERS_TOO_LARGE
        return Fault.NOT_HTTP
    if isinstance(cause, DownloadCancelledError):
        return Fault.PAGE_TOO_LARGE
    if isinstance(
        cause, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError | UnsupportedURLSchemeError
    ):
        return Fault.BAD_ADDRESS
    return _fault_of_connection(cause)


def _fault_of_connection(cause: BaseException) -> Fault | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(cause.verify_code, Fault.CERTIFICATE_BAD)
    if isinstance(cause, ssl.SSLError):
        return Fault.TLS
    if isinstance(cause, socket.gaierror):
        return Fault.NAME_UNKNOWN
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return Fault.CONNECT_TIMEOUT
    if isinstance(cause, DownloadTimeoutError | TimeoutError | asyncio.TimeoutError):
        return Fault.TIMEOUT
    if isinstance(cause, ConnectionRefusedError):
        return Fault.REFUSED
    if isinstance(cause, aiohttp.ServerDisconnectedError):
        return Fault.CLOSED
    if isinstance(cause, ConnectionError):
        return Fault.RESET
    if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
        return Fault.UNREACHABLE
    return None

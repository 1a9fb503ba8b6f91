"""The download handler for URLs that users give: no socket opens to an address that is not allowed.

The check sits where the socket is made, with the very address that it is then connected to. So it
holds for the page, each redirect, robots.txt and each followed link, however the host is written and
whatever the name resolves to the next time.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadFailedError
from scrapy.http import Response

from settings.config import current_config
from settings.values import IPNetwork
from spiders.extensions.page_download import PageDownloadHandler
from spiders.sites.addresses import (
    AddressRefused,
    ProxyRefused,
    literal_address,
    refusal_of_address,
    require_allowed,
)

DNS_SECONDS = 10.0


class CheckedSockets(PageDownloadHandler):
    """No socket of its opens outside of ALLOWED_NETWORKS. With a proxy, the
    socket leads to the proxy."""

    def connector_options(self) -> dict[str, Any]:
        self._allowed = current_config().allowed_networks
        return {"socket_factory": checked_socket_factory(self._allowed)}

    async def download_request(self, request: Request) -> Response:
        try:
            return await super().download_request(request)
        except (DownloadConnectionRefusedError, DownloadFailedError) as error:
            if refusal := _refusal_in(error):
                raise (ProxyRefused() if request.meta.get("proxy") else refusal) from None
            raise


class CheckedDownloadHandler(CheckedSockets):
    """For URLs that users give: with a proxy, the page's own address is looked at as well."""

    async def download_request(self, request: Request) -> Response:
        host = urlsplit(request.url).hostname or ""
        literal = literal_address(host)
        if literal is not None and refusal_of_address(literal, self._allowed):
            # The socket would refuse it as well, had aiohttp not its own opinion of 2130706433.
            raise AddressRefused
        if request.meta.get("proxy"):
            # The proxy opens the socket, so this is the best that can be done.
            await check_name(host, self._allowed)
        return await super().download_request(request)


def checked_socket_factory(
    allowed: Sequence[IPNetwork],
) -> Callable[[tuple[Any, ...]], socket.socket]:
    """For an aiohttp connector. aiohttp calls it for each connection, literal addresses included."""

    def make(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        require_allowed(str(address[0]), allowed)
        return socket.socket(family=family, type=kind, proto=protocol)

    return make


async def check_name(host: str, allowed: Sequence[IPNetwork]) -> None:
    """Look `host` up; raises AddressRefused when any of its addresses is not allowed."""
    async with asyncio.timeout(DNS_SECONDS):
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    for *_, address in found:
        require_allowed(str(address[0]), allowed)


def _refusal_in(error: BaseException) -> AddressRefused | None:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return cause
        cause = cause.__cause__
    return None

"""The browser's way out: a proxy on loopback that opens each socket itself, or goes on through an exit.

Chromium speaks for itself, end to end; here its connections are only led. It can reach nothing else:
the name of every host is looked up here, and its address is checked where the socket opens.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import secrets
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from settings.addresses import address_from_text
from settings.values import IPNetwork
from spiders.sites.addresses import AddressRefused, require_allowed

logger = logging.getLogger(__name__)

HEAD_SECONDS = 20.0
CONNECT_SECONDS = 20.0
MAX_HEAD_BYTES = 64 * 1024
CHUNK_BYTES = 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_OK = b"HTTP/1.1 200 Connection established\r\n\r\n"
_UNKNOWN = (
    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
    b'Proxy-Authenticate: Basic realm="crawler"\r\nContent-Length: 0\r\n\r\n'
)
_REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_FAILED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class ExitRelay:
    """One listening port on loopback for one browser visitor; `password` keeps other programs out.

    `exit_url` None: sockets open from here. `origin_for` gives the address of a server of ours that
    stands for a host, or "".
    """

    def __init__(
        self,
        *,
        exit_url: str | None,
        allowed: Sequence[IPNetwork],
        origin_for: Callable[[str], str],
    ) -> None:
        self._exit_url = exit_url
        self._allowed = allowed
        self._origin_for = origin_for
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.username = "crawler"
        self.password = secrets.token_urlsafe(18)

    async def open(self) -> str:
        """Its address, for the browser."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._lead((reader, writer))
        except asyncio.CancelledError:
            # The relay closes.
            return
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            logger.debug("A connection of the browser failed: %s", type(error).__name__)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _lead(self, browser: Streams) -> None:
        reader, writer = browser
        while True:
            async with asyncio.timeout(HEAD_SECONDS):
                head = await _read_head(reader)
            if self._is_known(head):
                break
            writer.write(_UNKNOWN)
            await writer.drain()
        method, target = head.partition(b"\r\n")[0].decode("latin-1").split(" ")[:2]
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if method == "CONNECT":
                    host, _, port = target.rpartition(":")
                    server = await self._connect(host.strip("[]"), int(port))
                    writer.write(_OK)
                else:
                    server = await self._connect_plain(target)
                    server[1].write(_plain_head(head, target, self._exit_url))
        except AddressRefused:
            logger.warning("The browser asked for %s: ADDRESS_REFUSED", target[:200])
            writer.write(_REFUSED)
            await writer.drain()
            return
        except (OSError, TimeoutError, ssl.SSLError, ValueError):
            writer.write(_FAILED)
            await writer.drain()
            return
        await _join(browser, server)

    def _is_known(self, head: bytes) -> bool:
        given = f"{self.username}:{self.password}".encode()
        wanted = b"basic " + base64.b64encode(given)
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"proxy-authorization":
                scheme, _, token = value.strip().partition(b" ")
                return secrets.compare_digest(scheme.lower() + b" " + token.strip(), wanted)
        return False

    async def _connect(self, host: str, port: int) -> Streams:
        if self._exit_url is None:
            return await self._open_checked(host, port)
        exit_ = urlsplit(self._exit_url)
        server = await self._open_checked(
            exit_.hostname or "", exit_.port or 80, is_tls=exit_.scheme == "https"
        )
        server[1].write(_connect_head(host, port, self._exit_url))
        answer = await _read_head(server[0])
        if answer.split(b" ")[1:2] != [b"200"]:
            server[1].close()
            raise OSError("the exit did not connect")
        return server

    async def _connect_plain(self, target: str) -> Streams:
        """Plain HTTP is for servers of ours alone, which stand for a store's host."""
        origin = urlsplit(self._origin_for(urlsplit(target).hostname or ""))
        if not origin.hostname:
            raise AddressRefused
        if self._exit_url is not None:
            exit_ = urlsplit(self._exit_url)
            return await self._open_checked(
                exit_.hostname or "", exit_.port or 80, is_tls=exit_.scheme == "https"
            )
        return await asyncio.open_connection(origin.hostname, origin.port or 80)

    async def _open_checked(self, host: str, port: int, *, is_tls: bool = False) -> Streams:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        # The very address that is connected to.
        require_allowed(str(address[0]), self._allowed)
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        try:
            await loop.sock_connect(opened, address)
        except BaseException:
            opened.close()
            raise
        if not is_tls:
            return await asyncio.open_connection(sock=opened)
        context = ssl.create_default_context()
        return await asyncio.open_connection(sock=opened, ssl=context, server_hostname=host)


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if len(head) > MAX_HEAD_BYTES:
        raise ValueError("the head is too long")
    return head


def _connect_head(host: str, port: int, exit_url: str) -> bytes:
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    lines += _authorization(exit_url)
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _authorization(exit_url: str) -> list[str]:
    """The header's line; none for an exit without credentials."""
    exit_ = address_from_text(exit_url, ("http", "https"))
    if not exit_.username:
        return []
    token = base64.b64encode(f"{exit_.username}:{exit_.password}".encode()).decode()
    return [f"Proxy-Authorization: Basic {token}"]


def _plain_head(head: bytes, target: str, exit_url: str | None) -> bytes:
    """As a server gets it, or an exit; for one answer, since the next request may be for another host."""
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    method, _, version = first.split(b" ")[:3]
    kept = [line for line in lines if not line.lower().startswith((b"proxy-", b"connection:"))]
    asked = path if exit_url is None else target
    if exit_url is not None:
        kept += [line.encode("latin-1") for line in _authorization(exit_url)]
    request = b" ".join((method, asked.encode("latin-1"), version))
    return b"\r\n".join((request, *kept, b"Connection: close")) + b"\r\n\r\n"


async def _join(browser: Streams, server: Streams) -> None:
    """Bytes both ways, until either side has ended."""
    try:
        await asyncio.wait(
            (
                asyncio.ensure_future(_pump(browser[0], server[1])),
                asyncio.ensure_future(_pump(server[0], browser[1])),
            )
        )
    finally:
        server[1].close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.write_eof() if writer.can_write_eof() else writer.close()

"""A small HTTP/1.1 server: GET, HEAD and POST with a length, keep-alive, pipelining in order."""

import asyncio
import base64
import zlib
from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from sandbox.http.certificate import tls_context
from sandbox.http.gzip_stream import GzipPage
from sandbox.http.messages import Reply, Request, Site

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 1024 * 1024
HTTPS_PORT = ":443"


class BadRequest(Exception):
    """Raised by the reader below; the connection answers `status` and ends."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def request_from_head(head: bytes) -> Request:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(400, f"not an HTTP/1 request line: {lines[0][:80]!r}")
    try:
        urlsplit(words[1])
    except ValueError as problem:
        raise BadRequest(400, f"broken target: {problem}") from problem
    if words[0] not in {"GET", "HEAD", "POST", "CONNECT"}:
        raise BadRequest(405, f"method {words[0][:20]!r} is not served here")
    headers = {"": words[2]}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise BadRequest(400, f"broken header line: {line[:80]!r}")
        headers[name.lower()] = value.strip()
    if "transfer-encoding" in headers:
        raise BadRequest(411, "a body needs a Content-Length")
    return Request(words[0], words[1], headers)


def body_length(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()):
        raise BadRequest(400, f"Content-Length is no number: {text[:20]!r}")
    if int(text) > MAX_BODY_BYTES:
        raise BadRequest(413, "the body is too large")
    return int(text)


def exit_of(request: Request, default: str) -> str:
    """The user name that a proxy is asked with, see `sandbox.visitors`."""
    scheme, _, coded = request.headers.get("proxy-authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return default
    try:
        return base64.b64decode(coded).decode().partition(":")[0] or default
    except ValueError:
        return default


def wants_keep_alive(request: Request) -> bool:
    token = request.headers.get("connection", "").lower()
    return token == "keep-alive" if request.headers[""] == "HTTP/1.0" else token != "close"


@lru_cache(maxsize=256)
def _status_line(status: int) -> str:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: sandbox\r\n"


def encoded(reply: Reply, *, takes_gzip: bool) -> tuple[Sequence[bytes], int, bool]:
    """(chunks, their length, whether they are gzip)."""
    body = reply.body
    if isinstance(body, GzipPage):
        if takes_gzip:
            return body.chunks, body.length, True
        body = body.identity()
    elif reply.is_gzip:
        if takes_gzip:
            return (body,), len(body), True
        body = zlib.decompress(body, wbits=31)
    return (body,), len(body), False


def message(request: Request, reply: Reply) -> list[bytes]:
    chunks, length, is_gzip = encoded(reply, takes_gzip=request.takes_gzip)
    lines = [
        f"{_status_line(reply.status)}Content-Type: {reply.content_type}\r\n"
        f"Content-Length: {length}\r\nVary: Accept-Encoding\r\n"
    ]
    if is_gzip:
        lines.append("Content-Encoding: gzip\r\n")
    lines.extend(f"{name}: {value}\r\n" for name, value in reply.headers)
    lines.append(f"Connection: {'keep-alive' if wants_keep_alive(request) else 'close'}\r\n\r\n")
    head = "".join(lines).encode("latin-1")
    return [head] if request.method == "HEAD" else [head, *chunks]


def first_half(parts: list[bytes]) -> bytes:
    """Whole headers and half of the body, so that the client sees a promise broken."""
    body = b"".join(parts[1:])
    return parts[0] + body[: len(body) // 2]


class Connection(asyncio.Protocol):
    """`exit_name` names the port, where it is one of several; "" leaves the client's address."""

    def __init__(self, site: Site, exit_name: str = "") -> None:
        self._site = site
        self._exit = exit_name
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._is_paused = False
        self._securing: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not inherit from asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=1024 * 1024)
        if not self._exit:
            self._exit = str(self._transport.get_extra_info("peername", ("",))[0])

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._waiting:
            self._waiting.cancel()

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        self._serve()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > MAX_HEAD_BYTES + MAX_BODY_BYTES:
            self._refuse(BadRequest(413, "too much sent ahead"))
        self._serve()

    def _serve(self) -> None:
        """Answer what has arrived, one request after another, unless an answer is held back."""
        while self._transport and not self._waiting and not self._is_paused:
            try:
                request = self._take_request()
            except BadRequest as problem:
                self._refuse(problem)
                return
            if request is None:
                return
            if request.method == "CONNECT":
                self._open_tunnel(request)
                return
            reply = self._site.reply(request)
            if reply.delay_seconds > 0:
                loop = asyncio.get_running_loop()
                self._waiting = loop.call_later(
                    reply.delay_seconds, self._send_late, request, reply
                )
            else:
                self._send(request, reply)

    def _open_tunnel(self, request: Request) -> None:
        """As a proxy: what is asked inside the tunnel is answered here, as the host that was named."""
        assert self._transport
        self._exit = exit_of(request, self._exit)
        self._transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if request.target.endswith(HTTPS_PORT):
            self._securing = asyncio.create_task(self._secure(self._transport))
        else:
            self._serve()

    async def _secure(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        try:
            secured = await loop.start_tls(transport, self, tls_context(), server_side=True)
        except (OSError, asyncio.CancelledError):
            # The client has gone, or speaks no TLS.
            transport.abort()
            return
        self._transport = secured
        self._serve()

    def _take_request(self) -> Request | None:
        end = self._buffer.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES)
        if end < 0:
            if len(self._buffer) >= MAX_HEAD_BYTES:
                raise BadRequest(431, "the header is too long")
            return None
        request = request_from_head(bytes(self._buffer[:end]))
        length = body_length(request)
        if len(self._buffer) < end + 4 + length:
            is_asked = request.headers.get("expect", "").lower() == "100-continue"
            if is_asked and len(self._buffer) == end + 4 and self._transport:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        body = bytes(self._buffer[end + 4 : end + 4 + length])
        del self._buffer[: end + 4 + length]
        exit_name = exit_of(request, self._exit)
        return Request(request.method, request.target, request.headers, body, exit_name)

    def _send_late(self, request: Request, reply: Reply) -> None:
        self._waiting = None
        self._send(request, reply)
        self._serve()

    def _send(self, request: Request, reply: Reply) -> None:
        if not self._transport:
            return
        parts = message(request, reply)
        if reply.is_cut:
            self._transport.write(first_half(parts))
            self._transport.close()
            self._transport = None
            return
        self._transport.writelines(parts)
        if not wants_keep_alive(request):
            self._transport.close()
            self._transport = None

    def _refuse(self, problem: BadRequest) -> None:
        if self._transport:
            reply = Reply(problem.status, f"{problem}\n".encode(), "refused", "text/plain")
            request = Request("GET", "/", {"": "HTTP/1.1", "connection": "close"})
            self._transport.writelines(message(request, reply))
            self._transport.close()
            self._transport = None


async def start(site: Site, *, host: str, port: int, exit_name: str = "") -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(site, exit_name), host, port, backlog=1024)

"""The browser's way out: who may use it, and where it leads."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
from collections.abc import Awaitable, Callable

from spiders.extensions.exit_relay import ExitRelay

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


async def talk(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    try:
        async with asyncio.timeout(5):
            return await reader.read(65_536)
    finally:
        writer.close()


async def echoing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"heard " + await reader.readline())
    await writer.drain()
    writer.close()


def with_relay(
    check: Callable[[ExitRelay, int], Awaitable[None]],
    *,
    exit_url: str | None = None,
    allowed: tuple[ipaddress.IPv4Network, ...] = LOOPBACK,
    origin: str = "",
) -> None:
    async def run() -> None:
        relay = ExitRelay(exit_url=exit_url, allowed=allowed, origin_for=lambda host: origin)
        port = int((await relay.open()).rpartition(":")[2])
        try:
            await check(relay, port)
        finally:
            await relay.close()

    asyncio.run(run())


def credentials(relay: ExitRelay) -> bytes:
    token = base64.b64encode(f"{relay.username}:{relay.password}".encode())
    return b"Proxy-Authorization: Basic " + token + b"\r\n"


async def serve(handler: Callable[..., Awaitable[None]]) -> tuple[asyncio.Server, int]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


def test_other_programs_are_kept_out() -> None:
    async def check(relay: ExitRelay, port: int) -> None:
        for line in (b"", b"Proxy-Authorization: Basic eDp5\r\n", b"Proxy-Authorization: x\r\n"):
            sent = b"CONNECT 127.0.0.1:9 HTTP/1.1\r\n" + line + b"\r\n"
            assert (await talk(port, sent)).startswith(b"HTTP/1.1 407 ")

    with_relay(check)


def test_a_tunnel_leads_to_the_host() -> None:
    async def check(relay: ExitRelay, port: int) -> None:
        server, target = await serve(echoing)
        async with server:
            head = f"CONNECT 127.0.0.1:{target} HTTP/1.1\r\n".encode() + credentials(relay)
            answer = await talk(port, head + b"\r\nhello\n")
        assert answer.startswith(b"HTTP/1.1 200 ")

    with_relay(check)


def test_a_private_address_is_refused_where_the_socket_opens() -> None:
    async def check(relay: ExitRelay, port: int) -> None:
        for host in ("127.0.0.1", "localhost", "169.254.169.254", "10.0.0.1", "[::1]"):
            head = f"CONNECT {host}:80 HTTP/1.1\r\n".encode() + credentials(relay)
            assert (await talk(port, head + b"\r\n")).startswith(b"HTTP/1.1 403 "), host

    with_relay(check, allowed=())


def test_an_exit_is_asked_with_its_own_credentials() -> None:
    heard: list[bytes] = []

    async def exit_(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nfrom behind")
        await writer.drain()
        writer.close()

    async def run() -> None:
        server, exit_port = await serve(exit_)
        url = f"http://me:p%40ss@127.0.0.1:{exit_port}"
        relay = ExitRelay(exit_url=url, allowed=LOOPBACK, origin_for=lambda host: "")
        port = int((await relay.open()).rpartition(":")[2])
        async with server:
            head = b"CONNECT www.amazon.com:443 HTTP/1.1\r\n" + credentials(relay) + b"\r\n"
            answer = await talk(port, head)
        await relay.close()
        assert answer.startswith(b"HTTP/1.1 200 ")

    asyncio.run(run())
    (head,) = heard
    assert head.startswith(b"CONNECT www.amazon.com:443 HTTP/1.1\r\n")
    assert base64.b64encode(b"me:p@ss") in head


def test_an_exit_that_refuses_is_a_bad_gateway() -> None:
    async def run() -> None:
        async def exit_(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 407 No\r\n\r\n")
            await writer.drain()
            writer.close()

        server, exit_port = await serve(exit_)
        relay = ExitRelay(
            exit_url=f"http://127.0.0.1:{exit_port}", allowed=LOOPBACK, origin_for=lambda host: ""
        )
        port = int((await relay.open()).rpartition(":")[2])
        async with server:
            head = b"CONNECT www.amazon.com:443 HTTP/1.1\r\n" + credentials(relay) + b"\r\n"
            assert (await talk(port, head)).startswith(b"HTTP/1.1 502 ")
        await relay.close()

    asyncio.run(run())


def test_plain_http_is_for_servers_of_ours_alone() -> None:
    async def check(relay: ExitRelay, port: int) -> None:
        head = b"GET http://www.amazon.com/x HTTP/1.1\r\n" + credentials(relay)
        assert (await talk(port, head + b"\r\n")).startswith(b"HTTP/1.1 403 ")

    with_relay(check)

    heard: list[bytes] = []

    async def ours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhere")
        await writer.drain()
        writer.close()

    async def run() -> None:
        server, origin_port = await serve(ours)
        relay = ExitRelay(
            exit_url=None,
            allowed=(),
            origin_for=lambda host: f"http://127.0.0.1:{origin_port}",
        )
        port = int((await relay.open()).rpartition(":")[2])
        async with server:
            head = b"GET http://sandbox.test/x?y=1 HTTP/1.1\r\nHost: sandbox.test\r\n"
            answer = await talk(port, head + credentials(relay) + b"\r\n")
        await relay.close()
        assert answer.endswith(b"here")

    asyncio.run(run())
    assert heard[0].startswith(b"GET /x?y=1 HTTP/1.1\r\nHost: sandbox.test\r\n")
    assert b"roxy" not in heard[0], "what is meant for the relay stays there"

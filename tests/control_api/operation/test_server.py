"""What the event loop in front of the app does: read whole bodies, send streams, keep threads free."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from control_api.http.end_watch import EndWatch
from control_api.http.waiting import Places
from control_api.server import Server
from settings.config import Config
from tests.control_api.conftest import Tenant
from tests.control_api.processes import running_api

MAX_BYTES = 1000


@pytest.fixture
def url(config: Config, tmp_path: Path) -> Iterator[str]:
    with running_api(config, tmp_path / "api.log", environ={"API_THREADS": "2"}) as url:
        yield url


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)


def test_clients_that_send_slowly_hold_no_thread(url: str, tenant: Tenant) -> None:
    head = (
        "POST /projects HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {tenant.token}\r\nContent-Length: 19\r\n\r\n"
    )
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(url)) for _ in range(10)]
        for client in slow:
            client.sendall(head.encode() + b'{"name":')
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        connection.request("GET", "/projects", headers=tenant.headers)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.close()
        connection.close()
        slow[0].sendall(b' "project"}')
        assert slow[0].recv(65_536).startswith(b"HTTP/1.1 201")


def test_a_chunked_body_is_read(url: str, tenant: Tenant) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    headers = {**tenant.headers, "Content-Type": "application/json"}
    body: Iterable[bytes] = iter([b'{"name": ', b'"in pieces"}'])
    connection.request("POST", "/projects", body=body, headers=headers, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 201
    assert json.loads(answer.read())["data"]["name"] == "in pieces"
    answer.close()
    connection.close()


class Call:
    """One request to a Server by hand: what is received, and what was sent."""

    def __init__(self, app: Callable[..., Any], **scope: Any) -> None:
        self.server = Server(
            app,
            threads=1,
            max_body_bytes=MAX_BYTES,
            places=Places(1),
            ends=EndWatch(lambda job_ids: (), count_defect=lambda place: None),
        )
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "http_version": "1.1",
            "headers": [],
            **scope,
        }
        self.sent: list[Any] = []
        self.incoming: asyncio.Queue[Any] = asyncio.Queue()

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    async def _receive(self) -> Any:
        return await self.incoming.get()

    def run(self, *messages: Any) -> bytes:
        async def run() -> None:
            for message in messages or ({"type": "http.request"},):
                self.incoming.put_nowait(message)
            await self.server(self.scope, self._receive, self._send)

        asyncio.run(run())
        return b"".join(message.get("body", b"") for message in self.sent)


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [("X-Seen", "yes")])
    seen = {name: value for name, value in environ.items() if isinstance(value, str)}
    body = environ["wsgi.input"].read().decode()
    return [json.dumps({**seen, "body": body}).encode()]


def test_path_and_headers_are_as_wsgi_has_them() -> None:
    call = Call(
        echo,
        raw_path=b"/caf%C3%A9%3Fa%2Fb",
        query_string=b"x=%20",
        headers=[(b"x-two", b"1"), (b"x-two", b"2"), (b"cookie", b"a=1"), (b"cookie", b"b=2")],
        client=("192.0.2.1", 1234),
    )
    seen = json.loads(call.run())
    assert seen["PATH_INFO"] == "/caf\u00c3\u00a9?a/b"
    assert seen["QUERY_STRING"] == "x=%20"
    assert (seen["HTTP_X_TWO"], seen["HTTP_COOKIE"]) == ("1,2", "a=1; b=2")
    assert seen["REMOTE_ADDR"] == "192.0.2.1"
    assert call.sent[0]["headers"] == [(b"x-seen", b"yes")]


def test_a_header_with_an_underscore_cannot_stand_for_a_proxys() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.1"), (b"x_forwarded_for", b"203.0.113.9")]
    assert json.loads(Call(echo, headers=headers).run())["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


def test_no_more_is_read_of_a_body_than_shows_that_it_is_too_long() -> None:
    part = {"type": "http.request", "body": b"x" * 600, "more_body": True}
    call = Call(echo, method="POST", headers=[(b"transfer-encoding", b"chunked")])
    assert len(json.loads(call.run(part, part, part))["body"]) == 1200
    declared = Call(echo, method="POST", headers=[(b"content-length", b"5000")])
    assert json.loads(declared.run(part))["body"] == ""


def test_a_client_that_leaves_is_not_served() -> None:
    call = Call(echo, method="POST")
    part = {"type": "http.request", "body": b"x", "more_body": True}
    assert call.run(part, {"type": "http.disconnect"}) == b""
    assert call.sent == []


def test_a_stream_that_breaks_is_not_ended_as_if_it_were_whole() -> None:
    closed = []

    class Rows:
        def __iter__(self) -> Iterator[bytes]:
            yield b"x" * 70_000
            raise ValueError("the store went away")

        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Rows:
        start("200 OK", [])
        return Rows()

    call = Call(app)
    with pytest.raises(ValueError, match="went away"):
        call.run()
    assert [message.get("more_body") for message in call.sent] == [None, True]
    assert closed == [True]


def test_a_stream_ends_when_its_client_leaves() -> None:
    closed = []

    class Rows:
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"x" * 70_000

        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Rows:
        start("200 OK", [])
        return Rows()

    call = Call(app)
    call.run({"type": "http.request"}, {"type": "http.disconnect"})
    assert closed == [True]

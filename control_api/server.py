"""The WSGI app behind an event loop.

A thread works on a request only while the app computes: the event loop reads bodies and sends
answers, so slow clients hold no thread. What needs neither thread nor store is answered in the loop
itself, and therefore also while every thread waits for a store that is away.
"""

from __future__ import annotations

import asyncio
import io
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any
from urllib.parse import unquote_to_bytes

from control_api.http.end_watch import EndWatch
from control_api.http.waiting import WAITING, Late, Places, Wait, Waiting

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# An orchestrator kills a process whose liveness does not answer: it must not wait for a thread.
ANSWERED_IN_LOOP = frozenset({"/health/live"})
# What is sent at once of a streamed answer: so many bytes, or what came in that time.
_PART_BYTES = 64 * 1024
_PART_SECONDS = 0.05


class Server:
    """An ASGI app. `threads`: how many requests the WSGI app may work on at the same time.

    `places`: how many requests may wait for the end of their job, beside those; `ends` tells them.
    """

    def __init__(
        self, app: WsgiApp, *, threads: int, max_body_bytes: int, places: Places, ends: EndWatch
    ) -> None:
        self._places = places
        self._ends = ends
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._serve_lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve_request(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in ANSWERED_IN_LOOP:
            answer = _Answer(self._app, _environ(scope, b""))
            part, _ = answer.begin()
            await answer.send_start(send)
            await _send_part(send, part, is_last=True)
            return
        body = await self._read_body(scope, receive)
        if body is not None:
            waiting = Waiting(self._places)
            environ = {**_environ(scope, body), WAITING: waiting}
            try:
                await self._answer(_Answer(self._app, environ), waiting, receive, send)
            finally:
                waiting.leave()

    async def _read_body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body, or as much of it as shows that it is too long. None: the client has gone."""
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > self._max_body_bytes:
            return b""
        body = bytearray()
        is_whole = False
        while not is_whole and len(body) <= self._max_body_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            is_whole = not message.get("more_body", False)
        return bytes(body)

    async def _answer(
        self, answer: _Answer, waiting: Waiting, receive: Receive, send: Send
    ) -> None:
        run = asyncio.get_running_loop().run_in_executor
        part, is_last = await run(self._threads, answer.begin)
        if waiting.wait is not None:
            if not is_last:
                await run(self._threads, answer.close)
            if await self._has_gone_before(waiting.wait, receive):
                return
            late = await run(self._threads, waiting.wait.again)
            part, is_last = late.body, True
            answer.replace(late)
        await answer.send_start(send)
        await _send_part(send, part, is_last=is_last)
        if is_last:
            return
        gone = asyncio.ensure_future(_wait_until_gone(receive))
        try:
            while not is_last and not gone.done():
                part, is_last = await run(self._threads, answer.pull)
                await _send_part(send, part, is_last=is_last)
        finally:
            gone.cancel()
            await run(self._threads, answer.close)

    async def _has_gone_before(self, wait: Wait, receive: Receive) -> bool:
        """Waits for what the request waits for; true when the client did not."""
        gone = asyncio.ensure_future(_wait_until_gone(receive))
        ended = asyncio.ensure_future(self._until(wait))
        try:
            await asyncio.wait({gone, ended}, return_when=asyncio.FIRST_COMPLETED)
            return gone.done()
        finally:
            gone.cancel()
            ended.cancel()

    async def _until(self, wait: Wait) -> None:
        if isinstance(wait.until, str):
            await self._ends.until_ended(wait.until, wait.seconds)
        else:
            await asyncio.wait({asyncio.wrap_future(wait.until)}, timeout=wait.seconds)

    async def _serve_lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                _call_at_sigterm(self._ends.close)
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return


class _Answer:
    """One request's way through the WSGI app. `begin`, `pull` and `close` may block."""

    def __init__(self, app: WsgiApp, environ: Environ) -> None:
        self._app = app
        self._environ = environ
        self._start: Message = {}
        self._iterable: Iterable[bytes] = ()

    def begin(self) -> tuple[bytes, bool]:
        """The first part, and whether it is all: then nothing is left to close."""
        self._iterable = self._app(self._environ, self._remember_start)
        self._parts = iter(self._iterable)
        part, is_last = self.pull()
        if is_last:
            self.close()
        return part, is_last

    def pull(self) -> tuple[bytes, bool]:
        """The next part, and whether it is the last."""
        part = bytearray()
        until = time.monotonic() + _PART_SECONDS
        for chunk in self._parts:
            part += chunk
            if len(part) >= _PART_BYTES or time.monotonic() > until:
                return bytes(part), False
        return bytes(part), True

    def close(self) -> None:
        close = getattr(self._iterable, "close", None)
        if close is not None:
            close()

    def replace(self, late: Late) -> None:
        replaced = {"content-length": str(len(late.body))}
        replaced |= {name.lower(): value for name, value in late.headers.items()}
        ours = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in replaced.items()
        ]
        others = [pair for pair in self._start["headers"] if pair[0] not in dict(ours)]
        self._start["headers"] = [*others, *ours]
        self._start["status"] = late.status or self._start["status"]

    async def send_start(self, send: Send) -> None:
        await send(self._start)

    def _remember_start(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> None:
        self._start = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
            ],
        }


def _environ(scope: Scope, body: bytes) -> Environ:
    """The request as PEP 3333 has it. Header names with an underscore are dropped: they would
    stand for the same name with a hyphen, which a proxy in front may have set or removed."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    path = unquote_to_bytes(scope["raw_path"].partition(b"?")[0])
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0] or "localhost",
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        # Also for a chunked body, which has no length.
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        if key in environ:
            value = f"{environ[key]}{'; ' if name == 'COOKIE' else ','}{value}"
        environ[key] = value
    return environ


async def _send_part(send: Send, part: bytes, *, is_last: bool) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": not is_last})


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _call_at_sigterm(release: Callable[[], None]) -> None:
    """granian ends the lifespan only after the last open request, so a request that waits must learn of
    the signal itself. Beside the handler of the event loop, which stays: it listens at a file descriptor."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(release)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, handle)
    # As the loop has it: a signal interrupts no system call.
    signal.siginterrupt(signal.SIGTERM, False)

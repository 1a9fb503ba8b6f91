"""A TCP relay on loopback that can pass on, refuse, or drop packets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self

from deploy.embedded.ports import free_port

_HOST = "127.0.0.1"


class Relay:
    """Listens on `port`, passes on to `target`. A context manager; it begins by passing on."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._black_hole: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._begin())
        self._run(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def pass_on(self) -> None:
        """What was held back goes on its way now, as TCP would send it again."""
        self._run(self._pass_on())

    def refuse(self) -> None:
        """Connections are reset, and new ones refused."""
        self._run(self._refuse())

    def drop(self) -> None:
        """Connections fall silent; who connects hears nothing."""
        self._run(self._drop())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _begin(self) -> None:
        self._passes = asyncio.Event()
        self._passes.set()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, _HOST, self.port)

    async def _pass_on(self) -> None:
        self._close_black_hole()
        self._passes.set()
        if self._server is None:
            await self._listen()

    async def _refuse(self) -> None:
        self._close_black_hole()
        self._stop_listening()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _drop(self) -> None:
        self._passes.clear()
        self._stop_listening()
        # Linux drops the SYN that finds the queue of accepted connections full.
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, self.port))
        listener.listen(0)
        self._black_hole.append(listener)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect((_HOST, self.port))
            self._black_hole.append(filler)

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _close_black_hole(self) -> None:
        while self._black_hole:
            self._black_hole.pop().close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(_HOST, self._target)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, far_writer}
        self._writers |= pair
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= pair

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        # The end of a silent connection is not heard on the other side either.
        await self._passes.wait()
        writer.close()

"""Passes TCP connections on: `python relay.py LISTEN_HOST TARGET_HOST PORT...`, same ports on both sides."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, TimeoutError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def serve(listen_host: str, target_host: str, port: int) -> None:
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(target_host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = await asyncio.start_server(relay, listen_host, port)
    await server.serve_forever()


async def main() -> None:
    listen_host, target_host, *ports = sys.argv[1:]
    await asyncio.gather(*(serve(listen_host, target_host, int(port)) for port in ports))


if __name__ == "__main__":
    asyncio.run(main())

"""Pages that hurt whoever reads them: `python -m tests.site_crawl.hostile`.

GET /__hits tells how often each path was asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import sys
from collections import Counter
from pathlib import Path

from aiohttp import web

# Four descendant steps over it take minutes.
DEPTH = 200
LEAVES = 80
# To a crawler each of them is a host of its own.
ADDRESSES = tuple(f"127.0.0.{number}" for number in range(1, 61))
SLOW_SELECTOR = "* * * *"
QUICK = "<html><body><h1>Quick</h1></body></html>"


def deep_html(depth: int = DEPTH, leaves: int = LEAVES) -> str:
    opened = ("<div>" + "<i>x</i>" * leaves) * depth
    return f"<html><body>{opened}<h1>Deep</h1>{'</div>' * depth}</body></html>"


def links_html(count: int = 100_000) -> str:
    anchors = "".join(f'<a href="/leaf/{number}">{number}</a>' for number in range(count))
    return f"<html><body><h1>Links</h1>{anchors}</body></html>"


class HostileSite:
    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        # Of the request that is answered next.
        self.cookies = ""
        self.robots = ""
        self.bomb = gzip.compress(gzip.compress(b"<p>boom</p>" * 20_000_000, 1))
        self.deep = deep_html()
        self.links = links_html()
        self.nested = "<div>" * 120_000 + "x"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Raw: what no HTTP library lets one send."""
        try:
            while line := await reader.readline():
                path = line.split()[1].decode()
                self.cookies = ""
                while header := (await reader.readline()).strip():
                    if header.lower().startswith(b"cookie:"):
                        self.cookies = header.partition(b":")[2].decode().strip()
                if path != "/__hits":
                    self.hits[path] += 1
                if not await self.answer(path, writer):
                    break
        except (ConnectionError, IndexError):
            pass
        finally:
            writer.close()

    async def answer(self, path: str, writer: asyncio.StreamWriter) -> bool:
        """False: the connection ends."""
        name, _, query = path.lstrip("/").partition("?")
        name = name.partition("/")[0]
        if name == "__hits":
            body = web.json_response(dict(self.hits)).text or ""
            return await self.send(writer, body, kind="application/json")
        answers = {"quick": QUICK, "deep": self.deep, "links": self.links, "leaf": QUICK}
        if name in answers:
            return await self.send(writer, answers[name])
        odd = getattr(self, f"answer_{name.replace('-', '_').replace('.', '_')}", None)
        if odd is None:
            return await self.send(writer, "nothing here", status="404 Not Found")
        return bool(await odd(writer, query))

    async def send(
        self,
        writer: asyncio.StreamWriter,
        body: str | bytes,
        *,
        status: str = "200 OK",
        kind: str = "text/html; charset=utf-8",
        more: bytes = b"",
    ) -> bool:
        raw = body.encode() if isinstance(body, str) else body
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\n"
        writer.write(head.encode() + more + b"\r\n" + raw)
        await writer.drain()
        return True

    async def answer_set_robots(self, writer: asyncio.StreamWriter, query: str) -> bool:
        """What robots.txt is from now on: a file, or `loop`."""
        self.robots = query
        return await self.send(writer, "")

    async def answer_robots_txt(self, writer: asyncio.StreamWriter, query: str) -> bool:
        if self.robots == "loop":
            more = b"Location: /robots.txt\r\n"
            return await self.send(writer, "", status="302 Found", more=more)
        if not self.robots:
            return await self.send(writer, "", status="404 Not Found")
        return await self.send(writer, Path(self.robots).read_bytes(), kind="text/plain")

    async def answer_cookie(self, writer: asyncio.StreamWriter, query: str) -> bool:
        """Wants a cookie, and leads back to itself for it."""
        if "visit=1" in self.cookies:
            return await self.send(writer, "<h1>Come in</h1>")
        more = b"Location: /cookie\r\nSet-Cookie: visit=1; Path=/\r\n"
        return await self.send(writer, "", status="302 Found", more=more)

    async def answer_cookie_by_way(self, writer: asyncio.StreamWriter, query: str) -> bool:
        """The same by way of another address."""
        if "way=1" in self.cookies:
            return await self.send(writer, "<h1>Come in</h1>")
        return await self.send(
            writer, "", status="302 Found", more=b"Location: /cookie-way\r\nSet-Cookie: a=b\r\n"
        )

    async def answer_cookie_way(self, writer: asyncio.StreamWriter, query: str) -> bool:
        more = b"Location: /cookie-by-way\r\nSet-Cookie: way=1; Path=/\r\n"
        return await self.send(writer, "", status="302 Found", more=more)

    async def answer_cookie_loop(self, writer: asyncio.StreamWriter, query: str) -> bool:
        more = b"Location: /cookie-loop\r\nSet-Cookie: same=1; Path=/\r\n"
        return await self.send(writer, "", status="302 Found", more=more)

    async def answer_shows_cookies(self, writer: asyncio.StreamWriter, query: str) -> bool:
        return await self.send(
            writer,
            f"<h1>[{self.cookies}]</h1><a href=/shows-cookies/leaf/2>2</a>",
            more=b"Set-Cookie: seen=1; Path=/\r\n",
        )

    async def answer_bomb(self, writer: asyncio.StreamWriter, query: str) -> bool:
        return await self.send(writer, self.bomb, more=b"Content-Encoding: gzip\r\n")

    async def answer_nested(self, writer: asyncio.StreamWriter, query: str) -> bool:
        return await self.send(writer, self.nested)

    async def answer_loop(self, writer: asyncio.StreamWriter, query: str) -> bool:
        more = f"Location: /loop?{int(query or 0) + 1}\r\n".encode()
        return await self.send(writer, "", status="302 Found", more=more)

    async def answer_drip(self, writer: asyncio.StreamWriter, query: str) -> bool:
        """A byte now and then, for ever."""
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n"
        )
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.2)
        return False

    async def answer_silent(self, writer: asyncio.StreamWriter, query: str) -> bool:
        await asyncio.sleep(3600)
        return False

    async def answer_dripping_head(self, writer: asyncio.StreamWriter, query: str) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"X-Drip: 1\r\n")
            await writer.drain()
            await asyncio.sleep(0.2)
        return False

    async def answer_large_head(self, writer: asyncio.StreamWriter, query: str) -> bool:
        """30 MB in header lines of 8 kB."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
        for number in range(3_750):
            writer.write(b"X-Large-%d: %s\r\n" % (number, b"a" * 8_000))
            await writer.drain()
        return False

    async def answer_large_line(self, writer: asyncio.StreamWriter, query: str) -> bool:
        """30 MB in one line."""
        writer.write(b"HTTP/1.1 200 OK\r\nX-Large: ")
        for _ in range(3_750):
            writer.write(b"a" * 8_000)
            await writer.drain()
        return False

    async def answer_long_line(self, writer: asyncio.StreamWriter, query: str) -> bool:
        size = int(query)
        more = b"X-Long: " + b"a" * (size - 8) + b"\r\n"
        return await self.send(writer, QUICK, more=more)


async def serve(port: int) -> None:
    site = HostileSite()
    server = await asyncio.start_server(site.handle, "127.0.0.1", port)
    port = server.sockets[0].getsockname()[1]
    more = [await asyncio.start_server(site.handle, other, port) for other in ADDRESSES[1:]]
    sys.stdout.write(f"listening on http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    await asyncio.gather(*(one.serve_forever() for one in (server, *more)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()

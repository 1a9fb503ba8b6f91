"""A site to crawl: a tree of pages with cycles, duplicates, traps, broken and hostile links.

`python -m tests.site_crawl.server --pages 5000`; GET /__hits tells how often each path was asked for.
"""

import argparse
import asyncio
import gzip
import html
import sys
from collections import Counter

from aiohttp import web

from tests.spiders.little_store import coded

FANOUT = 10
WORDS = [
    "lamp",
    "desk",
    "chair",
    "table",
    "shelf",
    "light",
    "wood",
    "steel",
    "glass",
    "round",
    "small",
    "large",
]
TRAP_START = "/calendar/2026/1"
_ELEMENT = '<div class="review"><span>Stands well</span><i title="4.0">4 of 5</i></div>\n'


def path_of(number: int) -> str:
    return f"/p/{number}" if number else "/"


class Site:
    def __init__(
        self,
        pages: int,
        *,
        hostile: bool,
        closes: bool = False,
        latency_seconds: float = 0.0,
        filling: str = "",
    ) -> None:
        self.filling = filling
        self.closes = closes
        self.latency_seconds = latency_seconds
        self.pages = pages
        self.hostile = hostile
        self.hits: Counter[str] = Counter()
        self.bomb = gzip.compress(b"<p>boom</p>" * 2_000_000)

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/__hits", self.get_hits)
        app.router.add_get("/robots.txt", self.get_robots)
        app.router.add_get("/", self.get_page)
        app.router.add_get("/p/{number}", self.get_page)
        app.router.add_get("/private/{name}", self.get_private)
        app.router.add_get("/calendar/{year}/{month}", self.get_calendar)
        app.router.add_get("/old/{number}", self.get_moved)
        app.router.add_get("/links", self.get_links)
        app.router.add_get("/script", self.get_script)
        app.router.add_get("/data.json", self.get_data)
        app.router.add_get("/to", self.get_to)
        app.router.add_get("/loop", self.get_loop)
        app.router.add_get("/huge", self.get_huge)
        app.router.add_get("/bomb", self.get_bomb)
        app.router.add_get("/cut/{how}", self.get_cut)
        app.router.add_get("/sloppy", self.get_sloppy)
        app.router.add_get("/binary", self.get_binary)
        app.router.add_get("/broken", self.get_broken)
        app.router.add_get("/leaves", self.get_leaves)
        app.router.add_get("/quotes/{number}", self.get_quotes)
        app.router.add_get("/books/{number}", self.get_books)
        app.router.add_get("/charset/{name}", self.get_charset)
        app.router.add_get("/robots-hop", self.get_robots_hop)
        app.middlewares.append(self.count)
        return app

    @web.middleware
    async def count(self, request: web.Request, handler) -> web.StreamResponse:
        if request.path != "/__hits":
            self.hits[request.path_qs] += 1
            await asyncio.sleep(self.latency_seconds)
        response = await handler(request)
        if self.closes:
            response.force_close()
        return response

    async def get_hits(self, request: web.Request) -> web.Response:
        return web.json_response(dict(self.hits))

    async def get_robots(self, request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nDisallow: /private/\n")

    async def get_page(self, request: web.Request) -> web.Response:
        number = int(request.match_info.get("number", 0))
        if number >= self.pages:
            return web.Response(status=404, text="no such page")
        if self.hostile and number % 211 == 60 and self.hits[request.path_qs] == 1:
            return web.Response(status=429, headers={"Retry-After": "0"}, text="slow down")
        if self.hostile and number % 211 == 90 and self.hits[request.path_qs] == 1:
            return web.Response(status=500, text="oops")
        body = self.page_html(number, request.host)
        if self.hostile and number % 97 == 50:
            # Says UTF-8 and is not.
            return web.Response(
                body=body.encode("latin-1", errors="replace"),
                headers={"Content-Type": "text/html; charset=utf-8"},
            )
        return web.Response(text=body, content_type="text/html")

    def page_html(self, number: int, host: str) -> str:
        first = number * FANOUT + 1
        links = [path_of(child) for child in range(first, min(first + FANOUT, self.pages))]
        links += ["/", path_of(max(0, number - 1)), path_of(number) + "#part", path_of(number // 2)]
        links += [path_of((number * 7 + step * 13) % self.pages) for step in range(20)]
        if self.hostile and number == 0:
            links += ["/private/0", "/huge", "/bomb", "/binary", "/broken", "/missing", "/leaves"]
            links += [TRAP_START, "/old/3", "/old/4?b=2&a=1", "/old/4?a=1&b=2", "/file.zip"]
            links += [f"http://localhost:{host.rpartition(':')[2]}/elsewhere"]
        anchors = "\n".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
        text = " ".join(WORDS[(number + step) % len(WORDS)] for step in range(200))
        return (
            f"<!doctype html><html><head><title>Page {number}</title></head><body>"
            f'<h1>Page {number}</h1><span class="price">${number}.99</span>'
            f'<p class="café">{text}</p><ul>{anchors}</ul>{self.filling}</body></html>'
        )

    async def get_private(self, request: web.Request) -> web.Response:
        return web.Response(text="<h1>private</h1>", content_type="text/html")

    async def get_calendar(self, request: web.Request) -> web.Response:
        year, month = int(request.match_info["year"]), int(request.match_info["month"])
        following = f"/calendar/{year + month // 12}/{month % 12 + 1}"
        text = f'<h1>{month}/{year}</h1><a href="{following}">next month</a>'
        return web.Response(text=text, content_type="text/html")

    async def get_moved(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/p/{request.match_info['number']}")

    async def get_loop(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/loop")

    async def get_script(self, request: web.Request) -> web.Response:
        """Its heading comes by script; the script also tries what it must not reach."""
        others = "".join(f"fetch({to!r}).catch(() => 0);" for to in request.query.getall("to", []))
        sockets = "".join(f"new WebSocket({to!r});" for to in request.query.getall("ws", []))
        script = (
            f"{others}{sockets}"
            "fetch('/data.json').then(r => r.json()).then(data => {"
            "const h1 = document.createElement('h1'); h1.textContent = data.title;"
            "const a = document.createElement('a'); a.href = '/p/7';"
            "document.body.append(h1, a); });"
        )
        text = f"<html><body><div id=app></div><script>{script}</script></body></html>"
        return web.Response(text=text, content_type="text/html")

    async def get_data(self, request: web.Request) -> web.Response:
        return web.json_response({"title": "By script"})

    async def get_links(self, request: web.Request) -> web.Response:
        """Links to each `to` of the query."""
        anchors = "".join(f'<a href="{html.escape(to)}">x</a>' for to in request.query.getall("to"))
        return web.Response(text=f"<h1>Links</h1>{anchors}", content_type="text/html")

    async def get_to(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(request.query["url"])

    async def get_huge(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        try:
            while True:
                await response.write(b"<p>more and more</p>" * 5_000)
        except ConnectionError:
            return response

    async def get_bomb(self, request: web.Request) -> web.Response:
        headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
        return web.Response(body=self.bomb, headers=headers)

    async def get_sloppy(self, request: web.Request) -> web.Response:
        """Its author has closed nothing."""
        html = '<html><body><div id=list><table><tr><td><div class="row"><b>Row 1</b>'
        return web.Response(text=html, content_type="text/html")

    async def get_cut(self, request: web.Request) -> web.StreamResponse:
        """100 rows that stop in the middle; `how`: a coding, `length`, `chunks`, `html`, `closed`, `xml`."""
        how = request.match_info["how"]
        rows = "".join(f'<div class="row"><b>Row {number}</b></div>' for number in range(100))
        html = f"<html><body><div id=list>{rows}</div></body></html>".encode()
        half = html[: len(html) // 2]
        headers = {"Content-Type": "text/html"}
        if how == "html":
            # Inside of a tag: an element that is open is no proof where the length is right.
            return web.Response(body=half[: half.rindex(b"<") + 2], headers=headers)
        if how == "xml":
            headers = {"Content-Type": "application/xml"}
            return web.Response(body=f"<list>{rows}".encode(), headers=headers)
        if how in ("length", "chunks", "closed"):
            return await self.break_off(request, html, half, how)
        whole = coded(how, html)
        headers["Content-Encoding"] = how
        return web.Response(body=whole[: len(whole) * 2 // 3], headers=headers)

    async def break_off(
        self, request: web.Request, html: bytes, half: bytes, how: str
    ) -> web.StreamResponse:
        head = {
            "length": b"Content-Length: %d\r\n" % len(html),
            "chunks": b"Transfer-Encoding: chunked\r\n",
            "closed": b"Connection: close\r\n",
        }[how]
        body = b"%x\r\n%s\r\n" % (len(half), half) if how == "chunks" else half
        assert request.transport is not None
        request.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head + b"\r\n" + body
        )
        request.transport.close()
        return web.Response()

    async def get_binary(self, request: web.Request) -> web.Response:
        return web.Response(body=b"\x89PNG\r\n\x1a\n" + bytes(64), content_type="image/png")

    async def get_broken(self, request: web.Request) -> web.Response:
        return web.Response(status=500, text="always")

    async def get_leaves(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"http://localhost:{request.url.port}/elsewhere")

    async def get_robots_hop(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/private/hop")

    async def get_quotes(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        quotes = "".join(
            f'<div class="quote"><span class="text">Words {number}.{place}</span>'
            f'<small class="author">Author {place}</small>'
            f'<div class="tags"><a class="tag">a</a><a class="tag">b</a></div></div>'
            for place in range(10)
        )
        following = f'<li class="next"><a href="/quotes/{number + 1}">Next</a></li>'
        text = f"<html><body>{quotes}<ul>{following if number < 5 else ''}</ul></body></html>"
        return web.Response(text=text, content_type="text/html")

    async def get_books(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        books = "".join(
            f'<article class="product_pod"><h3><a href="../book_{number}_{place}/index.html"'
            f' title="Book {number}.{place}">Book {number}...</a></h3>'
            f'<p class="price_color">£{number}{place}.00</p></article>'
            for place in range(20)
        )
        following = f'<a class="next" rel="nofollow" href="{number + 1}">next</a>'
        text = f"<html><body>{books}{following if number < 3 else ''}</body></html>"
        return web.Response(text=text, content_type="text/html")

    async def get_charset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        body = "<h1>Größe 日本</h1>" if name in ("utf-8-sig", "utf-16") else "<h1>Größe</h1>"
        if name == "meta":
            body = f'<meta charset="iso-8859-2">{body}'
            return web.Response(
                body=body.encode("iso-8859-2"), headers={"Content-Type": "text/html"}
            )
        if name == "none":
            return web.Response(body=body.encode("cp1252"), headers={"Content-Type": "text/html"})
        charset = "" if name in ("utf-8-sig", "utf-16") else f"; charset={name}"
        return web.Response(body=body.encode(name), headers={"Content-Type": f"text/html{charset}"})


async def serve(site: Site, port: int, *, addresses: int) -> None:
    """On 127.0.0.1, and on so many addresses in all: to a crawler each is a host of its own."""
    runner = web.AppRunner(site.application(), access_log=None)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", port)
    await server.start()
    address = server._server.sockets[0].getsockname()
    for number in range(2, addresses + 1):
        await web.TCPSite(runner, f"127.0.0.{number}", address[1]).start()
    sys.stdout.write(f"listening on http://{address[0]}:{address[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--plain", action="store_true", help="pages only, nothing hostile")
    parser.add_argument("--close", action="store_true", help="end each connection after its answer")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--addresses", type=int, default=1)
    parser.add_argument("--filling", type=int, default=0, help="bytes of elements in each page")
    options = parser.parse_args()
    site = Site(
        options.pages,
        hostile=not options.plain,
        closes=options.close,
        latency_seconds=options.latency,
        filling=_ELEMENT * (options.filling // len(_ELEMENT)),
    )
    asyncio.run(serve(site, options.port, addresses=options.addresses))


if __name__ == "__main__":
    main()

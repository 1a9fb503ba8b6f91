"""A store of a few pages, each with a fate of its own, on real HTTP."""

from __future__ import annotations

import gzip
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread

import brotli

from spiders.parsing.decoding.content_coding import zstd

Page = Callable[["Visit"], None]


@dataclass(frozen=True)
class Visit:
    """One request: how often its path was asked for before, and how to answer it."""

    handler: BaseHTTPRequestHandler
    path: str
    before: int

    def send(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.handler.send_response(status)
        sent = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in (sent | given).items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body)


@dataclass
class LittleStore:
    url: str = ""
    # By the beginning of the path; the longest that fits answers.
    pages: dict[str, Page] = field(default_factory=dict)
    visits: Counter[str] = field(default_factory=Counter)
    hosts: set[str] = field(default_factory=set)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.hosts.add(handler.headers["Host"])
        page = max((p for p in self.pages if path.startswith(p)), key=len, default=None)
        visit = Visit(handler, path, self.visits[path])
        self.visits[path] += 1
        if page is None:
            visit.send(404, b"<html>nothing here</html>")
        else:
            self.pages[page](visit)


class Crowd:
    """Tells how many requests are answered at the same time: each is kept for others that may come."""

    def __init__(self, looked_for: int) -> None:
        """`looked_for`: with so many at once nothing is left to be found out, and nobody is kept."""
        self.most = 0
        self._looked_for = looked_for
        self._now = 0
        self._changed = Condition()

    def join(self) -> None:
        with self._changed:
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= self._looked_for, timeout=0.4)
            self._now -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # With the default of 5, a crawler's first burst of connections waits a second for its second try.
    request_queue_size = 128


@contextmanager
def running_store(pages: Mapping[str, Page]) -> Iterator[LittleStore]:
    store = LittleStore(pages=dict(pages))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                store.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *arguments: object) -> None: ...

    server = _Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    store.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# Pages


def product_html(asin: str) -> bytes:
    return f"""<html lang="en-us"><head><link rel="canonical" href="https://www.amazon.com/dp/{asin}">
    </head><body><div id="dp"><div id="centerCol"><h1><span id="productTitle">A thing {asin}</span></h1>
    <div id="availability"><span>In Stock</span></div></div>
    <input type="hidden" id="ASIN" name="ASIN" value="{asin}"></div></body></html>""".encode()


def search_html(first: int, cards: int, *, has_next: bool) -> bytes:
    found = "".join(
        f'<div data-component-type="s-search-result" data-asin="B{number:09d}">'
        f'<h2><a href="/dp/B{number:09d}"><span>Thing {number}</span></a></h2></div>'
        for number in range(first, first + cards)
    )
    bar = (
        '<span data-component-type="s-result-info-bar"><h2><span>'
        f"{first + 1}-{first + cards} of over 3,000 results for</span></h2></span>"
    )
    link = '<a class="s-pagination-next" href="/s?page=2">Next</a>'
    end = '<span class="s-pagination-next s-pagination-disabled">Next</span>'
    return f"<html><body>{bar}{found}{link if has_next else end}</body></html>".encode()


def product(asin: str) -> Page:
    return lambda visit: visit.send(body=product_html(asin))


def at_the_second_try(page: Page) -> Page:
    return lambda visit: page(visit) if visit.before else visit.send(503, b"<html>busy</html>")


def whole_at_the_second_try(asin: str) -> Page:
    whole, half = product(asin), cut_html(product_html(asin))
    return lambda visit: whole(visit) if visit.before else half(visit)


def redirect(location: str) -> Page:
    return lambda visit: visit.send(302, Location=location)


def status(code: int) -> Page:
    return lambda visit: visit.send(code, b"<html>no</html>")


def empty(visit: Visit) -> None:
    visit.send(body=b"")


def slow(seconds: float) -> Page:
    def page(visit: Visit) -> None:
        time.sleep(seconds)
        visit.send(body=b"<html>too late</html>")

    return page


def hang_up(visit: Visit) -> None:
    visit.handler.close_connection = True


def broken_gzip(visit: Visit) -> None:
    body = gzip.compress(b"<html>whole</html>" * 100)
    visit.send(body=b"\x1f\x8b\x08\x00" + b"\xff" * len(body), Content_Encoding="gzip")


def coded(coding: str, body: bytes) -> bytes:
    return {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstd.compress,
    }[coding](body)


def cut_stream(coding: str, body: bytes, *, share: float = 0.6) -> Page:
    """The compressed body stops early; its Content-Length is right for what is sent."""
    whole = coded(coding, body)
    return lambda visit: visit.send(body=whole[: int(len(whole) * share)], Content_Encoding=coding)


def short_body(body: bytes) -> Page:
    """Less comes than Content-Length says."""

    def page(visit: Visit) -> None:
        visit.send(body=body[: len(body) // 2], Content_Length=str(len(body)))
        visit.handler.close_connection = True

    return page


def endless_chunks(body: bytes) -> Page:
    """Chunked, without the last chunk."""

    def page(visit: Visit) -> None:
        handler = visit.handler
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        handler.close_connection = True

    return page


def cut_html(body: bytes, *, share: float = 0.5) -> Page:
    """The body is all that was promised, and stops in the middle of the page."""
    return lambda visit: visit.send(body=body[: int(len(body) * share)])


def not_html(visit: Visit) -> None:
    visit.send(body=b"\x89PNG", Content_Type="image/png")

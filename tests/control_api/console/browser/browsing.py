"""A real Chromium in front of a real server: it notes each error, refusal and request that a page makes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from spiders.sites.browsers import HARDENED, find_browser

_MORE_FLAGS = ("--no-sandbox", "--disable-gpu")


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any, **__: Any) -> None: ...


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*HARDENED, *_MORE_FLAGS]
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """`complaints`: what the console of the browser's tools would show."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page, base: str) -> Watched:
        watched = cls(page, base)
        page.on("console", lambda said: watched._note(said.type, said.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on("request", lambda request: watched.requests.append(request.url))
        return watched

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def strangers(self) -> list[str]:
        return [
            url for url in self.requests if not url.startswith((self.base + "/", "data:", "about:"))
        ]

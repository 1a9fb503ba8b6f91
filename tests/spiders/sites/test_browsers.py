"""How Chromium is started: with the same arguments wherever it is."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.ports import free_port
from spiders.sites.browsers import HARDENED, find_browser

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("spiders", "pipelines", "storage", "settings", "control_api", "sandbox", "deploy", "bench", "tests")  # fmt: skip
# The addresses that WebRTC would tell another site, for a page without any server of its own.
GATHERED = """async () => {
  const peer = new RTCPeerConnection();
  peer.createDataChannel('x');
  const found = [];
  const done = new Promise(end => peer.onicecandidate =
    event => event.candidate ? found.push(event.candidate.candidate) : end());
  await peer.setLocalDescription(await peer.createOffer());
  await done;
  return found.filter(one => / udp /i.test(one));
}"""


def starts() -> Iterator[tuple[Path, ast.Call]]:
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("chromium.launch"):
                yield path, node


def test_whoever_starts_chromium_starts_it_hardened() -> None:
    found = list(starts())
    assert len(found) >= 4
    for path, call in found:
        given = next(keyword.value for keyword in call.keywords if keyword.arg == "args")
        named = {node.id for node in ast.walk(given) if isinstance(node, ast.Name)}
        if "_ARGUMENTS" in named:
            module = ast.parse(path.read_text())
            named |= {
                node.id
                for line in module.body
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "_ARGUMENTS"
                for node in ast.walk(line.value)
                if isinstance(node, ast.Name)
            }
        assert "HARDENED" in named, path


class _Proxy(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>by the proxy</title>")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (_Proxy,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.usefixtures("browser")
def test_a_page_gets_past_the_proxy_neither_to_this_machine_nor_by_datagrams(
    proxy: tuple[str, list[str]],
) -> None:
    from playwright.sync_api import sync_playwright

    address, asked = proxy
    beside_us = f"http://127.0.0.1:{free_port()}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*HARDENED, f"--proxy-server={address}"]
        )
        try:
            page = browser.new_page()
            page.goto(beside_us)
            assert beside_us in asked
            assert page.evaluate(GATHERED) == []
        finally:
            browser.close()

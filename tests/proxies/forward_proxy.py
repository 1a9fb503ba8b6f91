"""A forward proxy on loopback that keeps count. It passes plain HTTP on; for https it is the site."""

from __future__ import annotations

import base64
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

USER = "operator"
# All that a URL cannot hold as it is.
PASSWORD = "s3cret/pw@x:y"
ENCODED = "operator:s3cret%2Fpw%40x%3Ay"

# (status, body) of an https page of that path.
Site = Callable[[str], tuple[int, bytes]]


@dataclass
class ForwardProxy:
    port: int = 0
    # Moments at which a page was asked for.
    requests: list[float] = field(default_factory=list)
    # Answer this status instead of passing the request on.
    refuses_with: int | None = None
    authorizations: set[str] = field(default_factory=set)
    # Proxy-Authorization that reached an origin.
    leaked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{ENCODED}@127.0.0.1:{self.port}"


class _PassOn(urllib.request.HTTPRedirectHandler):
    """Redirects are the client's to follow."""

    def redirect_request(self, *arguments: object) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _PassOn)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True


@contextmanager
def running_proxy(
    proxy: ForwardProxy | None = None,
    *,
    site: Site | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[ForwardProxy]:
    """`proxy` given is started again, at its port."""
    proxy = proxy or ForwardProxy()
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if not self._is_let_in():
                return
            proxy.requests.append(time.monotonic())
            if proxy.refuses_with is not None:
                self._send(proxy.refuses_with, b"")
                return
            try:
                with _OPENER.open(self.path) as answer:
                    self._send(answer.status, answer.read(), answer.headers)
            except urllib.error.HTTPError as error:
                self._send(error.code, error.read(), error.headers)

        def do_CONNECT(self) -> None:
            if not self._is_let_in():
                return
            proxy.requests.append(time.monotonic())
            assert tls is not None and site is not None
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            self.close_connection = True
            with tls.wrap_socket(self.connection, server_side=True) as secured:
                head = b""
                while b"\r\n\r\n" not in head:
                    got = secured.recv(65_536)
                    if not got:
                        return
                    head += got
                if b"proxy-authorization" in head.lower():
                    proxy.leaked.append(head.decode("latin-1"))
                status, body = site(head.split(b" ")[1].decode())
                secured.sendall(
                    b"HTTP/1.1 %d x\r\nContent-Type: text/html; charset=utf-8\r\n"
                    b"Connection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body
                )

        def _is_let_in(self) -> bool:
            given = self.headers.get("Proxy-Authorization", "")
            proxy.authorizations.add(given)
            if given != expected:
                self._send(407, b"who are you?")
            return given == expected

        def _send(self, status: int, body: bytes, headers: Message | None = None) -> None:
            self.send_response(status)
            for name in ("Content-Type", "Location"):
                if headers is not None and headers[name]:
                    self.send_header(name, headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None: ...

    server = _Server(("127.0.0.1", proxy.port), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    proxy.port = server.server_port
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(folder: Path) -> ssl.SSLContext:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=www.amazon.com", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

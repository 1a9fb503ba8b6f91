"""A little HTTP server on loopback that receives what is sent to users' endpoints."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread


@dataclass(frozen=True)
class Received:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """`statuses` are answered one after the other, the last one for ever."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    # Do not answer before this is set.
    hold: Event | None = None
    # Send the answer's head a byte at a time, with this pause.
    drip_seconds: float = 0.0
    body: bytes = b"ok"
    delay_seconds: float = 0.0
    # Speak TLS with the key and certificate in this file.
    certificate: Path | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def next_status(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        receiver = self.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        receiver.received.append(Received(self.path, dict(self.headers), body))
        if receiver.hold is not None:
            receiver.hold.wait(30)
        time.sleep(receiver.delay_seconds)
        try:
            self._answer(receiver)
        except OSError:
            self.close_connection = True  # the sender did not wait

    def _answer(self, receiver: Receiver) -> None:
        if receiver.drip_seconds:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000:
                self.wfile.write(bytes([byte]))
                time.sleep(receiver.drip_seconds)
        self.send_response(receiver.next_status())
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(receiver.body)))
        self.end_headers()
        self.wfile.write(receiver.body)

    def log_message(self, *arguments: object) -> None: ...


@contextmanager
def running_receiver(**options: object) -> Iterator[Receiver]:
    receiver = Receiver(**options)  # type: ignore[arg-type]
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if receiver.certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(receiver.certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        if receiver.hold is not None:
            receiver.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()

"""A little server of pictures on loopback, and of all that claims to be one."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

JPEG = (
    bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b08000a000a01011100")
    + b"\xff\xd9"
)
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\x09\x40\x02\0" + bytes(12)


def png(width: int = 10, height: int = 10) -> bytes:
    """Its size is what it says; there are no dots in it."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    content_type: str = "image/png"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    # Between single bytes of the body.
    drip_seconds: float = 0.0


@dataclass
class PictureHost:
    """`default` is answered where `answers` has none for the picture's name."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    default: Answer = field(default_factory=lambda: Answer(png()))
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    hold: Event | None = None
    at_once: int = 0
    most_at_once: int = 0
    lock: Lock = field(default_factory=Lock)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        self.answers.clear()
        self.asked.clear()


class _Handler(BaseHTTPRequestHandler):
    host: PictureHost

    def do_GET(self) -> None:
        host = self.host
        host.asked.append((self.path, dict(self.headers)))
        with host.lock:
            host.at_once += 1
            host.most_at_once = max(host.most_at_once, host.at_once)
        try:
            if host.hold is not None:
                host.hold.wait(30)
            name = self.path.rpartition("/")[2].partition(".")[0]
            self._send(host.answers.get(name, host.default))
        except OSError:
            self.close_connection = True
        finally:
            with host.lock:
                host.at_once -= 1

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.delay_seconds)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not answer.drip_seconds:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            time.sleep(answer.drip_seconds)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def running_host() -> Iterator[PictureHost]:
    host = PictureHost()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"host": host}))
    server.daemon_threads = True
    host.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        if host.hold is not None:
            host.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()

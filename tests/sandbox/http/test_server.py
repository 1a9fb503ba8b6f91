import gzip
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from sandbox.goods.catalogue import Catalogue
from tests.sandbox.conftest import ROOT, StartSandbox


@pytest.fixture
def connection(sandbox_url: str) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(urlsplit(sandbox_url).netloc, timeout=10)) as opened:
        yield opened


def raw_answer(url: str, sent: bytes, *, until: bytes = b"") -> bytes:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as opened:
        opened.sendall(sent)
        received = b""
        while not until or until not in received:
            data = opened.recv(65536)
            if not data:
                break
            received += data
        return received


def test_gzip_only_for_who_accepts_it(
    connection: http.client.HTTPConnection, catalogue: Catalogue
) -> None:
    bodies = []
    for coding in ("gzip, deflate, br", "identity", "gzip;q=0"):
        connection.request("GET", f"/dp/{catalogue.asin(0)}", headers={"Accept-Encoding": coding})
        response = connection.getresponse()
        body = response.read()
        is_gzip = response.headers["Content-Encoding"] == "gzip"
        assert is_gzip == coding.startswith("gzip,")
        page = gzip.decompress(body) if is_gzip else body
        # Each visitor's token is another.
        bodies.append(re.sub(rb"quot;g[0-9a-f]{48}", b"", page))
    assert bodies[0] == bodies[1] == bodies[2]
    assert len(bodies[0]) > 300_000


def test_head_has_the_length_and_no_body(
    connection: http.client.HTTPConnection, catalogue: Catalogue
) -> None:
    for method in ("HEAD", "GET"):
        connection.request(method, f"/dp/{catalogue.asin(1)}")
        response = connection.getresponse()
        body = response.read()
        length = int(response.headers["Content-Length"])
        assert response.status == 200 and length > 300_000
        assert len(body) == (0 if method == "HEAD" else length)


@pytest.mark.parametrize("target", ["/dp/B0ZZZZZZZZ", "/nothing/here", "/dp/B000000001"])
def test_unknown_pages_are_not_found(connection: http.client.HTTPConnection, target: str) -> None:
    connection.request("GET", target)
    response = connection.getresponse()
    assert response.status == 404
    assert b"cs_404" in response.read()


def test_pipelined_requests_are_answered_in_order(
    start_sandbox: StartSandbox, catalogue: Catalogue
) -> None:
    url = start_sandbox("--delay", "30")
    asked = b"".join(
        f"GET /dp/{catalogue.asin(n)} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n"
        f"{'Connection: close' if n == 2 else 'X: y'}\r\n\r\n".encode()
        for n in range(3)
    )
    rest = raw_answer(url, asked)
    for number in range(3):
        _, _, rest = rest.partition(b"\r\n\r\n")
        reader = zlib.decompressobj(wbits=31)
        assert f'value="{catalogue.asin(number)}"'.encode() in reader.decompress(rest)
        assert reader.eof
        rest = reader.unused_data
    assert rest == b""


def test_a_request_may_arrive_byte_by_byte(sandbox_url: str) -> None:
    parts = urlsplit(sandbox_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as opened:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":
            opened.sendall(bytes([byte]))
        received = b"".join(iter(lambda: opened.recv(4096), b""))
    assert received.endswith(b"\r\n\r\nUser-agent: *\nAllow: /\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/2\r\n\r\n", b"400"),
        (b"GET http://[ HTTP/1.1\r\n\r\n", b"400"),
        (b"BREW / HTTP/1.1\r\n\r\n", b"405"),
        (b"GET / HTTP/1.1\r\nbroken\r\n\r\n", b"400"),
        (b"POST /__faults HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /__faults HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"POST /__faults HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, b"431"),
    ],
)
def test_bad_requests_get_their_status_and_the_end(
    sandbox_url: str, sent: bytes, status: bytes
) -> None:
    assert raw_answer(sandbox_url, sent).startswith(b"HTTP/1.1 " + status)


def test_a_large_body_is_invited_once(sandbox_url: str) -> None:
    head = b"POST /__clock HTTP/1.1\r\nContent-Length: 17\r\nExpect: 100-continue\r\n"
    parts = urlsplit(sandbox_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as opened:
        opened.sendall(head + b"Connection: close\r\n\r\n")
        assert opened.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        for piece in (b'{"aheadH', b'ours": 0}'):
            opened.sendall(piece)
            time.sleep(0.05)
        received = b"".join(iter(lambda: opened.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 200 OK")
    assert received.count(b"HTTP/1.1") == 1


def test_dropped_connections_end_in_the_middle_of_the_body(
    start_sandbox: StartSandbox, catalogue: Catalogue
) -> None:
    url = start_sandbox("--fault", "drop=1")
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)) as connection:
        connection.request("GET", f"/dp/{catalogue.asin(0)}")
        response = connection.getresponse()
        with pytest.raises(http.client.IncompleteRead) as cut:
            response.read()
    assert len(cut.value.partial) > 10_000 and (cut.value.expected or 0) > 10_000


@pytest.mark.alone
def test_slow_pages_hold_back_only_their_own_connection(
    start_sandbox: StartSandbox, catalogue: Catalogue
) -> None:
    url = start_sandbox("--fault", "slow=1", "--slow-ms", "400")
    netloc = urlsplit(url).netloc
    with (
        closing(http.client.HTTPConnection(netloc, timeout=5)) as slow,
        closing(http.client.HTTPConnection(netloc, timeout=5)) as quick,
    ):
        began = time.monotonic()
        slow.request("GET", f"/dp/{catalogue.asin(0)}")
        quick.request("GET", "/robots.txt")
        quick.getresponse().read()
        assert time.monotonic() - began < 0.3
        slow.getresponse().read()
        assert time.monotonic() - began >= 0.4


def test_control_routes_work_over_http(start_sandbox: StartSandbox, catalogue: Catalogue) -> None:
    url = start_sandbox("--fault", "throttle=1")
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)) as connection:

        def answer(method: str, target: str, body: str | None = None) -> tuple[int, bytes]:
            connection.request(method, target, body=body)
            response = connection.getresponse()
            return response.status, response.read()

        assert answer("GET", f"/dp/{catalogue.asin(0)}")[0] == 503
        assert answer("POST", "/__faults", '{"captcha": 0}') == (200, b'{"captcha": 0.0}')
        assert answer("GET", f"/dp/{catalogue.asin(0)}")[0] == 200
        statistics = json.loads(answer("GET", "/__stats")[1])
    assert statistics == {"requests": 2, "byKind": {"throttle": 1, "product": 1}}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_even_with_open_connections(sent: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process.stdout:
        url = process.stdout.readline().split()[-1]
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as opened:
            opened.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
            assert opened.recv(4096).startswith(b"HTTP/1.1 200")
            process.send_signal(sent)
            assert process.wait(timeout=2) == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--fault", "nosuch=0.1"],
        ["--fault", "captcha"],
        ["--pages", "/nonexistent"],
        ["--port", "1", "--host", "203.0.113.1"],
    ],
)
def test_a_wrong_start_is_one_clear_line(options: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("sandbox: ") and done.stderr.count("\n") == 1
    assert done.stdout == ""

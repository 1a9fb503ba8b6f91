"""H9: why no page came is a sentence for people, from one table, in every spider."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

import aiohttp
import pytest
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError

from spiders.middlewares.download_faults import fault_from_exception
from spiders.work.download_faults import FAULTS, DownloadFault, Fault
from spiders.work.errors_page import errors_page
from tests.site_crawl.running import LOOPBACK
from tests.spiders.crawling import direct_crawl
from tests.spiders.middlewares.certificates import DAY, NOW, Authority, tls_server

# What Python and its libraries write, and a person cannot read.
JARGON = re.compile(r"\w+(?:Error|Exception)\b|<[a-z_.]+ ?object|0x[0-9a-f]{6}|Errno|ssl:|\bNone\b")
Answer = Callable[[socket.socket], None]


@contextmanager
def raw_server(answer: Answer) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=32) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                Thread(target=handle, args=(connection,), daemon=True).start()

        def handle(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.recv(65_536)
                    answer(connection)
                except OSError:
                    return

        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def hang_up(connection: socket.socket) -> None: ...


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def babble(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example.com ESMTP\r\n")


def stay_silent(connection: socket.socket) -> None:
    connection.settimeout(30)
    connection.recv(1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def failure_of(url: str, **variables: str) -> str:
    """CODE: sentence, as the site spider says it in its log."""
    done = direct_crawl(
        "site",
        f"-aurl={url}",
        '-aselectors={"title": "h1::text"}',
        "-arespect_robots=false",
        ALLOWED_NETWORKS=f"{LOOPBACK},::1/128",
        PAGE_ATTEMPTS="1",
        **variables,
    )
    found = re.search(rf"{re.escape(url)} failed: (.*)", done.stderr)
    return found[1] if found else "no failure"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (hang_up, "NETWORK_ERROR: 127.0.0.1 closed the connection without an answer"),
        (reset, "NETWORK_ERROR: the connection to 127.0.0.1 was reset"),
        (babble, "NETWORK_ERROR: 127.0.0.1 answered with something that is not HTTP"),
        (stay_silent, "TIMEOUT: 127.0.0.1 did not send its answer within 1 s"),
    ],
)
def test_server_that_does_not_answer_is_told_in_a_sentence(answer: Answer, sentence: str) -> None:
    with raw_server(answer) as port:
        assert failure_of(f"http://127.0.0.1:{port}/", REQUEST_TIMEOUT_SECONDS="1") == sentence


def test_nothing_to_connect_to_is_told_in_a_sentence() -> None:
    port = free_port()
    assert (
        failure_of(f"http://127.0.0.1:{port}/")
        == f"NETWORK_ERROR: 127.0.0.1 refused the connection on port {port}"
    )
    assert (
        failure_of("http://no-such-host.invalid/")
        == "NETWORK_ERROR: the name no-such-host.invalid could not be resolved"
    )
    done = direct_crawl("amazon_detail", "-atargets=B000000001", PAGE_ATTEMPTS="1")
    assert "the name www.amazon.com could not be resolved" in done.stderr


def test_certificate_that_proves_nothing_is_told_with_its_fault(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pems = {
        "has expired": authority.issue("localhost", before=NOW - 9 * DAY, after=NOW - DAY),
        "is not valid yet": authority.issue("localhost", before=NOW + DAY, after=NOW + 2 * DAY),
        "is for another name": authority.issue("shop.example.com"),
        "is signed by itself": authority.self_signed("localhost"),
    }
    with ExitStack() as stack:
        for words, pem in pems.items():
            port = stack.enter_context(tls_server(pem))
            found = failure_of(
                f"https://localhost:{port}/", SSL_CERT_FILE=str(authority.certificate)
            )
            assert found == f"NETWORK_ERROR: the certificate of localhost {words}"
        port = stack.enter_context(tls_server(authority.issue("localhost")))
        url = f"https://localhost:{port}/"
        assert "issued by nobody whom this machine trusts" in failure_of(url)
        assert failure_of(url, SSL_CERT_FILE=str(authority.certificate)) == "no failure"
        assert failure_of(url, VERIFY_CERTIFICATES="false") == "no failure"


def test_plain_http_where_tls_is_expected_is_told_in_a_sentence() -> None:
    with raw_server(babble) as port:
        assert (
            failure_of(f"https://127.0.0.1:{port}/")
            == "NETWORK_ERROR: no TLS connection with 127.0.0.1 came about"
        )


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


KEY: object = None


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (DownloadTimeoutError("x"), Fault.TIMEOUT),
        (TimeoutError(), Fault.TIMEOUT),
        (
            caused(DownloadTimeoutError("x"), aiohttp.ConnectionTimeoutError()),
            Fault.CONNECT_TIMEOUT,
        ),
        (caused(DownloadFailedError("x"), aiohttp.ServerDisconnectedError()), Fault.CLOSED),
        (caused(DownloadFailedError("x"), OSError(113, "No route to host")), Fault.UNREACHABLE),
        (caused(DownloadFailedError("x"), OSError(101, "unreachable")), Fault.UNREACHABLE),
        (caused(DownloadFailedError("x"), ssl.SSLError("WRONG_VERSION_NUMBER")), Fault.TLS),
        (BrokenPipeError(), Fault.RESET),
        (ValueError("whatever"), Fault.UNKNOWN),
        (DownloadFault(Fault.TOO_SLOW, host="h", rate=1), Fault.TOO_SLOW),
    ],
)
def test_cause_decides_what_is_told(error: BaseException, fault: Fault) -> None:
    found = fault_from_exception(
        error, "https://shop.test/x", timeout=60, line_bytes=1, all_bytes=2
    )
    assert found.fault is fault
    assert not JARGON.search(str(found))


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_a_sentence_without_jargon_and_a_remedy(fault: Fault) -> None:
    words = FAULTS[fault]
    assert words.remedy.endswith((".", "(Debian)."))
    assert not JARGON.search(words.sentence + words.remedy)


def test_docs_show_the_table_as_it_is() -> None:
    page = Path(__file__).parents[3] / "docs" / "errors.md"
    assert page.read_text() == errors_page(), "python -m spiders.work.errors_page > docs/errors.md"

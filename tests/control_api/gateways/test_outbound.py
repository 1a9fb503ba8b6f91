"""Promise H3: the address is checked where the socket opens, on every try."""

from __future__ import annotations

import ssl
import subprocess
import time
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from threading import Event

import pytest

from control_api.gateways.outbound import ExchangeFailed, Outbound, OutboundRefused
from tests.control_api.gateways.receiver import running_receiver

LOOPBACK = (ip_network("127.0.0.1/32"),)


class FakeDns:
    """Answers one after the other, the last one for ever; counts how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"], ["100.64.1.1"], ["::1"],
        ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["fd00::1"], ["fe80::1%1"],
        ["8.8.8.8", "127.0.0.1"], ["not an address"],
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused(answer: list[str]) -> None:
    with running_receiver() as receiver:
        outbound = Outbound(resolve=FakeDns(answer), exchange_seconds=2)
        with pytest.raises(OutboundRefused, match="not public"):
            outbound.post(f"http://public.example:{receiver.port}/", b"{}", {})
        assert receiver.received == []


def test_a_name_is_resolved_once_and_the_checked_address_is_called() -> None:
    """Rebinding: a second look-up would lead elsewhere; there is none."""
    dns = FakeDns(["127.0.0.1"], ["10.0.0.5"])
    with running_receiver() as receiver:
        outbound = Outbound(LOOPBACK, resolve=dns)
        answer = outbound.post(f"http://public.example:{receiver.port}/x?y=1", b"{}", {"A": "b"})
        assert answer.status == 200
        assert dns.asked == 1
        [seen] = receiver.received
        assert seen.path == "/x?y=1"
        assert seen.headers["Host"] == f"public.example:{receiver.port}"
        assert (seen.headers["A"], seen.body) == ("b", b"{}")
        # The next try looks again, and is refused.
        with pytest.raises(OutboundRefused):
            outbound.post(f"http://public.example:{receiver.port}/", b"{}", {})
        assert len(receiver.received) == 1


def test_redirects_are_answers_and_not_followed() -> None:
    with running_receiver() as inside, running_receiver(statuses=[302]) as receiver:
        receiver.headers["Location"] = inside.url
        assert Outbound(LOOPBACK).post(receiver.url, b"{}", {}).status == 302
        assert inside.received == []


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_receiver() as proxy, running_receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        Outbound(LOOPBACK).post(receiver.url, b"{}", {})
        assert (len(proxy.received), len(receiver.received)) == (0, 1)


def test_the_time_is_for_the_whole_exchange() -> None:
    """An answer that drips keeps each single read short, and the exchange long."""
    with running_receiver(drip_seconds=0.05) as receiver:
        start = time.monotonic()
        with pytest.raises(ExchangeFailed, match=r"No answer within 0\.5 seconds"):
            Outbound(LOOPBACK, exchange_seconds=0.5).post(receiver.url, b"{}", {})
        assert time.monotonic() - start < 1.5


def test_a_hanging_endpoint_and_a_hanging_resolver_are_given_up() -> None:
    release = Event()

    def hang(host: str, port: int) -> list[str]:
        release.wait(10)
        return ["127.0.0.1"]

    with running_receiver(hold=Event()) as receiver:
        with pytest.raises(ExchangeFailed):
            Outbound(LOOPBACK, exchange_seconds=0.3).post(receiver.url, b"{}", {})
        slow = Outbound(LOOPBACK, resolve=hang, exchange_seconds=0.3)
        start = time.monotonic()
        with pytest.raises(ExchangeFailed):
            slow.post("http://slow.example/", b"{}", {})
        assert time.monotonic() - start < 1.5
    release.set()


def test_a_huge_body_is_not_read() -> None:
    with running_receiver(body=b"x" * 50_000_000) as receiver:
        start = time.monotonic()
        assert Outbound(LOOPBACK).post(receiver.url, b"{}", {}).status == 200
        assert time.monotonic() - start < 2


def test_an_answer_longer_than_was_allowed_is_refused_and_a_shorter_one_is_whole() -> None:
    with running_receiver(body=b"x" * 5_000) as receiver:
        outbound = Outbound(LOOPBACK)
        assert outbound.get(receiver.url, {}, max_bytes=5_000).body == b"x" * 5_000
        with pytest.raises(OutboundRefused, match="longer than 4999 bytes"):
            outbound.get(receiver.url, {}, max_bytes=4_999)


def test_what_fails_names_no_address() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(ExchangeFailed, match="the name cannot be resolved"):
        Outbound(resolve=unknown).post("http://nowhere.example/", b"{}", {})
    closed = Outbound(LOOPBACK, resolve=FakeDns(["127.0.0.1"]))
    with pytest.raises(ExchangeFailed) as caught:
        closed.post("http://closed.example:1024/", b"{}", {})
    assert "127.0.0.1" not in str(caught.value)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """For hooks.example, signed by itself; key and certificate in one file."""
    path = tmp_path / "both.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=hooks.example",
         "-addext", "subjectAltName=DNS:hooks.example", "-keyout", "-", "-out", "-"],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        pytest.skip("openssl cannot make a certificate here")
    path.write_bytes(made.stdout)
    return path


def test_tls_is_for_the_name_although_the_address_is_called(certificate: Path) -> None:
    with running_receiver(certificate=certificate) as receiver:
        trusting = ssl.create_default_context(cafile=certificate)
        outbound = Outbound(LOOPBACK, resolve=FakeDns(["127.0.0.1"]), tls=trusting)
        answer = outbound.post(f"https://hooks.example:{receiver.port}/", b"{}", {})
        assert answer.status == 200
        for url, tls in (("https://other.example", trusting), ("https://hooks.example", None)):
            doubtful = Outbound(LOOPBACK, resolve=FakeDns(["127.0.0.1"]), tls=tls)
            with pytest.raises(ExchangeFailed, match="TLS error"):
                doubtful.post(f"{url}:{receiver.port}/", b"{}", {})
        assert len(receiver.received) == 1

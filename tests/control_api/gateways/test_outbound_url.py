"""URLs that users give us to call, read once."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from control_api.gateways.outbound_url import BadUrl, outbound_url_from_text

LOOPBACK = (ip_network("127.0.0.1/32"),)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://LOCALHOST./", "http://a.localhost/",
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/",
        "http://0x7f.1/", "http://127.0.0.1./", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1%25eth0]/",
        "http://169.254.169.254/latest/", "http://100.64.0.1/", "http://10.0.0.1/",
        "http://192.168.0.1/", "http://172.16.0.1/", "http://0/", "http://0.0.0.0/",
        "http://internal\\@example.com/", "http://example.com\\@internal/",
        "http://user@example.com/", "http://user:secret@example.com/", "http://@example.com/",
        "http://example.com#@internal/", "http://example.com/#fragment",
        "http://exa mple.com/", "http://example.com/\r\nHost: x", "http://exa\tmple.com/",
        "http://example.com:22/", "http://example.com:25/", "http://example.com:0/",
        "http://example.com:65536/", "http://example.com:99999999/", "http://example.com:/",
        "http:///path", "http://", "//example.com/", "example.com", "ftp://example.com/",
        "file:///etc/passwd", "gopher://example.com/", "http://[::1/", "http://::1/", "http://[8.8.8.8]/", "http://example.com/a\\b",
        "http://example..com/", "http://-example.com/", "http://１２７.0.0.1/", "http://ⓔxample.com/",
        "http://127.0.0.1。/", "http://example.com/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_a_url_that_is_never_called(url: str) -> None:
    with pytest.raises(BadUrl):
        outbound_url_from_text(url)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://Example.com", ("https", "example.com", 443, "/")),
        ("HTTP://example.com:8080/a?b=c%20d", ("http", "example.com", 8080, "/a?b=c%20d")),
        ("https://example.com?x=@y", ("https", "example.com", 443, "/?x=@y")),
        ("http://8.8.8.8/", ("http", "8.8.8.8", 80, "/")),
        ("http://[2606:4700::1111]:443/", ("http", "2606:4700::1111", 443, "/")),
        ("https://a_b.xn--bcher-kva.example./", ("https", "a_b.xn--bcher-kva.example", 443, "/")),
    ],
)
def test_a_url_is_read_once_into_its_parts(url: str, parts: tuple) -> None:
    read = outbound_url_from_text(url)
    assert (read.scheme, read.host, read.port, read.target) == parts


def test_a_literal_in_the_operators_network_is_taken() -> None:
    assert outbound_url_from_text("http://127.0.0.1:8080/", LOOPBACK).host == "127.0.0.1"
    assert outbound_url_from_text("http://localhost:8080/", LOOPBACK).host == "localhost"


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("http://example.com/", "example.com"),
        ("https://example.com:443/", "example.com"),
        ("http://example.com:443/", "example.com:443"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
    ],
)
def test_the_host_header_names_a_port_that_is_not_the_schemes_own(url: str, header: str) -> None:
    assert outbound_url_from_text(url).host_header == header


@pytest.mark.parametrize(
    ("port", "is_taken"),
    [(80, True), (443, True), (1023, False), (1024, True), (65535, True), (65536, False)],
)
def test_ports_of_other_services_are_refused(port: int, is_taken: bool) -> None:
    url = f"http://example.com:{port}/"
    if is_taken:
        assert outbound_url_from_text(url).port == port
    else:
        with pytest.raises(BadUrl, match="port"):
            outbound_url_from_text(url)


def test_the_longest_url_is_taken_and_the_next_is_not() -> None:
    longest = "http://example.com/" + "x" * (2_000 - 19)
    assert len(outbound_url_from_text(longest).target) == 1_982
    with pytest.raises(BadUrl, match="2000 characters"):
        outbound_url_from_text(longest + "x")

"""Which addresses may be connected to, and which hosts are addresses in disguise."""

import ipaddress

import pytest

from spiders.sites.addresses import AddressRefused, literal_address, require_allowed

PRIVATE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.7",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "2606:4700::1111%eth0",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "168.63.129.16",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:db8::1",
    "2001:0:7f00:1::1",
]
PUBLIC = [
    "8.8.8.8",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "2606:4700:4700::1111",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        require_allowed(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_address_is_allowed(host: str) -> None:
    require_allowed(host)


def test_the_operator_allows_networks_and_no_more() -> None:
    allowed = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/64"))
    for host in ("127.0.0.1", "fd00::5"):
        require_allowed(host, allowed)
    for host in ("10.0.0.1", "::1", "::ffff:127.0.0.1", "fd00:0:0:1::5", "169.254.169.254"):
        with pytest.raises(AddressRefused):
            require_allowed(host, allowed)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("fe80::1%25eth0", "fe80::1%25eth0"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_a_host_that_spells_an_address_is_read_as_resolvers_do(host: str, address: str) -> None:
    assert literal_address(host) == ipaddress.ip_address(address)


@pytest.mark.parametrize("host", ["example.com", "1.example.com", "", "256.1.1.1.1", "٣.example"])
def test_a_name_is_no_address(host: str) -> None:
    assert literal_address(host) is None

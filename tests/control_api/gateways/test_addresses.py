"""Promise H3: private, loopback, link-local, CGNAT, mapped, NAT64 refused unless allow-listed."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from control_api.gateways.addresses import refusal_of_address

REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "168.63.129.16",
    "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::8.8.8.8",
    "64:ff9b:1::1", "100::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
    "192.169.0.1", "198.20.0.1", "223.255.255.254", "2606:4700::1111", "2a00:1450:4001::1",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_that_is_not_public_is_refused(text: str) -> None:
    assert refusal_of_address(ip_address(text)) is not None


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_not(text: str) -> None:
    assert refusal_of_address(ip_address(text)) is None


def test_the_operator_opens_networks_and_only_those() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert refusal_of_address(ip_address("10.1.2.3"), allowed) is None
    assert refusal_of_address(ip_address("fd00::1"), allowed) is None
    assert refusal_of_address(ip_address("10.2.0.1"), allowed) == "private"
    assert refusal_of_address(ip_address("::ffff:10.1.2.3"), allowed) == "IPv4-mapped"

"""Which network addresses a URL of a user may lead to: public ones, and what the operator allows.

Pure: it judges addresses, it looks up no names. Who opens a socket asks here with the address that
the socket is about to be connected to; a check of the name before that proves nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Spelled out: `is_global` of the standard library has changed between Python's patch releases.
_REFUSED_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared (CGNAT)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        # Public by its number, but answered by the host of every Azure machine.
        ("168.63.129.16/32", "cloud platform"),
    )
)
# Of IPv6 only this part is handed out; mapped, NAT64, ULA, link-local and multicast lie outside.
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
)


def refusal_of_address(address: Address, allowed: Sequence[Network] = ()) -> str | None:
    """What kind of address it is that must not be reached; None when it may be."""
    if any(address in network for network in allowed):
        return None
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _REFUSED_V4 if address in network), None)
    if address.scope_id is not None:
        return "scoped"
    found = next((kind for network, kind in _REFUSED_V6 if address in network), None)
    return found or (None if address in _GLOBAL_V6 else "reserved")


def refusal_text(kind: str) -> str:
    """What the person is told who gave the address. `kind` comes from `refusal_of_address`."""
    return f"must not lead to a {kind} address, unless ALLOWED_NETWORKS of the server holds it"


class AddressRefused(OSError):
    """Raised where a socket would open to an address that is neither public nor allowed.

    An OSError, so that connecting goes on with the name's other addresses. The text names no
    address: two of one name must read alike, and what a private name resolves to is no one's news.
    """

    def __init__(self) -> None:
        super().__init__("it leads to an address that is not public")


class ProxyRefused(OSError):
    """Raised instead where the socket would have opened to a proxy: its operator is to be told."""

    def __init__(self) -> None:
        super().__init__("the proxy leads to an address that is not public")


def require_allowed(host: str, allowed: Sequence[Network] = ()) -> None:
    """`host` as a socket address has it; raises AddressRefused."""
    if refusal_of_address(ip_address(host), allowed) is not None:
        raise AddressRefused


def address_from_text(text: str) -> Address | None:
    """A literal address, None for anything else (a name)."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def literal_address(host: str) -> Address | None:
    """The address that `host` spells, as any resolver would read it; None when it is a name.

    Resolvers also take decimal, hex, octal and shortened forms: 2130706433, 0x7f.1, 0177.0.0.1.
    """
    text = host.strip("[]").rstrip(".")
    address = address_from_text(text)
    if address is not None or not text[:1].isdigit():
        return address
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, UnicodeEncodeError):
        return None

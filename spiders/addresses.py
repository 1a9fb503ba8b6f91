"""Which network addresses a URL of a user may lead to: public ones, and what the operator allows.

Pure: it judges addresses, it looks up no names. Who opens a socket asks here with the address that
the socket is about to be connected to; a check of the name before that proves nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Reach another IPv4 address from inside of an IPv6 one: NAT64 (its well-known prefix).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Not for the public, whatever the table of the Python at hand says of them.
_NEVER: tuple[Network, ...] = (
    ipaddress.IPv4Network("100.64.0.0/10"),  # CGNAT
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays
    ipaddress.IPv4Network("198.18.0.0/15"),  # benchmarks
    ipaddress.IPv6Network("::/96"),  # IPv4-compatible, deprecated
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # local-use NAT64
    ipaddress.IPv6Network("fec0::/10"),  # site-local, deprecated
)


class AddressRefused(OSError):
    """Raised where a socket would open to an address that is neither public nor allowed.

    An OSError, so that connecting goes on with the name's other addresses. The text names no
    address: two of one name must read alike, and what a private name resolves to is no one's news.
    """

    def __init__(self) -> None:
        super().__init__("it leads to an address that is not public")


def is_allowed(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a socket may be connected to it. An embedded IPv4 address is judged as itself."""
    return all(_is_public(form) or _is_in(form, allowed) for form in _forms(address))


def require_allowed(host: str, allowed: Iterable[Network] = ()) -> None:
    """`host` as a socket address has it (an IPv6 one may carry a zone); raises AddressRefused."""
    if not is_allowed(ipaddress.ip_address(host.partition("%")[0]), allowed):
        raise AddressRefused


def literal_address(host: str) -> Address | None:
    """The address that `host` spells, as any resolver would read it; None when it is a name.

    Resolvers also take decimal, hex, octal and shortened forms: 2130706433, 0x7f.1, 0177.0.0.1.
    """
    text = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    if not text or not text[0].isdigit():
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, UnicodeEncodeError):
        return None


def _forms(address: Address) -> list[Address]:
    """The address, or the IPv4 addresses that it stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address]


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _is_public(address: Address) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not _is_in(address, _NEVER)

"""Addresses with credentials: the one place where they are read, and their user and password decoded.

`scheme://[user[:password]@]host[:port][/path][?query]`, user and password percent-encoded. What is
wrong is told without the credentials: a message may end in a log.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

_FORM = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)\Z", re.I | re.S)
_AUTHORITY = re.compile(r"[^/?#]*")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-f]{2})", re.I)
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
ENCODE = "@ is %40, / is %2F, : is %3A, # is %23, ? is %3F, % is %25, a comma %2C, a space %20"


class BadAddress(ValueError):
    """The message says what is wrong and how it is written, and never holds a password."""


@dataclass(frozen=True, slots=True)
class Address:
    """`username` and `password` are decoded, once. `hosts` is as written, ports included; several
    stand in a MongoDB address alone. `rest` is path and query."""

    scheme: str
    hosts: str
    rest: str
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Scheme, credentials and hosts, in one form for all ways of writing them."""
        user, password = (quote(part, safe="") for part in (self.username, self.password))
        credentials = f"{user}:{password}@" if password else f"{user}@" if user else ""
        return f"{self.scheme}://{credentials}{self.hosts}"


def address_from_text(text: str, schemes: Collection[str], *, many_hosts: bool = False) -> Address:
    """Raises BadAddress."""
    form = _FORM.match(text)
    if form is None or form[1].lower() not in schemes:
        raise BadAddress(f"it must begin with {_or([f'{scheme}://' for scheme in schemes])}")
    scheme, body = form[1].lower(), form[2]
    shown = masked(text)
    if _BLANK.search(body):
        raise BadAddress(f"{shown} holds white space: {ENCODE}")
    authority = _AUTHORITY.match(body)
    assert authority is not None
    rest = body[authority.end() :]
    if "@" in rest.partition("?")[0] or ("@" in rest and "@" not in authority[0]):
        raise BadAddress(f"{shown}: a /, ? or # in user or password must be encoded: {ENCODE}")
    credentials, _, hosts = authority[0].rpartition("@")
    if "@" in credentials:
        raise BadAddress(f"{shown}: an @ in user or password must be encoded: {ENCODE}")
    if "," in credentials:
        # It parts the addresses of a list: whether one can be read would depend on the setting.
        raise BadAddress(f"{shown}: a comma in user or password must be encoded: {ENCODE}")
    _check_hosts(hosts, shown, many_hosts=many_hosts)
    user, _, password = credentials.partition(":")
    if many_hosts and ":" in password:
        raise BadAddress(f"{shown}: a : in the password must be encoded: {ENCODE}")
    return Address(scheme, hosts, rest, _decoded(user, shown), _decoded(password, shown))


def masked(text: str) -> str:
    """`text` without anything that may be a part of its credentials."""
    form = _FORM.match(text)
    if form is None:
        return "the address"
    _, at, host = form[2].rpartition("@")
    # A password that was cut off at its comma leaves `user:half` behind.
    name, colon, port = host.rpartition(":")
    is_port = re.match(r"[0-9]+(?![^/?#,])|[0-9a-f:]*\]", port)
    return f"{form[1]}://{'***@' if at else ''}{host if not colon or is_port else name}"


def _check_hosts(hosts: str, shown: str, *, many_hosts: bool) -> None:
    for host in hosts.split(",") if many_hosts else [hosts]:
        name, port = _split_port(host, shown)
        if not name:
            raise BadAddress(f"{shown} names no host")
        if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise BadAddress(
                f"{shown}: its port is no number from 1 to 65535, or a character of the password is"
                f" not encoded: {ENCODE}"
            )


def _split_port(host: str, shown: str) -> tuple[str, str | None]:
    if host.startswith("["):
        inside, bracket, after = host[1:].partition("]")
        try:
            ipaddress.IPv6Address(inside.partition("%")[0])
        except ValueError:
            raise BadAddress(f"{shown}: what stands in brackets is no IPv6 address") from None
        if not bracket or (after and not after.startswith(":")):
            raise BadAddress(f"{shown}: after the ] stands a port or nothing")
        return inside, after[1:] if after else None
    name, colon, port = host.partition(":")
    if ":" in port:
        raise BadAddress(f"{shown}: an IPv6 address stands in brackets: [::1]")
    return name, port if colon else None


def _decoded(text: str, shown: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise BadAddress(f"{shown}: a % in user or password must be encoded: {ENCODE}")
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BadAddress(f"{shown}: user or password is not UTF-8 once decoded") from None


def _or(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]

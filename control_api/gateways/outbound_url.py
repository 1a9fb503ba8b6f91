"""URLs that users give us to call. Read once, strictly; what two parsers could read differently is
refused, and the request is built from the parts that were read here. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from control_api.gateways.addresses import (
    Network,
    address_from_text,
    refusal_of_address,
    refusal_text,
)

MAX_URL_LENGTH = 2_000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1_024

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][^#]*)?",
    re.IGNORECASE,
)
_PRINTABLE = re.compile(r"[!-~]+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL_NAMES = ("localhost", "localhost.localdomain")


class BadUrl(ValueError):
    """The URL is not one that we call; the message says why."""


@dataclass(frozen=True, slots=True)
class OutboundUrl:
    """`host` without brackets; `target` is the path with the query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def outbound_url_from_text(text: str, allowed: Sequence[Network] = ()) -> OutboundUrl:
    """Raises BadUrl; also for a literal address that must not be reached."""
    if len(text) > MAX_URL_LENGTH:
        raise BadUrl(f"must not be longer than {MAX_URL_LENGTH} characters")
    if not _PRINTABLE.fullmatch(text) or "\\" in text:
        raise BadUrl("must hold printable ASCII characters only, without spaces or backslashes")
    match = _URL.fullmatch(text)
    if match is None:
        raise BadUrl("must be an http or https URL with a host, without user name and fragment")
    scheme = match["scheme"].lower()
    target = match["target"] or "/"
    return OutboundUrl(
        scheme=scheme,
        host=_host(match["host"].lower(), allowed),
        port=_port(match["port"], scheme),
        target=target if target.startswith("/") else f"/{target}",
    )


def _host(text: str, allowed: Sequence[Network]) -> str:
    literal = address_from_text(text.strip("[]"))
    if literal is not None and (":" in text) == text.startswith("["):
        kind = refusal_of_address(literal, allowed)
        if kind is not None:
            raise BadUrl(refusal_text(kind))
        return str(literal)
    name = text.removesuffix(".")
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(name) > 253:
        raise BadUrl("must have a valid host name")
    if _NUMBER.fullmatch(labels[-1]):
        # 2130706433, 0x7f.1, 0177.0.0.1, 127.1: some resolvers read these as addresses.
        raise BadUrl("must write an IPv4 address as four decimal numbers")
    if name in _LOCAL_NAMES or name.endswith(".localhost"):
        loopback = address_from_text("127.0.0.1")
        local = refusal_of_address(loopback, allowed) if loopback else None
        if local is not None:
            raise BadUrl(refusal_text(local))
    return name


def _port(text: str | None, scheme: str) -> int:
    port = int(text) if text else _DEFAULT_PORTS[scheme]
    if port not in _DEFAULT_PORTS.values() and not _FIRST_FREE_PORT <= port <= 65_535:
        # Below lie mail, shells and other services that an HTTP request could be made to speak to.
        raise BadUrl(f"must have port 80, 443, or one from {_FIRST_FREE_PORT} to 65535")
    return port

"""Why no page came of a request: the code, the sentence, and what can be done, in one table.

Sentences name the host as it stands in the page's URL; `docs/errors.md` is made from this table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from spiders.work.failures import FailureCode

CONNECT_SECONDS = 15.0


class Fault(StrEnum):
    NAME_UNKNOWN = "name_unknown"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect_timeout"
    TIMEOUT = "timeout"
    TOO_SLOW = "too_slow"
    CLOSED = "closed"
    RESET = "reset"
    NOT_HTTP = "not_http"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_OF_ANOTHER = "certificate_of_another"
    CERTIFICATE_UNKNOWN_ISSUER = "certificate_unknown_issuer"
    CERTIFICATE_SELF_SIGNED = "certificate_self_signed"
    CERTIFICATE_BAD = "certificate_bad"
    TLS = "tls"
    PROXY_UNREACHABLE = "proxy_unreachable"
    PROXY_REFUSED = "proxy_refused"
    PROXY_FAILED = "proxy_failed"
    HEADER_LINE_TOO_LONG = "header_line_too_long"
    HEADERS_TOO_LARGE = "headers_too_large"
    PAGE_TOO_LARGE = "page_too_large"
    BAD_ADDRESS = "bad_address"
    UNKNOWN = "unknown"


class Words(NamedTuple):
    code: FailureCode
    sentence: str
    remedy: str


_TLS_REMEDY = (
    "Open the address in a browser: it names the same fault. `VERIFY_CERTIFICATES=false` reads"
    " such sites without knowing who answers."
)

FAULTS: Mapping[Fault, Words] = MappingProxyType(
    {
        Fault.NAME_UNKNOWN: Words(
            FailureCode.NETWORK_ERROR,
            "the name {host} could not be resolved",
            "Check the spelling, and on the crawl node `getent hosts {host}`: without an answer"
            " its name server is at fault.",
        ),
        Fault.REFUSED: Words(
            FailureCode.NETWORK_ERROR,
            "{host} refused the connection on port {port}",
            "Nothing listens there, or a firewall refuses us. Check the port.",
        ),
        Fault.UNREACHABLE: Words(
            FailureCode.NETWORK_ERROR,
            "no network leads to {host}",
            "Check the crawl node's network, and whether the host has IPv6 addresses alone.",
        ),
        Fault.CONNECT_TIMEOUT: Words(
            FailureCode.TIMEOUT,
            "{host} did not accept a connection within {seconds} s",
            "The host is down, or a firewall drops our packets.",
        ),
        Fault.TIMEOUT: Words(
            FailureCode.TIMEOUT,
            "{host} did not send its answer within {seconds} s",
            "`REQUEST_TIMEOUT_SECONDS` is the limit of a whole download; ask the site less often.",
        ),
        Fault.TOO_SLOW: Words(
            FailureCode.TIMEOUT,
            "{host} sent less than {rate} bytes a second",
            "`MIN_BYTES_PER_SECOND` is the limit, after the first {seconds} s of a body.",
        ),
        Fault.CLOSED: Words(
            FailureCode.NETWORK_ERROR,
            "{host} closed the connection without an answer",
            "Some sites do so instead of refusing; a proxy or a slower pace may help.",
        ),
        Fault.RESET: Words(
            FailureCode.NETWORK_ERROR,
            "the connection to {host} was reset",
            "The site, or something on the way to it, broke the connection.",
        ),
        Fault.NOT_HTTP: Words(
            FailureCode.NETWORK_ERROR,
            "{host} answered with something that is not HTTP",
            "Check port and scheme: https where http is spoken, or the reverse.",
        ),
        Fault.CERTIFICATE_EXPIRED: Words(
            FailureCode.NETWORK_ERROR, "the certificate of {host} has expired", _TLS_REMEDY
        ),
        Fault.CERTIFICATE_NOT_YET_VALID: Words(
            FailureCode.NETWORK_ERROR,
            "the certificate of {host} is not valid yet",
            "Check the crawl node's clock first.",
        ),
        Fault.CERTIFICATE_OF_ANOTHER: Words(
            FailureCode.NETWORK_ERROR, "the certificate of {host} is for another name", _TLS_REMEDY
        ),
        Fault.CERTIFICATE_UNKNOWN_ISSUER: Words(
            FailureCode.NETWORK_ERROR,
            "the certificate of {host} was issued by nobody whom this machine trusts",
            "Where the issuer is your own, name its certificate in `SSL_CERT_FILE`. " + _TLS_REMEDY,
        ),
        Fault.CERTIFICATE_SELF_SIGNED: Words(
            FailureCode.NETWORK_ERROR, "the certificate of {host} is signed by itself", _TLS_REMEDY
        ),
        Fault.CERTIFICATE_BAD: Words(
            FailureCode.NETWORK_ERROR, "the certificate of {host} is not valid", _TLS_REMEDY
        ),
        Fault.TLS: Words(
            FailureCode.NETWORK_ERROR,
            "no TLS connection with {host} came about",
            "The port may speak plain HTTP, or only versions of TLS that are no longer safe.",
        ),
        Fault.PROXY_UNREACHABLE: Words(
            FailureCode.NETWORK_ERROR,
            "the proxy could not be reached",
            "`GET /admin/proxies` shows it; it is banned for a while and tried again.",
        ),
        Fault.PROXY_REFUSED: Words(
            FailureCode.NETWORK_ERROR,
            "the proxy refused the request (HTTP 407)",
            "Its user name or password is wrong: remove it and add it again.",
        ),
        Fault.PROXY_FAILED: Words(
            FailureCode.NETWORK_ERROR,
            "the proxy could not reach {host} (HTTP {status})",
            "The fault is the proxy's or the site's; another proxy tells which.",
        ),
        Fault.HEADER_LINE_TOO_LONG: Words(
            FailureCode.PARSE_ERROR,
            "{host} sent a header line of more than {line_bytes} bytes",
            "`MAX_HEADER_LINE_BYTES` is the limit.",
        ),
        Fault.HEADERS_TOO_LARGE: Words(
            FailureCode.PARSE_ERROR,
            "{host} sent headers of more than {all_bytes} bytes",
            "`MAX_HEADER_BYTES` is the limit of all header lines together.",
        ),
        Fault.PAGE_TOO_LARGE: Words(
            FailureCode.PARSE_ERROR,
            "the page is too large",
            "Larger pages are not read: 8 MB of any site, 32 MB of a store.",
        ),
        Fault.BAD_ADDRESS: Words(
            FailureCode.PARSE_ERROR,
            "the address cannot be asked for",
            "It is no http(s) URL, or its host is no name.",
        ),
        Fault.UNKNOWN: Words(
            FailureCode.NETWORK_ERROR,
            "the connection to {host} failed",
            "The crawler's log has the cause.",
        ),
    }
)


class DownloadFault(Exception):
    """No page came; `str()` is the sentence for people."""

    def __init__(self, fault: Fault, **details: object) -> None:
        self.fault = fault
        self.code = FAULTS[fault].code
        super().__init__(FAULTS[fault].sentence.format_map(_Details(details)))


class _Details(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return f"its {name}"


def find_remedy(sentence: str) -> str | None:
    """What can be done, for a sentence that the table has made; None for any other."""
    for words in FAULTS.values():
        parts = re.split(r"\{(\w+)\}", words.sentence)
        # Every second part is a detail's name; one that stands twice would need a back-reference.
        pattern = "".join(
            f"(?P<{part}>.+)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
        if (found := re.search(f"{pattern}$", sentence)) is not None:
            return words.remedy.format_map(_Details(found.groupdict()))
    return None

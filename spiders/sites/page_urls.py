"""URLs of pages of any site: when two are one page, and which hosts a job may visit. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from w3lib.url import canonicalize_url

MAX_URL_LENGTH = 2_000
SCHEMES = frozenset({"http", "https"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class NotAPageUrl(ValueError):
    """It is not an absolute http(s) URL with a host."""


@lru_cache(maxsize=65_536)
def page_key(url: str) -> str:
    """Equal for URLs of one page; raises NotAPageUrl.

    The query is sorted, escapes are uniform, and neither a fragment, a default port nor the choice
    between http and https makes a difference. A trailing slash and `www.` do.
    """
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port
    place = f"[{host}]" if ":" in host else host
    if port not in (None, _DEFAULT_PORTS[parts.scheme]):
        place = f"{place}:{port}"
    canonical: str = canonicalize_url(parts._replace(scheme="http", netloc=place).geturl())
    return canonical.removeprefix("http:")


@lru_cache(maxsize=4_096)
def host_of(url: str) -> str:
    """Its lower-case host; raises NotAPageUrl."""
    return (_split(url).hostname or "").rstrip(".")


@dataclass(frozen=True, slots=True)
class Reach:
    """The hosts that a job may visit: `hosts` exactly, `domains` with their subdomains."""

    hosts: frozenset[str]
    domains: tuple[str, ...] = ()

    @classmethod
    def of(cls, start_url: str, domains: Iterable[str] = ()) -> Reach:
        """Without `domains`: the host of the start URL, and the same with or without `www.`."""
        chosen = tuple(domain.lower().strip(".") for domain in domains)
        if chosen:
            return cls(frozenset(), chosen)
        host = host_of(start_url)
        twin = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
        return cls(frozenset({host, twin}))

    def holds(self, url: str) -> bool:
        host = host_of(url)
        return host in self.hosts or any(
            host == domain or host.endswith(f".{domain}") for domain in self.domains
        )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError as error:
        raise NotAPageUrl(f"{url[:200]!r}: {error}") from error
    # What stands before or after a backslash there is the host to one parser and not to the next.
    if parts.scheme not in SCHEMES or not parts.hostname or "\\" in parts.netloc:
        raise NotAPageUrl(f"{url[:200]!r} is not an absolute http(s) URL")
    return parts

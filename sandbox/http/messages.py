"""What crosses between the HTTP server and the sites behind it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from sandbox.glitches import Glitch
from sandbox.http.gzip_stream import GzipPage

HTML = "text/html;charset=UTF-8"


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    exit: str = ""
    """By which way the client came, see `sandbox.visitors`."""
    glitch: Glitch | None = None
    """What the page will say wrongly; only a shop that goes wrong sets it."""

    @cached_property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @cached_property
    def query(self) -> dict[str, str]:
        """First value of each parameter."""
        pairs = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        return {name: values[0] for name, values in pairs.items()}

    @cached_property
    def host(self) -> str:
        """Lower case, without the port; of an absolute-form target when a proxy is asked."""
        named = urlsplit(self.target).netloc or self.headers.get("host", "")
        return named.rsplit("@", 1)[-1].split(":")[0].lower()

    @cached_property
    def cookies(self) -> dict[str, str]:
        pairs = (pair.partition("=") for pair in self.headers.get("cookie", "").split(";"))
        return {name.strip(): value.strip() for name, equals, value in pairs if equals}

    @property
    def takes_gzip(self) -> bool:
        for choice in self.headers.get("accept-encoding", "").lower().split(","):
            coding, _, weight = choice.partition(";")
            if coding.strip() in {"gzip", "*"}:
                return weight.strip().replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        return False


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom a page was made for, as the record of requests tells it."""

    session: str
    is_new_session: bool
    note: str
    language: str
    currency: str
    place: str


@dataclass(frozen=True)
class Reply:
    """`kind` is what the statistics call it. `is_cut` ends the connection halfway in the body."""

    status: int
    body: bytes | GzipPage
    kind: str
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    delay_seconds: float = 0.0
    is_cut: bool = False
    is_gzip: bool = False
    """The body's bytes are gzip already (a saved page)."""
    seen: Seen | None = None


class Site(Protocol):
    def reply(self, request: Request) -> Reply: ...


def normal_keyword(text: str) -> str:
    """Keywords compare decoded, casefolded, with single spaces."""
    return " ".join(text.casefold().split())

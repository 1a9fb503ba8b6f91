"""Whose pages a browser loads, and what came of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from spiders.pages.challenge import is_script_challenge


@dataclass(frozen=True, slots=True)
class BrowserVisitor:
    """Whose pages a request is among. In the request's meta under BROWSER."""

    id: str
    language: str
    # What a guest may set from the start.
    cookies: dict[str, str] = field(default_factory=dict, repr=False)


BROWSER = "browser_visitor"


class VisitorGone(Exception):
    """The visitor of a page has ended while the page stood in line. The page needs another one."""


@dataclass(slots=True)
class Answer:
    url: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_challenge(self) -> bool:
        return is_script_challenge(self.status, self.headers, self.body)


def page_headers(found: dict[str, str]) -> dict[str, str]:
    """The body is decoded already."""
    unsent = ("content-encoding", "content-length", "transfer-encoding", "set-cookie")
    return {name: value for name, value in found.items() if name.lower() not in unsent}


def with_https(url: str) -> str:
    return urlsplit(url)._replace(scheme="https").geturl()

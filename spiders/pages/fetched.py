from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer as it came: final URL, lower-case header names, body after content decoding."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    encoding: str | None = None
    requested_url: str | None = None
    # The body ended before its end: connection, compressed stream or file broke off.
    is_cut: bool = False
    # What a crawl knew beside the page, for one that is read again: page, rankOffset, organicOffset.
    read_with: Mapping[str, Any] = field(default_factory=dict)

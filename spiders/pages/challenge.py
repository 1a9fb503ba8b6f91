"""Whether an answer asks the client for a script: a browser is let in, a plain client asked again."""

from __future__ import annotations

from collections.abc import Mapping

from spiders.pages.classify import PageKind, page_status
from spiders.pages.fetched import Fetched
from spiders.pages.status import PageStatus

_CHALLENGES = frozenset({PageStatus.SCRIPT_CHALLENGE, PageStatus.WAF_CHALLENGE})
# Both kinds are a few kilobytes long; a page of the store is hundreds.
MAX_BYTES = 50_000


def is_script_challenge(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    if len(body) > MAX_BYTES:
        return False
    lowered = {name.lower(): value for name, value in headers.items()}
    fetched = Fetched(url="", status=status, headers=lowered, body=body)
    return page_status(fetched, kind=PageKind.OTHER) in _CHALLENGES

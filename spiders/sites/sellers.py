"""Addresses of sellers' profiles. No I/O."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from spiders.sites.marketplaces import Marketplace

_SELLER_ID = re.compile(r"A[0-9A-Z]{8,20}")
_PROFILES = re.compile(
    r"^(?:/-/[a-z]{2})?/(?:sp|gp/aag/main|gp/help/seller/(?:at-a-glance|home)\.html)(?:/.*)?$"
)
# By which addresses of profiles and of sellers' products name their seller.
_NAMES = ("seller", "me", "merchant", "merchantID")


def seller_url(marketplace: Marketplace, seller_id: str, *, language: str | None = None) -> str:
    query = {"seller": seller_id} | ({"language": language} if language else {})
    return f"https://{marketplace.host}/sp?{urlencode(query)}"


def is_seller_address(url: str) -> bool:
    parts = urlsplit(url)
    return _PROFILES.match(parts.path) is not None and seller_of_address(parts) is not None


def seller_of_address(parts: SplitResult) -> str | None:
    query = parse_qs(parts.query)
    for name in _NAMES:
        if found := seller_id_from_text(query.get(name, [""])[0]):
            return found
    return None


def seller_id_from_link(href: str | None) -> str | None:
    """Links of pages may be anything: `https://[::1` raises in the standard library."""
    try:
        return seller_of_address(urlsplit(href or ""))
    except ValueError:
        return None


def seller_id_from_text(text: str) -> str | None:
    """The one rule of what an id of a seller is, in whichever case it is written."""
    found = text.strip().upper()
    return found if _SELLER_ID.fullmatch(found) else None

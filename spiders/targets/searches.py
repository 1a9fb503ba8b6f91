"""Searches: a keyword, or the address of a search."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.targets.addresses import HAS_SCHEME, LOOKS_LIKE_HOST, split_address
from spiders.targets.models import Refused, SearchTarget
from spiders.targets.text import clean_text

# What of a search's address is kept beside its keyword and page.
_SEARCH_QUERY = ("i", "rh", "bbn", "node", "s", "low-price", "high-price", "srs", "me")
_SEARCH_PATH = re.compile(r"/(?:s|gp/search|gp/aw/s)(?:/(?:ref=?[^/]*)?)?$", re.IGNORECASE)


def search_of_text(text: str) -> SearchTarget:
    if not _is_address(text):
        return SearchTarget(text)
    parts = split_address(text)
    store = find_marketplace_by_host(parts.hostname or "")
    if store is None:
        raise Refused(f"{parts.hostname or 'its host'} is not a store we know; send the keyword")
    query = {name.casefold(): value for name, value in parse_qsl(parts.query)}
    kept = {name: query[name] for name in _SEARCH_QUERY if query.get(name)}
    words = query.get("k") or query.get("field-keywords") or query.get("keywords") or ""
    keyword = clean_text(words) or None
    if not _SEARCH_PATH.search(parts.path) or not (keyword or kept):
        raise Refused("no search in this address (/s?k=…); send the keyword")
    return SearchTarget(keyword, store.host, kept, page=_page_number(query.get("page", "")))


def _is_address(text: str) -> bool:
    """With a scheme, or of a store; `usb-c.cable/2m` is a keyword."""
    if " " in text or "/" not in text:
        return False
    if HAS_SCHEME.match(text):
        return "://" in text
    host = text.lstrip("/").partition("/")[0]
    is_store = find_marketplace_by_host(host) is not None or host.startswith("www.")
    return is_store and LOOKS_LIKE_HOST.match(text) is not None


def _page_number(text: str) -> int:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,2}", text) else 1

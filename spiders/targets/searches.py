"""Searches: a keyword, a browse node, a seller's products, or the address of any list of results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import SplitResult, parse_qsl, unquote

from spiders.sites.bestsellers import place_from_path
from spiders.sites.marketplaces import Marketplace, find_marketplace_by_host
from spiders.sites.refinements import (
    DEPARTMENT,
    KEYWORD,
    NODE,
    BadRefinement,
    Entry,
    entries_from_text,
    text_from_entries,
)
from spiders.sites.sellers import seller_id_from_text
from spiders.sites.urls import asin_from_path
from spiders.targets.addresses import (
    HAS_SCHEME,
    LOOKS_LIKE_HOST,
    SHORT_LINK_HOSTS,
    readable_address,
    split_address,
    unwrapped_address,
)
from spiders.targets.models import AROUND_END, NotAnAmazonTarget, Refused, SearchTarget
from spiders.targets.text import clean_text

ACCEPTED = (
    "send a keyword, a browse node (node:172282), a seller (seller:A2L77EE7U53NWQ), or the address of"
    " a search or a category"
)
# `/s`, `/s/ref=…`, mobile and older ones; `/b` and `/Words/b` of a category.
_SEARCH_PATH = re.compile(
    r"/(?:s|gp/search|gp/aw/s|b|gp/browse(?:\.html)?|gp/node|exec/obidos/search-handle-url)"
    r"(?:/(?:ref=?[^/]*|other)?)?$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\^`{}]+", re.IGNORECASE)
_NODE_TEXT = re.compile(r"node:\s*([0-9]{1,15})", re.IGNORECASE)
_SELLER_TEXT = re.compile(r"seller:\s*(\w{8,21})", re.IGNORECASE)
_NODE = re.compile(r"[0-9]{1,15}")
_ALIAS = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?")
_KEYWORD_NAMES = ("k", "field-keywords", "keywords")
_OLD_DEPARTMENT = "search-alias="
# What the store does without them: all departments, by relevance.
_DEFAULT_DEPARTMENT = "aps"
_DEFAULT_SORTS = frozenset({"relevanceblender", "relevancerank", "relevance-rank"})
_UNKEYED = "no search in this address"


def search_of_text(text: str) -> SearchTarget:
    text = readable_address(text)
    if found := _NODE_TEXT.fullmatch(text):
        return SearchTarget(None, query={"rh": f"{NODE}:{found.group(1)}"})
    named = _SELLER_TEXT.fullmatch(text)
    if named is not None and (seller := seller_id_from_text(named.group(1))):
        return SearchTarget(None, query={"me": seller})
    address = _address_in(text)
    return SearchTarget(text) if address is None else _search_of_address(address)


def require_own_store(asked: SearchTarget, store: Marketplace) -> None:
    """Raises NotAnAmazonTarget for an address whose numbers are another store's than the one read."""
    if asked.host is None or asked.host == store.host or not asked.store_numbers:
        return
    names = ", ".join(asked.store_numbers)
    raise NotAnAmazonTarget(
        asked.text,
        f"the numbers in its {names} are {asked.host}'s own, and the marketplace asked for is {store.code};"
        " leave the marketplace out, or send that store's address",
    )


def _address_in(text: str) -> str | None:
    """The one address in a sentence, or the text itself where it is one; None for a keyword."""
    found: set[str] = {address.rstrip(AROUND_END) for address in _ADDRESS.findall(text)}
    if len(found) > 1:
        raise Refused(f"it names {len(found)} addresses; give each a target of its own")
    if found:
        return found.pop()
    return text if _is_address(text) else None


def _is_address(text: str) -> bool:
    """With a scheme, of a store or short link, or with a query; `usb-c.cable/2m` is a keyword."""
    if " " in text or "/" not in text:
        return False
    if HAS_SCHEME.match(text):
        return "://" in text
    host, _, rest = text.lstrip("/").partition("/")
    is_known = find_marketplace_by_host(host) is not None or host.casefold() in SHORT_LINK_HOSTS
    is_known = is_known or host.startswith("www.") or ("?" in rest and "=" in rest)
    return is_known and LOOKS_LIKE_HOST.match(text) is not None


def _search_of_address(text: str) -> SearchTarget:
    parts = split_address(unwrapped_address(text))
    host = (parts.hostname or "").casefold().rstrip(".")
    if host in SHORT_LINK_HOSTS:
        raise Refused("a short link; open it and send the search's own address")
    store = find_marketplace_by_host(host)
    if store is None:
        raise Refused(f"{host or 'its host'} is not a store we know; {ACCEPTED}")
    if not _SEARCH_PATH.search(unquote(parts.path)):
        raise Refused(_reason_for_path(parts))
    query = {name.casefold(): value.strip() for name, value in parse_qsl(parts.query)}
    entries = _entries(query)
    keyword = _keyword(query, entries)
    kept = _kept(query, entries)
    if keyword is None and not _NARROWING & kept.keys():
        raise Refused(f"{_UNKEYED} (/s?k=…, /s?rh=n:…, /b?node=…, /s?me=…); {ACCEPTED}")
    return SearchTarget(keyword, store.host, kept, page=_page_number(query.get("page", "")))


# What makes a list of results without a keyword.
_NARROWING = frozenset({"rh", "i", "srs", "me"})


def _entries(query: Mapping[str, str]) -> list[Entry]:
    """Of `rh`, with the category that the address names beside it."""
    try:
        entries = entries_from_text(query.get("rh", ""))
    except BadRefinement as error:
        raise Refused(f"rh: {error}") from error
    node = query.get("node")
    if node and (NODE, node) not in entries:
        entries.append((NODE, _checked("node", node, _NODE, "a number")))
    return entries


def _keyword(query: Mapping[str, str], entries: list[Entry]) -> str | None:
    named = [query[name] for name in _KEYWORD_NAMES if query.get(name)]
    named += [value for name, value in entries if name == KEYWORD]
    return next((word for text in named if (word := clean_text(text))), None)


def _kept(query: Mapping[str, str], entries: list[Entry]) -> dict[str, str]:
    """All that decides what is listed, in one spelling; the rest tells Amazon where a click was."""
    found: dict[str, str | None] = {
        "i": _department(query, entries),
        "rh": text_from_entries(e for e in entries if e[0] not in (KEYWORD, DEPARTMENT)),
        "bbn": _checked_if_given(query, "bbn", _NODE, "a number"),
        "s": _sort(query),
        "low-price": _amount(query, "low-price"),
        "high-price": _amount(query, "high-price"),
        "srs": _checked_if_given(query, "srs", _NODE, "a number"),
        "me": _seller(query),
    }
    return {name: value for name, value in found.items() if value}


def _department(query: Mapping[str, str], entries: list[Entry]) -> str | None:
    older = query.get("url", "")
    older = older.removeprefix(_OLD_DEPARTMENT) if older.startswith(_OLD_DEPARTMENT) else ""
    in_rh = next((value for name, value in entries if name == DEPARTMENT), "")
    alias = (query.get("i") or older or in_rh).casefold()
    if not alias or alias == _DEFAULT_DEPARTMENT:
        return None
    return _checked("i", alias, _ALIAS, "a department's short name")


def _sort(query: Mapping[str, str]) -> str | None:
    order = query.get("s", "").casefold()
    if not order or order in _DEFAULT_SORTS:
        return None
    return _checked("s", order, _ALIAS, "a sort order")


def _amount(query: Mapping[str, str], name: str) -> str | None:
    text = query.get(name, "")
    if not text:
        return None
    return f"{Decimal(_checked(name, text, _AMOUNT, 'a number')).normalize():f}"


def _checked(name: str, text: str, form: re.Pattern[str], what: str) -> str:
    if not form.fullmatch(text):
        raise Refused(f"{name} of this address is {text[:60]!r}, it must be {what}")
    return text


def _checked_if_given(
    query: Mapping[str, str], name: str, form: re.Pattern[str], what: str
) -> str | None:
    text = query.get(name)
    return _checked(name, text, form, what) if text else None


def _seller(query: Mapping[str, str]) -> str | None:
    text = query.get("me")
    if not text:
        return None
    if (found := seller_id_from_text(text)) is None:
        raise Refused(f"me of this address is {text[:60]!r}, it must be a seller's id")
    return found


def _page_number(text: str) -> int:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,2}", text) else 1


def _reason_for_path(parts: SplitResult) -> str:
    path = unquote(parts.path)
    if asin_from_path(path) is not None:
        return f"{_UNKEYED}: it is a product's; send it to a details job"
    if place_from_path(path) is not None:
        return f"{_UNKEYED}: it is a list's; send it to a bestsellers job"
    if re.search(r"/sp/?$", path):
        return f"{_UNKEYED}: it is a seller's profile; send seller:ID for the seller's products"
    if "/stores/" in path:
        return (
            f"{_UNKEYED}: it is a brand's own store, which is no list; send the brand as a keyword"
        )
    return f"{_UNKEYED} (/s?k=…); {ACCEPTED}"

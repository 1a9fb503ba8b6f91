"""Lists of best sellers and their kin: a category's slug, its browse node, or a list's address."""

from __future__ import annotations

import re

from spiders.sites.bestsellers import BEST_SELLERS, ListPlace, place_from_path
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.targets.addresses import HAS_SCHEME, LOOKS_LIKE_HOST, split_address
from spiders.targets.models import AROUND, AROUND_END, ListTarget, Refused

ACCEPTED = (
    "send a category's slug (electronics), slug and node (electronics/172541), a node, or the list's"
    " own address"
)
_NODE = re.compile(r"(?:node:\s*)?([0-9]{3,15})", re.IGNORECASE)
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,60}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_ASIN = re.compile(r"B0[0-9A-Z]{8}")


def list_of_text(text: str) -> ListTarget:
    """A slug or a node alone is of the best sellers, unless the job asks for another list."""
    bare = _one_address(text) or text.lstrip(AROUND).rstrip(AROUND_END)
    if HAS_SCHEME.match(bare) and not _NODE.fullmatch(bare):
        return _list_of_address(bare)
    if LOOKS_LIKE_HOST.match(bare) and "." in bare:
        return _list_of_address(bare)
    place = place_from_path(bare)
    if place is not None:
        if place.slug is None and place.node is None:
            raise Refused(f"it names a list but no category; {ACCEPTED}")
        return ListTarget(place, names_list=True)
    return ListTarget(_place_of_words(bare.strip("/")))


def _one_address(text: str) -> str | None:
    found = {address.rstrip(AROUND_END) for address in _ADDRESS.findall(text)}
    if len(found) > 1:
        raise Refused(f"it names {len(found)} addresses; give each a target of its own")
    return found.pop() if found else None


def _list_of_address(text: str) -> ListTarget:
    parts = split_address(text)
    store = find_marketplace_by_host(parts.hostname or "")
    if store is None:
        raise Refused(f"{parts.hostname or 'its host'} is not a store we know; {ACCEPTED}")
    place = place_from_path(parts.path)
    if place is None:
        raise Refused(f"no list in this address (/gp/bestsellers/…); {ACCEPTED}")
    return ListTarget(place, store.host, names_list=True)


def _place_of_words(text: str) -> ListPlace:
    if node := _NODE.fullmatch(text):
        return ListPlace(BEST_SELLERS, node=node.group(1))
    slug, *nodes = text.split("/")
    if _ASIN.fullmatch(slug.upper()):
        raise Refused(f"{slug!r} is a product's number, not a category; {ACCEPTED}")
    if not _SLUG.fullmatch(slug):
        raise Refused(f"{text[:60]!r} is not a category's slug; {ACCEPTED}")
    for below in nodes:
        if not _NODE.fullmatch(below):
            raise Refused(f"{below[:60]!r} after the slug is not a browse node; {ACCEPTED}")
    return ListPlace(BEST_SELLERS, slug.casefold(), nodes[-1] if nodes else None)

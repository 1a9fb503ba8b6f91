"""Sellers: an id, or the address of a profile or of the seller's products."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.sites.sellers import seller_id_from_text, seller_of_address
from spiders.targets import EmptyTarget, target_from_text
from spiders.targets.addresses import HAS_SCHEME, LOOKS_LIKE_HOST, split_address
from spiders.targets.models import AROUND, AROUND_END, Refused

ACCEPTED = "send a seller's id (A2L77EE7U53NWQ), or the address of the profile (/sp?seller=…)"
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_LABEL = re.compile(r"^seller:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SellerTarget:
    """`host` is the store's that the address names; None for an id alone. `text`: what was read,
    cleaned."""

    seller_id: str
    host: str | None = None
    text: str = ""


def seller_target_from_text(text: str) -> SellerTarget | EmptyTarget:
    """Raises NotAnAmazonTarget."""
    return target_from_text(text, _seller)


def _seller(text: str) -> SellerTarget:
    addresses = {address.rstrip(AROUND_END) for address in _ADDRESS.findall(text)}
    if len(addresses) > 1:
        raise Refused(f"it names {len(addresses)} addresses; give each a target of its own")
    bare = addresses.pop() if addresses else text.lstrip(AROUND).rstrip(AROUND_END)
    named = _LABEL.sub("", bare)
    if found := seller_id_from_text(named):
        return SellerTarget(found)
    if not HAS_SCHEME.match(bare) and not (LOOKS_LIKE_HOST.match(bare) and "." in bare):
        raise Refused(f"{named[:60]!r} is not a seller's id; {ACCEPTED}")
    parts = split_address(bare)
    store = find_marketplace_by_host(parts.hostname or "")
    if store is None:
        raise Refused(f"{parts.hostname or 'its host'} is not a store we know; {ACCEPTED}")
    found = seller_of_address(parts)
    if found is None:
        raise Refused(f"no seller in this address; {ACCEPTED}")
    return SellerTarget(found, store.host)

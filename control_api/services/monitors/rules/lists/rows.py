"""From the rows of a look to the list that they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from control_api.services.monitors.rules.lists.listings import Entry, Listing

Rows = Sequence[Mapping[str, Any]]

_NEW, _USED = "new", "used"
# By the beginning of what rows call a condition.
_LOWEST: Mapping[str, str] = {
    "lowestNew": _NEW,
    "lowestUsed": _USED,
    "lowestRenewed": "renewed",
    "lowestCollectible": "collectible",
}


def search_listing(
    rows: Rows, *, asked: Mapping[str, Any], said: Rows, is_partial: bool = False
) -> Listing:
    """A card that does not say whether it is paid for counts as neither."""
    entries = [
        Entry(row["asin"], row.get("brand"), bool(row["sponsored"]))
        for row in rows
        if row.get("sponsored") is not None
    ]
    return Listing(
        entries=entries,
        is_whole=not is_partial and _is_whole_search(rows, asked, said),
        is_partial=is_partial,
        shows_ads=asked.get("includeSponsored") is not False,
    )


def _is_whole_search(rows: Rows, asked: Mapping[str, Any], said: Rows) -> bool:
    """The pages came to an end before the ones that were asked for did, or hold as many as there are."""
    if not rows:
        return True
    most = asked.get("maxResults")
    if most is not None and len(rows) >= most:
        return False
    first = asked.get("firstPage") or 1
    read = max(row.get("page") or first for row in rows) - first + 1
    if read < (asked.get("maxPages") or 1):
        return True
    total = said[0].get("totalResults") if said else None
    organic = sum(1 for row in rows if row.get("sponsored") is False)
    return total is not None and total <= organic


def ranked_listing(rows: Rows, *, asked: Mapping[str, Any], is_partial: bool = False) -> Listing:
    """Down to the first rank that no row has: what stands below it was not read whole."""
    of_rank = {row["rank"]: row for row in rows if row.get("rank")}
    entries: list[Entry] = []
    while (row := of_rank.get(len(entries) + 1)) is not None:
        entries.append(Entry(row["asin"], row.get("byline")))
    most = asked.get("maxResults")
    is_cut = most is not None and len(rows) >= most
    has_gap = len(entries) < len(of_rank)
    return Listing(
        entries=entries,
        is_whole=not (is_partial or is_cut or has_gap),
        is_partial=is_partial,
    )


def offers_listing(rows: Rows, *, asked: Mapping[str, Any], is_partial: bool = False) -> Listing:
    """Sellers, in the order of their first offers. An offer that names none is of nobody."""
    entries: dict[str, Entry] = {}
    for row in rows:
        seller = row.get("seller") or {}
        key = seller.get("id") or seller.get("name")
        if key:
            entries.setdefault(key, Entry(key, seller.get("name")))
    most = asked.get("maxOffers")
    is_cut = most is not None and len(rows) >= most
    return Listing(
        entries=list(entries.values()), is_whole=not (is_partial or is_cut), is_partial=is_partial
    )


def offer_values(
    rows: Rows, listing: Listing, *, asked: Mapping[str, Any], currency: str | None
) -> dict[str, Any]:
    """A list that was cut short does not say what is the lowest. `None`: there is no such offer."""
    if not listing.is_whole:
        return {}
    wanted = asked.get("conditions") or ()
    values: dict[str, Any] = {
        name: min(_prices(rows, condition, currency), default=None)
        for name, condition in _LOWEST.items()
        if not wanted or condition in wanted
    }
    return {**values, "offersCount": len(rows)}


def _prices(rows: Rows, condition: str, currency: str | None) -> Iterator[Decimal]:
    for row in rows:
        price = row.get("price")
        is_of_it = (row.get("condition") or "").partition("_")[0] == condition
        if is_of_it and price is not None and price["currency"] == currency:
            yield Decimal(price["amount"])

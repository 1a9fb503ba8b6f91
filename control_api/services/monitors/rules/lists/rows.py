"""From the rows of a check to the list that they are."""

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
    """Down to the first rank that is missing: what stands below it was not read whole."""
    ranked = sorted(
        (row for row in rows if row.get("rank")), key=lambda row: (row["rank"], row["asin"])
    )
    entries: list[Entry] = []
    for row in ranked:
        # Two that share a rank stand one behind the other, and the next rank is missing then.
        if row["rank"] > len(entries) + 1:
            break
        entries.append(Entry(row["asin"], row.get("byline")))
    most = asked.get("maxResults")
    is_cut = most is not None and len(rows) >= most
    has_gap = len(entries) < len(ranked)
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
        entries=list(entries.values()),
        is_whole=not (is_partial or is_cut),
        is_partial=is_partial,
        has_sellers=True,
    )


def offer_values(
    rows: Rows, listing: Listing, *, asked: Mapping[str, Any], currency: str | None
) -> dict[str, Any]:
    """A list that was cut short does not say what is the lowest. `None`: there is no such offer."""
    if not listing.is_whole:
        return {}
    wanted = asked.get("conditions") or ()
    values: dict[str, Any] = {"offersCount": len(rows)}
    for name, condition in _LOWEST.items():
        if not wanted or condition in wanted:
            prices = list(_prices(rows, condition, currency))
            lowest = min((one for one, _ in prices if one is not None), default=None)
            if _is_said(prices, lowest):
                values[name] = lowest
    return values


def _is_said(prices: Sequence[tuple[Decimal | None, bool]], lowest: Decimal | None) -> bool:
    """Not where an offer that shows no price, or not of which condition it is, may be the lowest."""
    return not any(
        price is None or (not is_sure and (lowest is None or price <= lowest))
        for price, is_sure in prices
    )


def _prices(
    rows: Rows, condition: str, currency: str | None
) -> Iterator[tuple[Decimal | None, bool]]:
    """Of the offers of the condition, and of those that may be: the price, and whether it is of the condition.
    None: no price is shown, or one in another currency."""
    for row in rows:
        price, own = row.get("price"), row.get("condition")
        if own is None or own.partition("_")[0] == condition:
            is_known = price and price["currency"] == currency
            yield (Decimal(price["amount"]) if price and is_known else None), own is not None

"""The order of a search's results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from control_api.services.monitors.rules.lists.listings import Listing

# Of a search that found nothing: no product is at any place.
WHOLE = math.inf
_SHARE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Placements:
    """`places`: by ASIN, its first place among the results that are not paid for, from 1.

    `depth`: how many such results were read; of what stands below it nothing is known. `ads_before[n]`:
    the paid results that stand before the place n + 1. None: they were not kept. `has_sellers`: they stand
    there instead of products, and in which order says nothing.
    """

    places: Mapping[str, int]
    depth: float
    ads_before: tuple[int, ...] | None = None
    has_sellers: bool = False

    def within(self, depth: float) -> dict[str, int]:
        return {asin: place for asin, place in self.places.items() if place <= depth}

    def sponsored_share(self, depth: float) -> Decimal | None:
        """Of all results down to the place `depth`."""
        if self.ads_before is None or not 0 < depth <= len(self.ads_before):
            return None
        ads = self.ads_before[int(depth) - 1]
        return (Decimal(ads) / (ads + int(depth))).quantize(_SHARE)


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """`before` or `after` None: not among the first `depth` results."""

    asin: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class PlaceChanges:
    """`depth`: to which place both were read; None: one found nothing at all, the other too."""

    changes: tuple[PlaceChange, ...]
    depth: int | None
    share_before: Decimal | None
    share_after: Decimal | None
    has_sellers: bool = False


def placements_of(rows: Iterable[Mapping[str, Any]], *, shows_ads: bool) -> Placements:
    places: dict[str, int] = {}
    ads_before: list[int] = []
    ads, is_empty = 0, True
    for row in rows:
        # Null: the card does not say, and counts as neither.
        if row["sponsored"]:
            ads += 1
        elif row["sponsored"] is False:
            ads_before.append(ads)
            places.setdefault(row["asin"], len(ads_before))
        is_empty = False
    if is_empty:
        return Placements({}, WHOLE)
    return Placements(places, len(ads_before), tuple(ads_before) if shows_ads else None)


def placements_of_listing(listing: Listing, *, has_sellers: bool = False) -> Placements:
    depth = WHOLE if listing.is_whole else listing.depth
    return Placements(listing.places, depth, has_sellers=has_sellers)


def compare_places(before: Placements, after: Placements) -> PlaceChanges:
    """Down to the smaller depth: nothing is said of places that one of the two did not read."""
    depth = min(before.depth, after.depth)
    old, new = before.within(depth), after.within(depth)
    stayed = [
        PlaceChange(asin, old.get(asin), place)
        for asin, place in new.items()
        if (asin not in old if after.has_sellers else old.get(asin) != place)
    ]
    left = [PlaceChange(asin, place, None) for asin, place in old.items() if asin not in new]
    return PlaceChanges(
        (*stayed, *left),
        None if depth == WHOLE else int(depth),
        before.sponsored_share(depth),
        after.sponsored_share(depth),
        after.has_sellers,
    )

"""How much of the first places of a list belongs to whom: of one check, and over time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from control_api.services.monitors.rules.chunks import ListSeen
from control_api.services.monitors.rules.lists.listings import Entry, Listing
from control_api.services.monitors.rules.steps import Cell, Span, cells_of
from control_api.services.monitors.rules.watch_state import Step

_EXACT = Decimal("0.000001")
GroupOf = Callable[[Entry], str]


class Part(StrEnum):
    ORGANIC = "organic"
    SPONSORED = "sponsored"
    ALL = "all"


Shares = Mapping[Part, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class GroupShare:
    """`cells`: of each part, one for each span of time that was asked for."""

    group: str
    cells: Mapping[Part, Sequence[Cell]]


def shares_of(listing: Listing, top: int, group_of: GroupOf, *, is_weighted: bool) -> Shares:
    """Of the entries down to the place `top`, advertisements between them included. A part without entries
    has no groups. `is_weighted`: a place counts 1 / log2(1 + place)."""
    entries = _first(listing, top)
    parts: Mapping[Part, Sequence[Entry]] = {
        Part.ORGANIC: [one for one in entries if not one.is_ad],
        Part.SPONSORED: [one for one in entries if one.is_ad],
        Part.ALL: entries,
    }
    return {part: _shares(own, group_of, is_weighted=is_weighted) for part, own in parts.items()}


def shares_over_time(
    seen: Sequence[ListSeen],
    shares: Sequence[Shares],
    unknown: Sequence[Span],
    edges: Sequence[datetime],
) -> list[GroupShare]:
    """Weighed by the time that was observed; the greatest share of all first."""
    groups = {group for one in shares for own in one.values() for group in own}
    until = seen[-1].at if seen else edges[0]
    found = [
        GroupShare(
            group,
            {
                part: cells_of(_steps(seen, shares, part, group), unknown, edges, until)
                for part in Part
            },
        )
        for group in groups
    ]
    return sorted(found, key=lambda one: (-_greatest(one), one.group))


def _first(listing: Listing, top: int) -> list[Entry]:
    entries: list[Entry] = []
    place = 0
    for one in listing.entries:
        place += not one.is_ad
        if place > top:
            break
        entries.append(one)
    return entries


def _shares(
    entries: Sequence[Entry], group_of: GroupOf, *, is_weighted: bool
) -> Mapping[str, Decimal]:
    weights: dict[str, Decimal] = {}
    for place, one in enumerate(entries, 1):
        weight = Decimal(str(1 / math.log2(1 + place))) if is_weighted else Decimal(1)
        group = group_of(one)
        weights[group] = weights.get(group, Decimal(0)) + weight
    total = sum(weights.values(), Decimal(0))
    return {group: (weight / total).quantize(_EXACT) for group, weight in weights.items()}


def _steps(
    seen: Sequence[ListSeen], shares: Sequence[Shares], part: Part, group: str
) -> list[Step]:
    """A group that is not there has a share of nothing; where a part has no entries nobody has one."""
    return [
        Step(part, one.at, own[part].get(group, Decimal(0)) if own[part] else None)
        for one, own in zip(seen, shares, strict=True)
    ]


def _greatest(share: GroupShare) -> Decimal:
    means = [cell.mean for cell in share.cells[Part.ALL] if cell.mean is not None]
    return max(means, default=Decimal(0))

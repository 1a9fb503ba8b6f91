"""Which fields each kind of watch has, and where a field is found by its name.

Beside the fields of a table, a watch of a list has `place:KEY` and `adPlace:KEY` for each that stands on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from control_api.services.monitors.rules.fields import FIELDS, TrackedField

PLACE, AD_PLACE = "place", "adPlace"
_PLACES = (PLACE, AD_PLACE)


def _of_list(name: str, *, is_loud: bool = False, **more: Any) -> TrackedField:
    """Its value is computed from all rows of the check, and not from one."""
    return TrackedField(
        name=name, source=name, read=lambda row: row.get(name), is_loud=is_loud, **more
    )


def _lowest(name: str) -> TrackedField:
    return _of_list(name, is_loud=True, is_money=True, may_jump=True)


@dataclass(frozen=True, slots=True)
class FieldTable:
    """`moves`: whether a watch is a list, whose members enter, leave and move; `ads`: whether some are
    advertised."""

    fields: tuple[TrackedField, ...]
    has_members: bool = False
    has_places: bool = False
    has_ads: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields)

    @property
    def shown_names(self) -> tuple[str, ...]:
        """With the forms of those that are named by who stands on the list."""
        placed = (f"{PLACE}:ASIN",) if self.has_places else ()
        return (*self.names, *placed, *((f"{AD_PLACE}:ASIN",) if self.has_ads else ()))

    def has(self, name: Any) -> bool:
        if not isinstance(name, str):
            return False
        first, _, key = name.partition(":")
        if key:
            return (first == PLACE and self.has_places) or (first == AD_PLACE and self.has_ads)
        return name in self.names


PRODUCT_TABLE = FieldTable(FIELDS)
SEARCH_TABLE = FieldTable((_of_list("results"),), has_members=True, has_places=True, has_ads=True)
RANKED_TABLE = FieldTable((_of_list("listed"),), has_members=True, has_places=True)
OFFERS_TABLE = FieldTable(
    (
        _lowest("lowestNew"),
        _lowest("lowestUsed"),
        _lowest("lowestRenewed"),
        _lowest("lowestCollectible"),
        _of_list("offersCount"),
    ),
    has_members=True,
)
# By name, those of all tables. A name means the same in each table that has it.
KNOWN_FIELDS: Mapping[str, TrackedField] = MappingProxyType(
    {
        one.name: one
        for table in (PRODUCT_TABLE, SEARCH_TABLE, RANKED_TABLE, OFFERS_TABLE)
        for one in table.fields
    }
)
_NUMBERS = {
    "rating", "rank", "stockLeft", "ratingsCount", "boughtPastMonth", "newOffers", "usedOffers",
    "results", "listed", "offersCount",
}  # fmt: skip


def is_place(name: str) -> bool:
    return name.partition(":")[0] in _PLACES and ":" in name


def is_known(name: str) -> bool:
    return name in KNOWN_FIELDS or is_place(name)


def is_money(name: str) -> bool:
    return name in KNOWN_FIELDS and KNOWN_FIELDS[name].is_money


def is_numeric(name: str) -> bool:
    return is_place(name) or is_money(name) or name in _NUMBERS

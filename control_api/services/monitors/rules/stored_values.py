"""Values as the history keeps them: integers instead of decimals, and nothing that BSON does not know.

Money is kept in ten-thousandths of its unit, a rating in tenths.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from control_api.services.monitors.rules.field_tables import KNOWN_FIELDS
from control_api.services.monitors.rules.fields import RankValue, SellerValue

_PLACES: Mapping[str, int] = MappingProxyType(
    {**{one.name: 4 for one in KNOWN_FIELDS.values() if one.is_money}, "rating": 1}
)
_INT64 = 2**63


def scale_of(name: str) -> int:
    """By which a number of the field is multiplied to be kept."""
    return int(10 ** _PLACES.get(name, 0))


def is_storable(name: str, value: Any) -> bool:
    """Whether nothing of the value would be lost."""
    if not isinstance(value, Decimal):
        return True
    scaled = value.scaleb(_PLACES[name])
    return scaled == scaled.to_integral_value() and abs(scaled) < _INT64


def stored_value(name: str, value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value.scaleb(_PLACES[name]))
    if isinstance(value, SellerValue | RankValue):
        return value._asdict()
    return value


def value_from_stored(name: str, stored: Any) -> Any:
    if stored is None:
        return None
    if name in _PLACES:
        return Decimal(stored).scaleb(-_PLACES[name])
    if name == "seller":
        return SellerValue(stored["id"], stored["name"])
    if name == "rank":
        return RankValue(stored["category"], stored["rank"])
    return stored

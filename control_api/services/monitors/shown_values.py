"""Values of fields as clients are shown them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from control_api.services.monitors.rules.conditions import number_of
from control_api.services.monitors.rules.field_tables import is_money
from control_api.services.monitors.rules.fields import RankValue, SellerValue


def shown_value(name: str | None, value: Any, currency: str | None) -> Any:
    """`name` None: a place on a list. Money as `{amount, currency}`, a seller as `{id, name}`, a rank as its number."""
    if isinstance(value, Decimal) and is_money(name or ""):
        return {"amount": value, "currency": currency}
    if isinstance(value, SellerValue):
        return {"id": value.id, "name": value.name}
    return value.rank if isinstance(value, RankValue) else value


def percent_moved(before: Any, after: Any) -> Decimal | None:
    old, new = number_of(before), number_of(after)
    if old is None or new is None or old == 0:
        return None
    return ((new - old) / old * 100).quantize(Decimal("0.01"))

"""A target's difference as JSON, and as lines of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from control_api.azscraper.schemas.jobs.deltas import FieldChangeOut, TargetDeltaOut
from control_api.services.monitors.deltas.delta_walk import TargetDelta
from control_api.services.monitors.rules.differences import Difference
from control_api.services.monitors.rules.field_tables import is_money
from control_api.services.monitors.rules.fields import RankValue, SellerValue
from control_api.services.monitors.rules.placements import PlaceChanges
from control_api.services.records import Row

# A change a line. `item`: the product whose place changed, of a search.
LINE_COLUMNS = (
    "value", "marketplace", "status", "reason", "field", "item", "before", "after", "currency", "beforeAt", "at",
)  # fmt: skip
_PLACE_FIELD = "place"


def delta_answer(delta: TargetDelta) -> TargetDeltaOut:
    difference = delta.difference
    changes = [
        FieldChangeOut.read(
            change,
            before=_value(change.field, change.before, difference),
            after=_value(change.field, change.after, difference),
        )
        for change in difference.fields
    ]
    places = _places(difference.places) if difference.places is not None else {}
    empty = {"reason": difference.reason is None, "fields": not changes}
    return TargetDeltaOut.read(
        difference,
        without=[name for name, is_empty in empty.items() if is_empty],
        value=delta.target.value,
        marketplace=delta.target.marketplace,
        **({"fields": changes} if changes else {}),
        **places,
    )


def delta_rows(deltas: Iterable[TargetDelta]) -> Iterator[Row]:
    for delta in deltas:
        yield Row(delta.target.id, delta_answer(delta).to_plain())


def delta_lines(deltas: Iterable[TargetDelta]) -> Iterator[Row]:
    """A target without a change that can be named is one line."""
    for delta in deltas:
        difference = delta.difference
        head = {
            "value": delta.target.value,
            "marketplace": delta.target.marketplace,
            "status": difference.status.value,
            "reason": difference.reason,
            "beforeAt": difference.before_at,
            "at": difference.at,
        }
        for change in _line_changes(difference) or [{}]:
            yield Row(delta.target.id, {**head, **change})


def _line_changes(difference: Difference) -> list[dict[str, Any]]:
    found = [
        {
            "field": change.field,
            "before": _cell(change.before),
            "after": _cell(change.after),
            "currency": difference.currency if is_money(change.field) else None,
        }
        for change in difference.fields
    ]
    places = difference.places.changes if difference.places else ()
    return found + [
        {"field": _PLACE_FIELD, "item": one.asin, "before": one.before, "after": one.after}
        for one in places
    ]


def _places(places: PlaceChanges) -> dict[str, Any]:
    changes = places.changes
    who = "seller" if places.has_sellers else "asin"
    return {
        "depth": places.depth,
        "entered": [{who: one.asin, "place": one.after} for one in changes if one.before is None],
        "left": [{who: one.asin, "place": one.before} for one in changes if one.after is None],
        # In which order the offers of a product stand says nothing: none of them moves.
        "moved": [
            {"asin": one.asin, "before": one.before, "after": one.after}
            for one in changes
            if one.before is not None and one.after is not None
        ],
        "sponsoredShare": {"before": places.share_before, "after": places.share_after},
    }


def _value(field: str, value: Any, difference: Difference) -> Any:
    if isinstance(value, Decimal) and is_money(field):
        return {"amount": value, "currency": difference.currency}
    if isinstance(value, SellerValue):
        return {"id": value.id, "name": value.name}
    return value.rank if isinstance(value, RankValue) else value


def _cell(value: Any) -> Any:
    if isinstance(value, SellerValue):
        return value.id or value.name
    return value.rank if isinstance(value, RankValue) else value

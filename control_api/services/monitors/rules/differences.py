"""What is different between two checks of the same target."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from control_api.services.monitors.rules.checks import Check, Outcome
from control_api.services.monitors.rules.field_tables import KNOWN_FIELDS
from control_api.services.monitors.rules.fields import LOUD
from control_api.services.monitors.rules.lists.sellers import with_ids
from control_api.services.monitors.rules.placements import (
    PlaceChanges,
    compare_places,
    placements_of_listing,
)


class Status(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"
    RETURNED = "returned"
    UNKNOWN = "unknown"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """None: the page says that there is none. Money is in the currency of its difference."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    status: Status
    reason: str | None = None
    before_at: str | None = None
    at: str | None = None
    currency: str | None = None
    fields: tuple[FieldChange, ...] = ()
    places: PlaceChanges | None = None


def compare(
    before: Check | None, after: Check | None, fields: Collection[str] = LOUD
) -> Difference:
    """`before` or `after` None: the target is not in that job's list; of both, one must be given."""
    if before is None or after is None:
        return _of_lists(before, after)
    difference = _of_outcomes(before, after) or _of_pages(before, after, fields)
    return replace(difference, before_at=before.at, at=after.at)


def _of_lists(before: Check | None, after: Check | None) -> Difference:
    if after is not None:
        return Difference(status=Status.ADDED, at=after.at)
    if before is not None:
        return Difference(status=Status.REMOVED, before_at=before.at)
    raise ValueError("neither job has the target")


def _of_outcomes(before: Check, after: Check) -> Difference | None:
    """None: both are pages."""
    for check in (after, before):
        if check.outcome is Outcome.UNKNOWN:
            return Difference(status=Status.UNKNOWN, reason=check.reason)
    if before.outcome is after.outcome:
        return None if after.outcome is Outcome.OK else Difference(status=Status.UNCHANGED)
    is_gone = after.outcome is Outcome.NOT_FOUND
    return Difference(status=Status.GONE if is_gone else Status.RETURNED)


def _of_pages(before: Check, after: Check, fields: Collection[str]) -> Difference:
    reason = before.context.differs_from(after.context)
    if reason is not None:
        return Difference(status=Status.INCOMPARABLE, reason=reason)
    changes = _changes(before, after, fields)
    places = _of_places(before, after)
    is_changed = bool(changes or (places and places.changes))
    return Difference(
        status=Status.CHANGED if is_changed else Status.UNCHANGED,
        currency=after.context.currency or before.context.currency,
        fields=changes,
        places=places,
    )


def _of_places(before: Check, after: Check) -> PlaceChanges | None:
    old, new = before.listing, after.listing
    if old is not None and new is not None and old.has_sellers:
        old, new = with_ids(old, new.names), with_ids(new, old.names)
        return compare_places(*(placements_of_listing(one, has_sellers=True) for one in (old, new)))
    if before.placements and after.placements:
        return compare_places(before.placements, after.placements)
    return None


def _changes(before: Check, after: Check, fields: Collection[str]) -> tuple[FieldChange, ...]:
    """Of the fields that both pages say something of, in the order of the table."""
    known = before.values.keys() & after.values.keys() & set(fields)
    if before.language != after.language:
        known = {name for name in known if not KNOWN_FIELDS[name].is_in_words}
    return tuple(
        FieldChange(one.name, before.values[one.name], after.values[one.name])
        for one in KNOWN_FIELDS.values()
        if one.name in known and not one.is_same(before.values[one.name], after.values[one.name])
    )

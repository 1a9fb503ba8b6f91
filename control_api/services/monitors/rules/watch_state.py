"""What is known of a watched product, and what one more check of it brings. Records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from control_api.services.monitors.rules.checks import Check
from control_api.services.monitors.rules.field_tables import (
    KNOWN_FIELDS,
    PLACE,
    PRODUCT_TABLE,
    FieldTable,
)
from control_api.services.monitors.rules.lists.listed import Listed, ListRules
from control_api.services.monitors.rules.lists.listings import Listing


class WatchOutcome(StrEnum):
    """How one check of a watch ended. Stored by its place in this list: new ones go to the end."""

    OK = "ok"
    BLOCKED = "blocked"
    FAILED = "failed"
    NOT_FOUND = "not_found"
    OFF_CONTEXT = "off_context"
    REDIRECTED = "redirected"
    LATE = "late"
    PARTIAL = "partial"


OUTCOMES = tuple(WatchOutcome)


class ChangeKind(StrEnum):
    STARTED = "started"
    CHANGED = "changed"
    GONE = "gone"
    RETURNED = "returned"
    REDIRECTED = "redirected"
    CONTEXT_CHANGED = "context_changed"
    # Of who stands on a list.
    ENTERED = "entered"
    LEFT = "left"
    MOVED = "moved"
    AD_STARTED = "ad_started"
    AD_STOPPED = "ad_stopped"


class Question(StrEnum):
    """Why a new value is not believed before it was seen twice."""

    SOURCE_CHANGED = "sourceChanged"
    PARSER_CHANGED = "parserChanged"
    JUMP = "jump"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRules:
    """What a monitor wants. `fields` None: all of its table. `currency`: the one it is pinned to."""

    fields: frozenset[str] | None = None
    loud: frozenset[str] = frozenset()
    confirm: int = 1
    questions: bool = True
    currency: str | None = None
    shows_place: bool = False
    table: FieldTable = PRODUCT_TABLE
    listed: ListRules = field(default_factory=ListRules)

    def tracks(self, name: str) -> bool:
        return self.fields is None or name in self.fields

    def is_loud(self, name: str) -> bool:
        return KNOWN_FIELDS[name].is_loud or name in self.loud


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a job found out about the watch. `at`: the moment of the page, or of the failure.

    `place_shown`: the place that the page's header names.
    """

    at: datetime
    check: Check
    price_source: str | None = None
    parser_version: str | None = None
    place_shown: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A value that was seen once. `before_at`: when the value that still holds was seen last."""

    value: Any
    at: datetime
    before_at: datetime
    reason: Question
    unknown_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lapse:
    """A field that pages do not show at present: when it was seen last, and first missed."""

    seen_at: datetime
    unknown_since: datetime


@dataclass(frozen=True, slots=True)
class WatchContext:
    """Under which circumstances what is known of the watch holds. A currency of None fits any.

    `order`: what else of a search decides who stands where.
    """

    currency: str | None = None
    place: str | None = None
    order: str | None = None

    def fits(self, other: WatchContext) -> bool:
        if (self.place, self.order) != (other.place, other.order):
            return False
        return None in (self.currency, other.currency) or self.currency == other.currency


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same finding, so many times in a row."""

    value: Any
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """`unstepped`: quiet fields whose value of now is no step of the history yet.

    `last_page_at`: of the last page of the product, of whichever context; pages are ordered by it.
    `last_ok_at`: of the last one in the watch's own context. `unknown_since`: the first check since the
    last page that brought none.
    """

    key: str
    now: Mapping[str, Any] = field(default_factory=dict)
    since: Mapping[str, datetime] = field(default_factory=dict)
    pending: Mapping[str, Pending] = field(default_factory=dict)
    lapsed: Mapping[str, Lapse] = field(default_factory=dict)
    unstepped: frozenset[str] = frozenset()
    context: WatchContext | None = None
    other_context: Repeated | None = None
    redirect: Repeated | None = None
    not_found: int = 0
    is_gone: bool = False
    language: str | None = None
    price_source: str | None = None
    parser_version: str | None = None
    last_at: datetime | None = None
    last_page_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_outcome: WatchOutcome | None = None
    missed: int = 0
    unknown_since: datetime | None = None
    # Of a watch that is a list.
    listed: Listed | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on the field has this value; None: the page says that there is none."""

    field: str
    at: datetime
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`before` and `after`: of a `changed` the field's values, of other kinds what they tell.

    `item`: who entered, left or moved, with the `label` that people know it by.
    """

    kind: ChangeKind
    at: datetime
    field: str | None = None
    before: Any = None
    after: Any = None
    before_at: datetime | None = None
    unknown_since: datetime | None = None
    is_confirmed: bool = False
    flags: tuple[str, ...] = ()
    currency: str | None = None
    item: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """`questioned`: how many values were not believed by this check. `listing`: what it read of the watch's own
    list."""

    state: WatchState
    outcome: WatchOutcome
    changes: Sequence[Change] = ()
    steps: Sequence[Step] = ()
    questioned: int = 0
    listing: Listing | None = None


def values_with_places(state: WatchState, names: Iterable[str]) -> dict[str, Any]:
    """What is known now, with the fields of these names, which are named by who stands on the list."""
    values = dict(state.now)
    if state.listed is None:
        return values
    for name in names:
        kind, _, key = name.partition(":")
        if kind == PLACE:
            values[name] = state.listed.place(key)
        elif state.listed.ads is not None:
            values[name] = state.listed.ads.get(key)
    return values


# Of the product itself. The other fields are of its offer, and hold in one context alone.
OF_PRODUCT = frozenset(
    {"title", "brand", "mainImage", "parentAsin", "rating", "ratingsCount", "boughtPastMonth", "rank", "badges"}
)  # fmt: skip
OF_OFFER = frozenset(KNOWN_FIELDS) - OF_PRODUCT

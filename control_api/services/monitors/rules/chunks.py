"""The history of a watch, in pieces of 128 checks. A piece opens with the values in force, so that it can
be read alone; it is final when it is full."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from control_api.services.monitors.rules.field_tables import AD_PLACE, PLACE, is_money, is_place
from control_api.services.monitors.rules.lists.listings import Listing
from control_api.services.monitors.rules.lists.orders import Names, packed, unpacked
from control_api.services.monitors.rules.steps import moment_of
from control_api.services.monitors.rules.stored_values import stored_value, value_from_stored
from control_api.services.monitors.rules.watch_state import OUTCOMES, Step, WatchOutcome

MAX_CHECKS = 128
MAX_AGE = timedelta(days=365)
_OUTCOME_BITS = 16
_GOOD = OUTCOMES.index(WatchOutcome.OK)
_SECOND = timedelta(seconds=1)
_SECOND_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Series:
    """A field's steps: seconds since the piece began, and stored values."""

    times: Sequence[int]
    values: Sequence[Any]

    def followed_by(self, at: int, value: Any) -> Series:
        """A step before the last ones takes their place: they repeat what was in force."""
        kept = bisect_left(self.times, at)
        return Series([*self.times[:kept], at], [*self.values[:kept], value])


@dataclass(frozen=True, slots=True)
class Chunk:
    """`checks`: each is the seconds since `start`, times 16, plus the outcome's number. `orders`: of a list,
    who stood where at each check that could read it, with the `names` that they count by. `currency`: of all
    its amounts; None: not known, or written before pieces had one."""

    start: datetime
    checks: Sequence[int] = ()
    fields: Mapping[str, Series] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    orders: Sequence[bytes] = ()
    currency: str | None = None

    @property
    def end(self) -> datetime:
        """Of its latest check."""
        return self.start + timedelta(
            seconds=max((one // _OUTCOME_BITS for one in self.checks), default=0)
        )


@dataclass(frozen=True, slots=True)
class CheckMade:
    at: datetime
    outcome: WatchOutcome


@dataclass(frozen=True, slots=True)
class Added:
    """`new_order`: of the check, where it read a list; `sealed`: the piece that was full; `touched`: the fields of `open` that are not as they were."""

    open: Chunk
    touched: frozenset[str]
    sealed: Chunk | None = None
    new_order: bytes | None = None


def add_check(
    chunk: Chunk | None,
    made: CheckMade,
    steps: Iterable[Step],
    now: Mapping[str, Any],
    listing: Listing | None = None,
    *,
    currency: str | None = None,
) -> Added:
    """`now`: the stored values in force before the check, by field. `listing`: what the check read of the
    watch's own list. `currency`: in which the watch is followed; another one begins another piece."""
    sealed = None
    if chunk is not None and _has_other_currency(chunk, currency, made.at):
        sealed, chunk = chunk, None
        now = {name: value for name, value in now.items() if not is_money(name)}
    if chunk is not None and _is_full(chunk, made.at):
        sealed, chunk = chunk, None
    touched: set[str] = set()
    if chunk is None:
        chunk = Chunk(made.at, fields={name: Series([0], [value]) for name, value in now.items()})
        touched.update(now)
    fields = dict(chunk.fields)
    for step in steps:
        series = fields.get(step.field, Series((), ()))
        at = _seconds(chunk, step.at)
        fields[step.field] = series.followed_by(at, stored_value(step.field, step.value))
        touched.add(step.field)
    check = _seconds(chunk, made.at) * _OUTCOME_BITS + OUTCOMES.index(made.outcome)
    grown = replace(
        chunk,
        checks=[*chunk.checks, check],
        fields=fields,
        currency=chunk.currency or currency,
    )
    if listing is None:
        return Added(grown, frozenset(touched), sealed)
    names = chunk.names.followed_by(listing)
    order = packed(listing, names, len(chunk.checks))
    grown = replace(grown, names=names, orders=[*chunk.orders, order])
    return Added(grown, frozenset(touched), sealed, order)


def checks_of(chunk: Chunk) -> list[CheckMade]:
    return [
        CheckMade(
            chunk.start + timedelta(seconds=one // _OUTCOME_BITS), OUTCOMES[one % _OUTCOME_BITS]
        )
        for one in chunk.checks
    ]


def good_times(chunks: Iterable[Chunk]) -> list[int]:
    """Of the checks that brought a page, in order, as microseconds of `moment_of`: years of them are asked for
    with each chart, and numbers are compared and subtracted several times as fast as times."""
    found: list[int] = []
    for chunk in chunks:
        start = moment_of(chunk.start)
        found += [
            start + one // _OUTCOME_BITS * _SECOND_MICROSECONDS
            for one in chunk.checks
            if one % _OUTCOME_BITS == _GOOD
        ]
    found.sort()
    return found


def count_checks(chunks: Iterable[Chunk], since: datetime, until: datetime) -> int:
    """Both ends are within."""
    count = 0
    for chunk in chunks:
        first = -((chunk.start - since) // _SECOND) * _OUTCOME_BITS
        end = ((until - chunk.start) // _SECOND + 1) * _OUTCOME_BITS
        count += sum(first <= one < end for one in chunk.checks)
    return count


@dataclass(frozen=True, slots=True)
class ListSeen:
    at: datetime
    listing: Listing


def lists_of(chunks: Iterable[Chunk]) -> Iterator[ListSeen]:
    """What each check read of the list, in the order of the checks."""
    for chunk in chunks:
        for order in chunk.orders:
            seen = unpacked(order, chunk.names)
            seconds = chunk.checks[seen.check] // _OUTCOME_BITS
            yield ListSeen(chunk.start + timedelta(seconds=seconds), seen.listing)


def place_names(chunks: Iterable[Chunk]) -> list[str]:
    """Of everybody who stood on the list, the field of its place."""
    keys = dict.fromkeys(key for chunk in chunks for key in chunk.names.keys)
    return [f"{PLACE}:{key}" for key in sorted(keys)]


def currency_of(chunks: Sequence[Chunk]) -> str | None:
    """The latest one."""
    return next((one.currency for one in reversed(chunks) if one.currency is not None), None)


def stretches_of_currency(chunks: Sequence[Chunk]) -> list[tuple[str | None, list[Chunk]]]:
    """Consecutive pieces with amounts in one currency."""
    found: list[tuple[str | None, list[Chunk]]] = []
    for chunk in chunks:
        last = found[-1][0] if found else None
        if found and (last is None or chunk.currency in (None, last)):
            found[-1] = (last or chunk.currency, [*found[-1][1], chunk])
        else:
            found.append((chunk.currency, [chunk]))
    return found


def steps_of(chunks: Sequence[Chunk], name: str, *, currency: str | None = None) -> list[Step]:
    """A field's steps over consecutive pieces, each value once. Amounts are those of one currency: of this
    one, or of the latest."""
    if is_place(name):
        return _steps_of_place(chunks, name)
    if is_money(name):
        own = currency or currency_of(chunks)
        chunks = [one for one in chunks if one.currency in (None, own)]
    found: list[Step] = []
    for chunk in chunks:
        series = chunk.fields.get(name)
        if series is None:
            continue
        for seconds, stored in zip(series.times, series.values, strict=True):
            at = chunk.start + timedelta(seconds=seconds)
            value = value_from_stored(name, stored)
            if not found or found[-1].value != value:
                found.append(Step(name, at, value))
    return found


def _steps_of_place(chunks: Iterable[Chunk], name: str) -> list[Step]:
    """None: not within what was read. A list that broke off before says nothing of who is not on it."""
    kind, _, key = name.partition(":")
    found: list[Step] = []
    for seen in lists_of(chunks):
        listing = seen.listing
        if kind == AD_PLACE and not listing.shows_ads:
            continue
        place = (listing.ad_places if kind == AD_PLACE else listing.places).get(key)
        if place is None and listing.is_partial:
            continue
        if not found or found[-1].value != place:
            found.append(Step(name, seen.at, place))
    return found


def _has_other_currency(chunk: Chunk, currency: str | None, at: datetime) -> bool:
    """A piece is found by the second of its beginning: the next one begins later."""
    is_other = None not in (currency, chunk.currency) and currency != chunk.currency
    return is_other and at - chunk.start >= _SECOND


def _is_full(chunk: Chunk, at: datetime) -> bool:
    return len(chunk.checks) >= MAX_CHECKS or at - chunk.start >= MAX_AGE


def _seconds(chunk: Chunk, at: datetime) -> int:
    return int((at - chunk.start).total_seconds() // 1)

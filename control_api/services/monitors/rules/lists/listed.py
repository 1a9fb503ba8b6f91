"""Who stands on a followed list, and what one more check of it tells: entered, left, moved, advertised.

A list says that somebody is gone only where it was read as far as the watch follows it, and is believed
when it says so twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from control_api.services.monitors.rules.lists.listings import Listing

# A list of which more than half was replaced between two checks may be another list.
_HALF = 2
_SEVERAL = 3


class Move(StrEnum):
    ENTERED = "entered"
    LEFT = "left"
    MOVED = "moved"
    AD_STARTED = "ad_started"
    AD_STOPPED = "ad_stopped"


_DEPARTURES = frozenset({Move.LEFT, Move.AD_STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRules:
    """`top`: how many places are followed; None: the whole list. `items`: whose moves are told, of at least
    `min_move` places, and whose advertisements."""

    top: int | None = None
    items: frozenset[str] = frozenset()
    min_move: int = 3
    confirms_all: bool = False
    questions: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """`place`: the latest one that was seen."""

    place: int
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A move that was seen once, at `at`."""

    move: Move
    item: str
    before: int | None
    after: int | None
    at: datetime
    before_at: datetime
    unknown_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`top` None: no check has read so far yet. `followed`: the number of places that it was made for.
    `unseen`: members that the last check did not show. `told`: by item, its place as it was last told.
    `ads`: who is advertised, and where; None: no check has shown advertisements yet."""

    members: Mapping[str, Member] = field(default_factory=dict)
    top: frozenset[str] | None = None
    followed: int | None = None
    unseen: frozenset[str] = frozenset()
    told: Mapping[str, int | None] = field(default_factory=dict)
    ads: Mapping[str, int] | None = None
    doubts: Sequence[Doubt] = ()

    def place(self, key: str) -> int | None:
        """None: not within what was read."""
        member = self.members.get(key)
        return member.place if member else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMove:
    move: Move
    item: str
    label: str | None
    before: int | None
    after: int | None
    at: datetime
    before_at: datetime
    unknown_since: datetime | None
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One check: when it was, when the last page before it was, since when none came in between."""

    at: datetime
    before_at: datetime
    unknown_since: datetime | None = None
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class ListObserved:
    listed: Listed
    moves: Sequence[ListMove] = ()
    questioned: int = 0


@dataclass(frozen=True, slots=True)
class _Candidate:
    move: Move
    item: str
    before: int | None
    after: int | None


def observe_list(
    before: Listed | None, listing: Listing, sighting: Sighting, rules: ListRules
) -> ListObserved:
    """`before` None: the first check."""
    if before is None or before.followed != rules.top:
        return ListObserved(_beginning(listing, rules))
    return _Look(before, listing, sighting, rules).observed()


def _beginning(listing: Listing, rules: ListRules) -> Listed:
    labels = listing.labels
    members = {key: Member(place, labels.get(key)) for key, place in listing.places.items()}
    known = {key for key in rules.items if key in members or not listing.is_partial}
    return Listed(
        members=members,
        top=_top_of(listing, rules) if listing.reaches(rules.top) else None,
        followed=rules.top,
        told={key: _place(members, key) for key in sorted(known)},
        ads=listing.ad_places if listing.shows_ads else None,
    )


def _top_of(listing: Listing, rules: ListRules) -> frozenset[str]:
    top = rules.top
    return frozenset(k for k, place in listing.places.items() if top is None or place <= top)


def _place(members: Mapping[str, Member], key: str) -> int | None:
    return members[key].place if key in members else None


class _Look:
    def __init__(
        self, before: Listed, listing: Listing, sighting: Sighting, rules: ListRules
    ) -> None:
        self._before = before
        self._listing = listing
        self._sighting = sighting
        self._rules = rules
        self._members, self._unseen = self._members_now()
        self._top_now = _top_of(listing, rules) if listing.reaches(rules.top) else None
        self._moves: list[ListMove] = []
        self._doubts: dict[tuple[Move, str], Doubt] = {
            (one.move, one.item): one for one in before.doubts
        }
        self._questioned = 0

    def observed(self) -> ListObserved:
        is_doubtful = self._sighting.is_doubtful or self._rules.confirms_all or self._is_jump
        kept: dict[tuple[Move, str], Doubt] = {}
        for one in self._candidates():
            key = (one.move, one.item)
            doubt = self._doubt_of(one)
            must_repeat = self._must_repeat(one, is_doubtful=is_doubtful)
            if doubt is None and must_repeat:
                kept[key] = self._doubt(one)
                self._questioned += 1
            else:
                self._tell(one, doubt)
        kept |= {key: one for key, one in self._doubts.items() if self._still_open(one)}
        return ListObserved(self._listed(list(kept.values())), self._moves, self._questioned)

    @property
    def _is_jump(self) -> bool:
        """More than half of the followed places have others than before."""
        if not self._rules.questions or not self._top_now or not self._before.top:
            return False
        new = self._top_now - self._before.top
        is_most = len(new) * _HALF > max(len(self._top_now), len(self._before.top))
        return is_most and len(new) >= _SEVERAL

    def _doubt_of(self, one: _Candidate) -> Doubt | None:
        """That an item is not there any more confirms no move to another place."""
        doubt = self._doubts.get((one.move, one.item))
        is_same = doubt is not None and (
            one.move is Move.LEFT or (doubt.after is None) is (one.after is None)
        )
        return doubt if is_same else None

    def _must_repeat(self, one: _Candidate, *, is_doubtful: bool) -> bool:
        is_departure = one.move in _DEPARTURES or (one.move is Move.MOVED and one.after is None)
        return is_doubtful or (is_departure and self._rules.questions)

    def _members_now(self) -> tuple[dict[str, Member], frozenset[str]]:
        """Who is not seen keeps its place once, and is not within what was read when it is missing twice."""
        listing, before = self._listing, self._before
        labels = listing.labels
        members = {
            key: Member(place, labels.get(key) or _label(before, key))
            for key, place in listing.places.items()
        }
        unseen: set[str] = set()
        for key, member in before.members.items():
            if key in members:
                continue
            is_missing = not listing.is_partial or member.place <= listing.depth
            if not is_missing:
                members[key] = member
                unseen |= before.unseen & {key}
            elif key not in before.unseen:
                members[key] = member
                unseen.add(key)
        return members, frozenset(unseen)

    def _candidates(self) -> Iterator[_Candidate]:
        yield from self._of_top()
        yield from self._of_items()
        yield from self._of_ads()

    def _of_top(self) -> Iterator[_Candidate]:
        before, now = self._before.top, self._top_now
        if before is None or now is None:
            return
        places = self._listing.places
        for key in sorted(before - now, key=lambda one: (self._before.place(one) or 0, one)):
            yield _Candidate(Move.LEFT, key, self._before.place(key), places.get(key))
        for key in sorted(now - before, key=places.__getitem__):
            yield _Candidate(Move.ENTERED, key, self._before.place(key), places[key])

    def _of_items(self) -> Iterator[_Candidate]:
        for key in sorted(self._rules.items & self._before.told.keys()):
            before, after = self._before.told[key], self._place_seen(key)
            if before != after and _is_move(before, after, self._rules.min_move):
                yield _Candidate(Move.MOVED, key, before, after)

    def _place_seen(self, key: str) -> int | None:
        """As told before, where this check does not say."""
        if self._says_place(key):
            return self._listing.places.get(key)
        return self._before.told[key]

    def _says_place(self, key: str) -> bool:
        """A list that was not read down to its place does not say that it is gone."""
        is_read = (self._before.told.get(key) or 0) <= self._listing.depth
        return key in self._listing.places or is_read or self._listing.is_whole

    def _of_ads(self) -> Iterator[_Candidate]:
        before = self._before.ads
        if before is None or not self._listing.shows_ads:
            return
        now = self._listing.ad_places
        for key in sorted(self._rules.items & self._before.told.keys()):
            if key in now and key not in before:
                yield _Candidate(Move.AD_STARTED, key, None, now[key])
            elif key in before and key not in now and not self._listing.is_partial:
                yield _Candidate(Move.AD_STOPPED, key, before[key], None)

    def _doubt(self, one: _Candidate) -> Doubt:
        seen = self._sighting
        return Doubt(
            move=one.move,
            item=one.item,
            before=one.before,
            after=one.after,
            at=seen.at,
            before_at=seen.before_at,
            unknown_since=seen.unknown_since,
        )

    def _tell(self, one: _Candidate, doubt: Doubt | None) -> None:
        seen = doubt or self._sighting
        member = self._members.get(one.item)
        self._moves.append(
            ListMove(
                move=one.move,
                item=one.item,
                label=(member.label if member else None) or _label(self._before, one.item),
                before=doubt.before if doubt else one.before,
                after=one.after,
                at=seen.at,
                before_at=seen.before_at,
                unknown_since=seen.unknown_since,
                is_confirmed=doubt is not None,
            )
        )

    def _still_open(self, doubt: Doubt) -> bool:
        """What this check says nothing of stays doubtful; what it shows otherwise is dropped."""
        if doubt.move in (Move.ENTERED, Move.LEFT):
            return self._top_now is None
        if doubt.item not in self._rules.items:
            return False
        if doubt.move is Move.MOVED:
            return not self._says_place(doubt.item)
        return self._listing.is_partial or not self._listing.shows_ads

    def _listed(self, doubts: Sequence[Doubt]) -> Listed:
        told = {(one.move, one.item): one for one in self._moves}
        top = self._before.top if self._before.top is not None else self._top_now
        if top is not None:
            top = top | {item for move, item in told if move is Move.ENTERED}
            top = top - {item for move, item in told if move is Move.LEFT}
        return replace(
            self._before,
            members=self._members,
            top=top,
            unseen=self._unseen,
            told=self._told_places(told),
            ads=self._ads_now(told),
            doubts=doubts,
        )

    def _told_places(self, told: Mapping[tuple[Move, str], ListMove]) -> dict[str, int | None]:
        """An item that has come to the monitor since begins with its place of now."""
        places = dict(self._before.told)
        for key in self._rules.items - places.keys():
            if key in self._members or not self._listing.is_partial:
                places[key] = _place(self._members, key)
        moved = {item: one.after for (move, item), one in told.items() if move is Move.MOVED}
        return {key: places[key] for key in sorted(places) if key in self._rules.items} | moved

    def _ads_now(self, told: Mapping[tuple[Move, str], ListMove]) -> Mapping[str, int] | None:
        """Of the monitor's items as was told; of others as this check shows them."""
        before, listing = self._before.ads, self._listing
        if not listing.shows_ads or before is None:
            return listing.ad_places if listing.shows_ads else before
        followed = self._rules.items & self._before.told.keys()
        now = listing.ad_places
        known = {
            key: now.get(key, place)
            for key, place in before.items()
            if (key in followed and (Move.AD_STOPPED, key) not in told)
            or (key not in followed and listing.is_partial)
        }
        fresh = {
            key: place
            for key, place in now.items()
            if key not in followed or (Move.AD_STARTED, key) in told
        }
        return {**known, **fresh}


def _label(listed: Listed, key: str) -> str | None:
    member = listed.members.get(key)
    return member.label if member else None


def _is_move(before: int | None, after: int | None, least: int) -> bool:
    return before is None or after is None or abs(before - after) >= least

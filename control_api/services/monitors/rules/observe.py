"""One more check of a watch: its new state, and what of that is a change.

What a page does not say changes nothing. What looks wrong is told when it was seen twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from control_api.services.monitors.rules.checks import Outcome
from control_api.services.monitors.rules.contexts import ContextVerdict, judge_context
from control_api.services.monitors.rules.field_tables import AD_PLACE, KNOWN_FIELDS, PLACE
from control_api.services.monitors.rules.fields import SellerValue
from control_api.services.monitors.rules.lists.listed import ListMove, Move, Sighting, observe_list
from control_api.services.monitors.rules.lists.sellers import with_known_sellers
from control_api.services.monitors.rules.questions import is_other, question_of
from control_api.services.monitors.rules.watch_state import (
    OF_OFFER,
    Change,
    ChangeKind,
    Lapse,
    Look,
    Observed,
    Pending,
    Question,
    Repeated,
    Step,
    WatchOutcome,
    WatchRules,
    WatchState,
)

# A store that says "no such page" twice means it; another product that stands there twice stays.
_TWICE = 2
# A quiet field moves with nearly every check: its history has a step in so long at most.
_QUIET_PAUSE = timedelta(hours=6)
_BLOCKED = "BLOCKED_"
_STRIPPED = "STRIPPED_PAGE"
_TOLD_FLAGS = frozenset({Question.PARSER_CHANGED, Question.SOURCE_CHANGED})


def observe(state: WatchState, look: Look, rules: WatchRules) -> Observed:
    if state.last_page_at is not None and look.at < state.last_page_at:
        # Of two rounds at once the older one says nothing of now, a failure of it neither.
        return Observed(state=state, outcome=WatchOutcome.LATE)
    if look.check.outcome is Outcome.UNKNOWN:
        return _without_page(state, look, outcome_of_failure(look.check.reason or ""))
    if look.check.outcome is Outcome.NOT_FOUND:
        return _not_found(state, look)
    if look.check.context.asin not in (None, state.key):
        return _redirected(state, look)
    return _Page(state, look, rules).observed()


def outcome_of_failure(reason: str) -> WatchOutcome:
    is_blocked = reason.startswith(_BLOCKED) or reason == _STRIPPED
    return WatchOutcome.BLOCKED if is_blocked else WatchOutcome.FAILED


def _without_page(state: WatchState, look: Look, outcome: WatchOutcome) -> Observed:
    missed = replace(
        state,
        last_at=look.at,
        last_outcome=outcome,
        missed=state.missed + 1,
        unknown_since=state.unknown_since or look.at,
    )
    return Observed(state=missed, outcome=outcome)


def _not_found(state: WatchState, look: Look) -> Observed:
    missed = _without_page(state, look, WatchOutcome.NOT_FOUND).state
    times = state.not_found + 1
    if state.is_gone or times < _TWICE:
        return Observed(state=replace(missed, not_found=times), outcome=WatchOutcome.NOT_FOUND)
    gone = Change(
        kind=ChangeKind.GONE,
        at=look.at,
        before_at=state.last_page_at,
        unknown_since=state.unknown_since,
    )
    return Observed(
        state=replace(missed, not_found=times, is_gone=True),
        outcome=WatchOutcome.NOT_FOUND,
        changes=(gone,),
    )


def _redirected(state: WatchState, look: Look) -> Observed:
    missed = _without_page(state, look, WatchOutcome.REDIRECTED).state
    to, times = look.check.context.asin, 1
    if state.redirect is not None and state.redirect.value == to:
        times += state.redirect.times
    begun = Change(
        kind=ChangeKind.REDIRECTED,
        at=look.at,
        before=state.key,
        after=to,
        before_at=state.last_page_at,
        unknown_since=state.unknown_since,
    )
    return Observed(
        state=replace(missed, redirect=Repeated(to, times), not_found=0),
        outcome=WatchOutcome.REDIRECTED,
        changes=(begun,) if times == _TWICE else (),
    )


class _Page:
    """A page of the watch's own product, field by field."""

    def __init__(self, state: WatchState, look: Look, rules: WatchRules) -> None:
        self._state = state
        self._look = look
        self._rules = rules
        self._verdict = judge_context(state, look, rules)
        self._now = dict(state.now)
        self._since = dict(state.since)
        self._pending = dict(state.pending)
        self._lapsed = dict(state.lapsed)
        self._unstepped = set(state.unstepped)
        self._steps: list[Step] = []
        self._changes: list[Change] = []
        self._questioned = 0
        self._listed = state.listed
        self._listing = look.check.listing

    def observed(self) -> Observed:
        self._tell_beginnings()
        values = self._look.check.values
        for name in self._tracked():
            if name in values and self._can_say(name):
                self._take(name, values[name])
            else:
                self._miss(name)
        self._take_list()
        outcome = self._outcome()
        return Observed(
            state=self._new_state(outcome),
            outcome=outcome,
            changes=self._changes,
            steps=self._steps,
            questioned=self._questioned,
            listing=None if self._verdict.is_off else self._listing,
        )

    def _outcome(self) -> WatchOutcome:
        if self._verdict.is_off:
            return WatchOutcome.OFF_CONTEXT
        listing = self._listing
        is_partial = listing is not None and listing.is_partial
        return WatchOutcome.PARTIAL if is_partial else WatchOutcome.OK

    def _take_list(self) -> None:
        """Lists of another context or place say nothing of this one."""
        listing = self._listing
        if listing is None or self._verdict.is_off:
            return
        if listing.has_sellers:
            listing, self._listed = with_known_sellers(listing, self._listed)
            self._listing = listing
        state, look, rules = self._state, self._look, self._rules
        sighting = Sighting(
            at=look.at,
            before_at=self._last_page_at,
            unknown_since=state.unknown_since,
            is_doubtful=rules.questions and is_other(state.parser_version, look.parser_version),
        )
        found = observe_list(self._listed, listing, sighting, rules.listed)
        self._listed = found.listed
        self._changes += map(_change_of_move, found.moves)
        self._questioned += found.questioned

    def _tell_beginnings(self) -> None:
        state, at = self._state, self._look.at
        if state.is_gone:
            self._changes.append(
                Change(kind=ChangeKind.RETURNED, at=at, before_at=state.last_page_at)
            )
        if state.last_page_at is None:
            self._changes.append(Change(kind=ChangeKind.STARTED, at=at))
        if self._verdict.is_new:
            self._begin_context(self._verdict)

    def _begin_context(self, verdict: ContextVerdict) -> None:
        self._changes.append(
            Change(
                kind=ChangeKind.CONTEXT_CHANGED,
                at=self._look.at,
                before=_shown(self._state.context),
                after=_shown(verdict.context),
                before_at=self._state.last_page_at,
            )
        )
        self._listed = None
        for name in OF_OFFER & self._now.keys():
            # The page's values are a new beginning, and no change from those of the other context.
            for kept in (self._now, self._since, self._pending, self._lapsed):
                kept.pop(name, None)

    def _tracked(self) -> Iterable[str]:
        return (name for name in self._rules.table.names if self._rules.tracks(name))

    def _can_say(self, name: str) -> bool:
        """Whether the page is of the place, the currency and the language that the field is kept in."""
        if self._verdict.is_off and name in OF_OFFER:
            return False
        has_own_language = self._state.language in (None, self._look.check.language)
        return has_own_language or not KNOWN_FIELDS[name].is_in_words

    def _miss(self, name: str) -> None:
        """The page does not say. When the value was seen last is known as long as it is not seen."""
        if name in self._now and name not in self._lapsed and self._state.last_page_at is not None:
            since = self._state.unknown_since or self._look.at
            self._lapsed[name] = Lapse(self._state.last_page_at, since)

    def _take(self, name: str, value: Any) -> None:
        one = KNOWN_FIELDS[name]
        if name not in self._now:
            self._begin(name, value)
        elif one.is_same(self._now[name], value):
            self._pending.pop(name, None)
            self._refine(name, value)
        elif self._rules.is_loud(name):
            self._take_loud(name, value)
        else:
            self._take_quiet(name, value)
        self._lapsed.pop(name, None)

    def _begin(self, name: str, value: Any) -> None:
        """That something costs nothing is not believed at first sight either."""
        pending = self._pending.pop(name, None)
        if not (self._rules.questions and KNOWN_FIELDS[name].may_jump and value == 0):
            self._set(name, value, self._look.at)
        elif pending is not None and pending.value == value:
            self._set(name, value, pending.at)
        else:
            seen_at, since = self._last_page_at, self._state.unknown_since
            self._pending[name] = Pending(
                value=value,
                at=self._look.at,
                before_at=seen_at,
                reason=Question.JUMP,
                unknown_since=since,
            )
            self._questioned += 1

    def _take_loud(self, name: str, value: Any) -> None:
        pending = self._pending.get(name)
        if pending is not None and KNOWN_FIELDS[name].is_same(pending.value, value):
            del self._pending[name]
            self._change(name, value, pending)
            return
        reason = question_of(
            name, self._now[name], value, state=self._state, look=self._look, rules=self._rules
        )
        lapse = self._lapsed.get(name)
        seen = Pending(
            value=value,
            at=self._look.at,
            before_at=lapse.seen_at if lapse else self._last_page_at,
            unknown_since=lapse.unknown_since if lapse else self._state.unknown_since,
            reason=reason or Question.CONFIRM,
        )
        if reason is None:
            self._pending.pop(name, None)
            self._change(name, value, seen, is_confirmed=False)
        else:
            self._pending[name] = seen
            self._questioned += 1

    @property
    def _last_page_at(self) -> datetime:
        return self._state.last_page_at or self._look.at

    def _change(self, name: str, value: Any, seen: Pending, *, is_confirmed: bool = True) -> None:
        told = is_confirmed and seen.reason in _TOLD_FLAGS
        self._changes.append(
            Change(
                kind=ChangeKind.CHANGED,
                field=name,
                before=self._now[name],
                after=value,
                at=seen.at,
                before_at=seen.before_at,
                unknown_since=seen.unknown_since,
                is_confirmed=is_confirmed,
                flags=(seen.reason.value,) if told else (),
                currency=self._verdict.context.currency if self._verdict.context else None,
            )
        )
        self._set(name, value, seen.at)

    def _take_quiet(self, name: str, value: Any) -> None:
        self._now[name] = value
        self._unstepped.add(name)
        self._step_quiet(name)

    def _step_quiet(self, name: str) -> None:
        if name in self._unstepped and self._look.at - self._since[name] >= _QUIET_PAUSE:
            self._set(name, self._now[name], self._look.at)

    def _refine(self, name: str, value: Any) -> None:
        """The same by its rule, and yet written otherwise: a rank of another category begins anew, a
        seller may have shown its id."""
        before = self._now[name]
        if isinstance(before, SellerValue) and isinstance(value, SellerValue):
            self._now[name] = SellerValue(value.id or before.id, value.name or before.name)
        elif before != value:
            self._set(name, value, self._look.at)
        self._step_quiet(name)

    def _set(self, name: str, value: Any, at: datetime) -> None:
        self._now[name] = value
        self._since[name] = at
        self._unstepped.discard(name)
        self._steps.append(Step(name, at, value))

    def _new_state(self, outcome: WatchOutcome) -> WatchState:
        look = self._look
        is_price_kept = self._verdict.is_off or "price" in self._pending
        source = None if is_price_kept else look.price_source
        return replace(
            self._state,
            now=self._now,
            since=self._since,
            pending=self._pending,
            lapsed=self._lapsed,
            unstepped=frozenset(self._unstepped),
            context=self._verdict.context,
            other_context=self._verdict.other,
            redirect=None,
            not_found=0,
            is_gone=False,
            language=self._state.language or look.check.language,
            price_source=source or self._state.price_source,
            parser_version=look.parser_version or self._state.parser_version,
            last_at=look.at,
            last_page_at=look.at,
            last_ok_at=look.at if outcome is WatchOutcome.OK else self._state.last_ok_at,
            last_outcome=outcome,
            missed=0 if outcome is WatchOutcome.OK else self._state.missed + 1,
            unknown_since=None,
            listed=self._listed,
        )


def _change_of_move(one: ListMove) -> Change:
    return Change(
        kind=ChangeKind(one.move.value),
        field=AD_PLACE if one.move in (Move.AD_STARTED, Move.AD_STOPPED) else PLACE,
        item=one.item,
        label=one.label,
        before=one.before,
        after=one.after,
        at=one.at,
        before_at=one.before_at,
        unknown_since=one.unknown_since,
        is_confirmed=one.is_confirmed,
    )


def _shown(context: Any) -> dict[str, str | None] | None:
    if context is None:
        return None
    shown = {"currency": context.currency, "place": context.place}
    return shown if context.order is None else {**shown, "order": context.order}

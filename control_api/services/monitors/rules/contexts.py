"""Whether a page holds for the circumstances that a watch is followed under."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from control_api.services.monitors.rules.watch_state import (
    Look,
    Repeated,
    WatchContext,
    WatchRules,
    WatchState,
)

# So many pages in a row of one other context make it the watch's own.
_TIMES = 3


@dataclass(frozen=True, slots=True)
class ContextVerdict:
    """`is_new`: `context` takes the place of the one that the watch had."""

    is_off: bool
    context: WatchContext | None
    other: Repeated | None = None
    is_new: bool = False


def judge_context(state: WatchState, look: Look, rules: WatchRules) -> ContextVerdict:
    own = _own_context(state, rules)
    if look.check.context.is_off:
        return ContextVerdict(True, own, state.other_context)
    context = look.check.context
    order = _as_text(dict(context.search)) if context.search else None
    found = WatchContext(context.currency, _place(look, rules), order)
    if own is None:
        is_other = rules.currency is not None and found.currency not in (None, rules.currency)
        return ContextVerdict(is_other, None if is_other else found)
    if own.fits(found):
        return ContextVerdict(False, replace(own, currency=own.currency or found.currency))
    if rules.currency is not None and found.currency not in (None, rules.currency):
        return ContextVerdict(True, own)
    times = 1
    if state.other_context is not None and state.other_context.value == found:
        times += state.other_context.times
    if times >= _TIMES:
        return ContextVerdict(False, found, is_new=True)
    return ContextVerdict(True, own, Repeated(found, times))


def _own_context(state: WatchState, rules: WatchRules) -> WatchContext | None:
    if state.context is None or rules.currency is None:
        return state.context
    return replace(state.context, currency=rules.currency)


def _place(look: Look, rules: WatchRules) -> str | None:
    asked: Any = look.check.context.place
    if not rules.shows_place:
        return _as_text(asked)
    return _as_text([asked, look.place_shown])


def _as_text(place: Any) -> str | None:
    if place is None or isinstance(place, str):
        return place
    return json.dumps(place, sort_keys=True, ensure_ascii=False)

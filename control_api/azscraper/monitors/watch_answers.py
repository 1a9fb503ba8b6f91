"""A watch and its history as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from control_api.azscraper.schemas.monitors.watches import (
    CompactHistoryOut,
    FieldHistoryOut,
    PendingOut,
    StandingOut,
    WatchHistoryAnswer,
    WatchOut,
)
from control_api.services.monitors.histories.histories import FieldHistory, History
from control_api.services.monitors.rounds.round_drafts import is_stale
from control_api.services.monitors.rules.compact import (
    EPOCH_MINUTES,
    compact_series,
    compact_spans,
)
from control_api.services.monitors.rules.conditions import number_of
from control_api.services.monitors.rules.field_tables import is_money
from control_api.services.monitors.rules.lists.listed import Listed
from control_api.services.monitors.rules.stored_values import scale_of
from control_api.services.monitors.rules.watch_state import Question
from control_api.services.monitors.shown_values import shown_value
from control_api.services.monitors.watches.watch_documents import state_from_known
from control_api.services.records import Watch


def watch_answer(watch: Watch, **also: Any) -> WatchOut:
    """`also`: what is shown of one watch alone."""
    state = state_from_known(watch.value, watch.known)
    currency = state.context.currency if state.context else None
    place = state.context.place if state.context else None
    pending = {
        name: PendingOut.read(one, value=shown_value(name, one.value, currency))
        for name, one in state.pending.items()
    }
    return WatchOut.read(
        watch,
        context={"currency": currency, "place": place},
        now={name: shown_value(name, value, currency) for name, value in state.now.items()},
        since=state.since,
        pending=pending | _pending_moves(state.listed),
        lastCheckAt=state.last_at,
        lastOutcome=state.last_outcome,
        missed=state.missed,
        isStale=is_stale(watch),
        **also,
    )


def _pending_moves(listed: Listed | None) -> dict[str, PendingOut]:
    """Moves that were seen once, by what they are and whose."""
    return {
        f"{one.move}:{one.item}": PendingOut.read(one, value=one.after, reason=Question.CONFIRM)
        for one in (listed.doubts if listed else ())
    }


def top_answer(watch: Watch) -> list[StandingOut] | None:
    """Who stands on the followed places, as it is believed; None: the watch is no list, or was not seen yet."""
    listed = state_from_known(watch.value, watch.known).listed
    if listed is None or listed.top is None:
        return None
    members = {key: listed.members[key] for key in listed.top & listed.members.keys()}
    return [
        StandingOut.read(one, item=key)
        for key, one in sorted(members.items(), key=lambda pair: (pair[1].place, pair[0]))
    ]


def history_answer(found: History, *, shows_cells: bool = False) -> WatchHistoryAnswer:
    unknown = [(one.start, one.end) for one in found.unknown]
    data = {
        name: FieldHistoryOut.model_validate(
            {
                "interpolation": "previous",
                "unit": {"currency": found.currency} if is_money(name) else None,
                "unknown": unknown,
                **({"buckets": one.cells} if shows_cells else {"steps": _steps(name, one)}),
            }
        )
        for name, one in found.fields.items()
    }
    return WatchHistoryAnswer.of(data, meta=found)


def compact_answer(found: History) -> WatchHistoryAnswer:
    data = CompactHistoryOut(
        epochMinutes=EPOCH_MINUTES,
        currency=found.currency,
        scale={name: scale_of(name) for name in found.fields},
        series={name: compact_series(one.steps) for name, one in found.fields.items()},
        unknown=compact_spans(found.unknown),
    )
    return WatchHistoryAnswer.of(data, meta=found)


def _steps(name: str, history: FieldHistory) -> list[tuple[datetime, Any]]:
    return [(one.at, _plain(name, one.value)) for one in history.steps]


def _plain(name: str, value: Any) -> Any:
    """Money as its number: the unit says the currency once."""
    if is_money(name):
        return number_of(value)
    return shown_value(name, value, None)

"""A watch and its history as JSON."""

from __future__ import annotations

from typing import Any

from control_api.http.json_text import optional_time, text_from_time
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
from control_api.services.monitors.rules.steps import Cell
from control_api.services.monitors.rules.stored_values import scale_of
from control_api.services.monitors.rules.watch_state import Question
from control_api.services.monitors.shown_values import shown_value
from control_api.services.monitors.watches.watch_documents import state_from_known
from control_api.services.records import Watch


def watch_answer(watch: Watch) -> dict[str, Any]:
    state = state_from_known(watch.value, watch.known)
    currency = state.context.currency if state.context else None
    place = state.context.place if state.context else None
    return {
        "id": watch.id,
        "monitorId": watch.monitor_id,
        "value": watch.value,
        "label": watch.label,
        "tags": list(watch.tags),
        "note": watch.note,
        "target": watch.target,
        "enabled": watch.enabled,
        "context": {"currency": currency, "place": place},
        "now": {name: shown_value(name, value, currency) for name, value in state.now.items()},
        "since": {name: text_from_time(at) for name, at in state.since.items()},
        "pending": {
            name: {
                "value": shown_value(name, one.value, currency),
                "at": text_from_time(one.at),
                "reason": one.reason.value,
            }
            for name, one in state.pending.items()
        }
        | _doubts(state.listed),
        "lastCheckAt": optional_time(state.last_at),
        "lastOkAt": optional_time(watch.last_ok_at),
        "lastOutcome": state.last_outcome.value if state.last_outcome else None,
        "missed": state.missed,
        "isGone": watch.is_gone,
        "isStale": is_stale(watch),
    }


def _doubts(listed: Listed | None) -> dict[str, Any]:
    """Moves that were seen once, by what they are and whose."""
    return {
        f"{one.move}:{one.item}": {
            "value": one.after,
            "at": text_from_time(one.at),
            "reason": Question.CONFIRM.value,
        }
        for one in (listed.doubts if listed else ())
    }


def top_answer(watch: Watch) -> list[dict[str, Any]] | None:
    """Who stands on the followed places, as it is believed; None: the watch is no list, or was not seen yet."""
    listed = state_from_known(watch.value, watch.known).listed
    if listed is None or listed.top is None:
        return None
    members = {key: listed.members[key] for key in listed.top & listed.members.keys()}
    return [
        {"item": key, "place": one.place, "label": one.label}
        for key, one in sorted(members.items(), key=lambda pair: (pair[1].place, pair[0]))
    ]


def history_answer(found: History, *, shows_cells: bool = False) -> dict[str, Any]:
    unknown = [[text_from_time(one.start), text_from_time(one.end)] for one in found.unknown]
    data = {
        name: {
            "interpolation": "previous",
            "unit": {"currency": found.currency} if is_money(name) else None,
            "unknown": unknown,
            **_course(name, one, shows_cells=shows_cells),
        }
        for name, one in found.fields.items()
    }
    return {"data": data, "meta": _history_meta(found)}


def compact_answer(found: History) -> dict[str, Any]:
    data = {
        "epochMinutes": EPOCH_MINUTES,
        "currency": found.currency,
        "scale": {name: scale_of(name) for name in found.fields},
        "series": {name: compact_series(one.steps) for name, one in found.fields.items()},
        "unknown": compact_spans(found.unknown),
    }
    return {"data": data, "meta": _history_meta(found)}


def _history_meta(found: History) -> dict[str, Any]:
    return {
        "from": text_from_time(found.since),
        "to": text_from_time(found.until),
        "checks": found.checks,
        "ok": found.ok,
        "observedDays": found.observed_days,
    }


def _course(name: str, history: FieldHistory, *, shows_cells: bool) -> dict[str, Any]:
    if shows_cells:
        return {"buckets": [_cell_answer(one) for one in history.cells]}
    return {"steps": [[text_from_time(one.at), _plain(name, one.value)] for one in history.steps]}


def _plain(name: str, value: Any) -> Any:
    """Money as its number: the unit says the currency once."""
    if is_money(name):
        return number_of(value)
    return shown_value(name, value, None)


def _cell_answer(cell: Cell) -> dict[str, Any]:
    return {
        "at": text_from_time(cell.start),
        "open": cell.open,
        "min": cell.min,
        "max": cell.max,
        "close": cell.close,
        "mean": cell.mean,
        "observed": cell.observed,
    }

"""What the rules know of a watch, as its document keeps it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from control_api.services.monitors.rules.chunks import Chunk, Series
from control_api.services.monitors.rules.firing import AlertState
from control_api.services.monitors.rules.lists.listed import Doubt, Listed, Member
from control_api.services.monitors.rules.lists.orders import Names
from control_api.services.monitors.rules.stored_values import stored_value, value_from_stored
from control_api.services.monitors.rules.watch_state import (
    Lapse,
    Pending,
    Question,
    Repeated,
    WatchContext,
    WatchOutcome,
    WatchState,
)
from storage.base.codec import Codec, document_name
from storage.monitors.chunks import StoredChunk

Document = dict[str, Any]

_ALERT_STATE = Codec(AlertState)
_CONTEXT = Codec(WatchContext)
_LAPSE = Codec(Lapse)
_DOUBT = Codec(Doubt)
# Read and written as they are, by the record's name and the document's.
_PLAIN = {
    name: document_name(name)
    for name in (
        "since", "not_found", "is_gone", "language", "price_source", "parser_version", "last_at",
        "last_page_at", "last_ok_at", "missed", "unknown_since",
    )
}  # fmt: skip
_EMPTY = WatchState(key="")


def known_from_state(state: WatchState) -> Document:
    """What is as it was at the beginning is left out."""
    found: Document = {}
    for name, written in _PLAIN.items():
        value = getattr(state, name)
        if value != getattr(_EMPTY, name):
            found[written] = value
    if state.last_outcome is not None:
        found["lastOutcome"] = state.last_outcome.value
    found["now"] = stored_now(state)
    found["pending"] = {name: _pending_document(name, one) for name, one in state.pending.items()}
    found["lapsed"] = {name: _LAPSE.document(one) for name, one in state.lapsed.items()}
    found["unstepped"] = sorted(state.unstepped)
    if state.context is not None:
        found["context"] = _CONTEXT.document(state.context)
    if state.other_context is not None:
        other = state.other_context
        found["otherContext"] = {"value": _CONTEXT.document(other.value), "times": other.times}
    if state.redirect is not None:
        found["redirect"] = {"value": state.redirect.value, "times": state.redirect.times}
    if state.listed is not None:
        found["listed"] = _listed_document(state.listed)
    return {name: value for name, value in found.items() if value not in ({}, [])}


def state_from_known(key: str, known: Mapping[str, Any]) -> WatchState:
    plain = {name: known[written] for name, written in _PLAIN.items() if written in known}
    other, redirect, context = (known.get(name) for name in ("otherContext", "redirect", "context"))
    outcome = known.get("lastOutcome")
    return WatchState(
        key=key,
        now={name: value_from_stored(name, one) for name, one in known.get("now", {}).items()},
        pending={name: _pending(name, one) for name, one in known.get("pending", {}).items()},
        lapsed={name: _LAPSE.record(one) for name, one in known.get("lapsed", {}).items()},
        unstepped=frozenset(known.get("unstepped", ())),
        context=_CONTEXT.record(context) if context else None,
        other_context=Repeated(_CONTEXT.record(other["value"]), other["times"]) if other else None,
        redirect=Repeated(redirect["value"], redirect["times"]) if redirect else None,
        last_outcome=WatchOutcome(outcome) if outcome else None,
        listed=_listed(known["listed"]) if known.get("listed") else None,
        **plain,
    )


def _listed_document(listed: Listed) -> Document:
    """Pairs instead of maps: a seller's name may hold a dot."""
    return {
        "members": [[key, one.place, one.label] for key, one in listed.members.items()],
        "top": sorted(listed.top) if listed.top is not None else None,
        "followed": listed.followed,
        "unseen": sorted(listed.unseen),
        "told": [[key, place] for key, place in listed.told.items()],
        "ads": [[key, place] for key, place in listed.ads.items()]
        if listed.ads is not None
        else None,
        "doubts": [_DOUBT.document(one) for one in listed.doubts],
    }


def _listed(document: Mapping[str, Any]) -> Listed:
    top, ads = document["top"], document["ads"]
    return Listed(
        members={key: Member(place, label) for key, place, label in document["members"]},
        top=frozenset(top) if top is not None else None,
        followed=document["followed"],
        unseen=frozenset(document["unseen"]),
        told=dict(document["told"]),
        ads=dict(ads) if ads is not None else None,
        doubts=[_DOUBT.record(one) for one in document["doubts"]],
    )


def stored_now(state: WatchState) -> Document:
    return {name: stored_value(name, value) for name, value in state.now.items()}


def chunk_from_document(document: Mapping[str, Any]) -> Chunk:
    """Of the open piece, which stands in its watch's document, or of a full one."""
    return Chunk(
        document["start"],
        document["checks"],
        series_from_fields(document["fields"]),
        Names(document.get("names", ()), document.get("labels", ())),
        document.get("orders", ()),
        document.get("currency"),
    )


def chunk_from_stored(stored: StoredChunk) -> Chunk:
    return Chunk(
        stored.start,
        stored.checks,
        series_from_fields(stored.fields),
        Names(stored.names, stored.labels),
        stored.orders,
        stored.currency,
    )


def chunk_document(chunk: Chunk) -> Document:
    fields = {name: series_document(one) for name, one in chunk.fields.items()}
    found: Document = {"start": chunk.start, "checks": list(chunk.checks), "fields": fields}
    if chunk.currency is not None:
        found["currency"] = chunk.currency
    if chunk.orders:
        found |= {**names_document(chunk.names), "orders": list(chunk.orders)}
    return found


def names_document(names: Names) -> Document:
    return {"names": list(names.keys), "labels": list(names.labels)}


def stored_chunk(watch_id: str, chunk: Chunk) -> StoredChunk:
    return StoredChunk(watch_id=watch_id, end=chunk.end, **chunk_document(chunk))


def series_from_fields(fields: Mapping[str, Any]) -> dict[str, Series]:
    return {name: Series(one["t"], one["v"]) for name, one in fields.items()}


def series_document(series: Series) -> Document:
    return {"t": list(series.times), "v": list(series.values)}


def alert_document(state: AlertState) -> Document:
    return _ALERT_STATE.document(state)


def alert_state(document: Mapping[str, Any] | None) -> AlertState | None:
    return _ALERT_STATE.record(document) if document else None


def _pending_document(name: str, pending: Pending) -> Document:
    return {
        "value": stored_value(name, pending.value),
        "at": pending.at,
        "beforeAt": pending.before_at,
        "reason": pending.reason.value,
        "unknownSince": pending.unknown_since,
    }


def _pending(name: str, document: Mapping[str, Any]) -> Pending:
    return Pending(
        value=value_from_stored(name, document["value"]),
        at=document["at"],
        before_at=document["beforeAt"],
        reason=Question(document["reason"]),
        unknown_since=document["unknownSince"],
    )

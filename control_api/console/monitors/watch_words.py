"""What is known of a watched product, as a page writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from control_api.console.words import amount, term
from control_api.services.monitors.rounds.round_drafts import is_stale
from control_api.services.monitors.rules.lists.listed import Listed
from control_api.services.monitors.shown_values import shown_value
from control_api.services.monitors.watches.watch_documents import state_from_known
from control_api.services.records import Watch

# Fields whose values are names of states, and no text of a page.
_STATES = frozenset({"availability", "buyboxState", "condition"})
_MAX_LENGTH = 300
_FIRST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWatch:
    """`now`: field → text of its value, of those that have one. `first`: of a list, who stands on top."""

    watch: Watch
    now: Mapping[str, str]
    since: Mapping[str, datetime]
    currency: str | None
    place: str | None
    last_at: datetime | None
    last_outcome: str | None
    is_stale: bool
    first: Sequence[str]

    @classmethod
    def of(cls, watch: Watch) -> ShownWatch:
        state = state_from_known(watch.value, watch.known)
        currency = state.context.currency if state.context else None
        return cls(
            watch=watch,
            now={name: field_text(name, value, currency) for name, value in state.now.items()},
            since=state.since,
            currency=currency,
            place=state.context.place if state.context else None,
            last_at=state.last_at,
            last_outcome=state.last_outcome.value if state.last_outcome else None,
            is_stale=is_stale(watch),
            first=_first_of(state.listed),
        )


def _first_of(listed: Listed | None) -> list[str]:
    members = listed.members if listed else {}
    ordered = sorted(members, key=lambda key: (members[key].place, key))
    return [members[key].label or key for key in ordered[:_FIRST]]


def field_text(name: str, value: Any, currency: str | None) -> str:
    if name in _STATES and isinstance(value, str):
        return term(value)
    shown = shown_value(name, value, currency)
    return _text(shown)[:_MAX_LENGTH]


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if "amount" in value:
            return f"{amount(value['amount'])} {value.get('currency') or ''}".strip()
        return str(value.get("name") or value.get("id") or "")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_text(one) for one in value) or "none"
    return amount(value) if isinstance(value, Decimal) else str(value)

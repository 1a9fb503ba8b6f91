"""Which new values are not believed before they were seen twice."""

from __future__ import annotations

from typing import Any

from control_api.services.monitors.rules.field_tables import KNOWN_FIELDS
from control_api.services.monitors.rules.watch_state import Look, Question, WatchRules, WatchState

# A price that moves by this factor may be a fault of the page.
_JUMP = 2
_PRICE = "price"


def question_of(
    name: str, before: Any, after: Any, *, state: WatchState, look: Look, rules: WatchRules
) -> Question | None:
    """Why the new value of a loud field must be seen once more; None: it is believed."""
    if rules.confirm >= 2:
        return Question.CONFIRM
    if not rules.questions:
        return None
    if is_other(state.parser_version, look.parser_version):
        return Question.PARSER_CHANGED
    if not KNOWN_FIELDS[name].may_jump or before is None or after is None:
        return None
    if name == _PRICE and is_other(state.price_source, look.price_source):
        return Question.SOURCE_CHANGED
    return Question.JUMP if _is_jump(before, after) else None


def is_other(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _is_jump(before: Any, after: Any) -> bool:
    if after == 0:
        return True
    return bool(after >= before * _JUMP or before >= after * _JUMP)

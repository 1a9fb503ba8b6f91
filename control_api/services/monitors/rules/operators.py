"""What a condition of an alert may ask of a field: the operators, by what they need and how they are judged."""

from __future__ import annotations

from collections.abc import Mapping

from control_api.services.monitors.rules.watch_state import ChangeKind

MAX_DAYS = 3_650
MAX_HOURS = 24 * MAX_DAYS
LOWER = frozenset({"below", "at_most", "lowest_in", "below_average", "below_list"})
HIGHER = frozenset({"above", "at_least", "highest_in"})
LIMITS = frozenset({"below", "at_most", "above", "at_least"})
EXTREMES = frozenset({"lowest_in", "highest_in"})
REFERENCES = frozenset({"below_average", "below_list"})
WITH_DAYS = EXTREMES | {"below_average"}
WITH_VALUE = LIMITS | {"equals", "not_equals", "contains", "became", "left"}
LISTS = frozenset({"one_of", "none_of"})
MOVES = frozenset({"dropped", "rose"})
EVENTS: Mapping[str, ChangeKind] = {
    kind.value: kind
    for kind in (
        ChangeKind.GONE,
        ChangeKind.RETURNED,
        ChangeKind.REDIRECTED,
        ChangeKind.CONTEXT_CHANGED,
    )
}
# What happens to somebody who stands on a list. `left` with a field asks for a value that went.
LIST_EVENTS: Mapping[str, ChangeKind] = {
    kind.value: kind
    for kind in (
        ChangeKind.ENTERED,
        ChangeKind.LEFT,
        ChangeKind.MOVED,
        ChangeKind.AD_STARTED,
        ChangeKind.AD_STOPPED,
    )
}
OF_PLACES = frozenset({"moved"})
OF_ADS = frozenset({"ad_started", "ad_stopped"})
PLAIN = frozenset({"absent", "present", "changed"})
EDGES = frozenset({"changed", "became", "left", *MOVES, *EVENTS, *LIST_EVENTS})
WITHOUT_FIELD = frozenset({"stale", *EVENTS})
OPERATORS = tuple(sorted(WITH_VALUE | LISTS | EXTREMES | MOVES | PLAIN | REFERENCES | WITHOUT_FIELD | LIST_EVENTS.keys()))  # fmt: skip

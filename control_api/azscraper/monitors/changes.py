from __future__ import annotations

from typing import Any

from flask import Response

from control_api.azscraper.schemas.account.projects import ProjectPath
from control_api.azscraper.schemas.monitors.changes import (
    ChangeOut,
    ChangesAnswer,
    ChangesQuery,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.schemas import ErrorEnvelope
from control_api.services.monitors.rules.conditions import number_of
from control_api.services.monitors.rules.stored_values import value_from_stored
from control_api.services.monitors.rules.watch_state import ChangeKind
from control_api.services.monitors.shown_values import percent_moved, shown_value
from control_api.services.records import StoredChange

changes = dialect_blueprint("changes", "A project's changes in the order in which they were found")


@changes.get(
    "/projects/<projectId>/changes",
    summary="Read the change feed",
    responses={200: ChangesAnswer, 410: ErrorEnvelope},
)
def list_changes(path: ProjectPath, query: ChangesQuery) -> Response:
    page = services().change_feed.page(
        current_actor(), path.projectId, query.wanted, since=query.since, limit=query.limit
    )
    return json_answer(ChangesAnswer.of([_change_answer(one) for one in page.changes], meta=page))


def _change_answer(change: StoredChange) -> ChangeOut:
    before, after = change.before, change.after
    shown: tuple[Any, Any] = (before, after)
    delta = percent = None
    if change.kind == ChangeKind.CHANGED and change.field is not None:
        before, after = (value_from_stored(change.field, one) for one in (before, after))
        shown = (
            shown_value(change.field, before, change.currency),
            shown_value(change.field, after, change.currency),
        )
        percent = percent_moved(before, after)
    if change.field is not None:
        old, new = number_of(before), number_of(after)
        delta = new - old if old is not None and new is not None else None
    return ChangeOut.read(
        change, before=shown[0], after=shown[1], delta=delta, deltaPercent=percent
    )

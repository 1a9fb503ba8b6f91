"""What of monitors goes to webhooks, written in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from control_api.services.monitors.feed_cursors import cursor_from_seq
from storage.base.transactions import Session
from storage.jobs.outbox import Outbox
from storage.monitors.monitors import Monitor
from storage.monitors.rounds import Round

CHANGED = "monitor.changed"
ROUND_COMPLETED = "monitor.round.completed"
ALERT_FIRED = "alert.fired"
# So many firings stand in one event.
MAX_FIRINGS = 50

# By the outcomes' stored names.
_CHECK_NAMES = {
    "ok": "ok", "blocked": "blocked", "failed": "failed", "not_found": "notFound",
    "off_context": "offContext", "redirected": "redirected", "late": "late", "partial": "partial",
}  # fmt: skip


class MonitorEvents:
    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def changed(
        self, monitor: Monitor, job_id: str, *, first: int, last: int, session: Session
    ) -> None:
        data = {
            "jobId": job_id,
            "fromCursor": cursor_from_seq(monitor.project_id, first - 1),
            "toCursor": cursor_from_seq(monitor.project_id, last),
            "count": last - first + 1,
        }
        self._insert(CHANGED, monitor, data, session)

    def round_completed(self, monitor: Monitor, ended: Round, session: Session) -> None:
        self._insert(ROUND_COMPLETED, monitor, {"name": monitor.name, **round_data(ended)}, session)

    def alert_fired(
        self,
        monitor: Monitor,
        alert: Mapping[str, Any],
        firings: Sequence[Mapping[str, Any]],
        session: Session,
    ) -> None:
        """One event an alert and receipt, however many products fired it."""
        shown = [dict(one) for one in firings[:MAX_FIRINGS]]
        data = {**alert, "firings": shown, "more": len(firings) - len(shown)}
        self._insert(ALERT_FIRED, monitor, data, session)

    def _insert(
        self, kind: str, monitor: Monitor, data: Mapping[str, Any], session: Session
    ) -> None:
        self._outbox.insert_of_monitor(
            kind,
            {"monitorId": monitor.id, "projectId": monitor.project_id, **data},
            organization_id=monitor.organization_id,
            project_id=monitor.project_id,
            monitor_id=monitor.id,
            session=session,
        )


def round_data(found: Round) -> dict[str, Any]:
    """A round as clients are shown it."""
    has_changes = found.from_seq is not None and found.to_seq is not None
    return {
        "jobId": found.id,
        "status": found.status,
        "outcome": found.outcome,
        "startedAt": found.started_at,
        "endedAt": found.ended_at,
        "watches": found.watches,
        "checks": {shown: found.checks.get(name, 0) for name, shown in _CHECK_NAMES.items()},
        "questioned": found.questioned,
        "changes": dict(found.changes),
        "fromCursor": cursor_from_seq(found.project_id, (found.from_seq or 1) - 1)
        if has_changes
        else None,
        "toCursor": cursor_from_seq(found.project_id, found.to_seq or 0) if has_changes else None,
    }

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import AlertNotFound, Conflict, InvalidInput, MonitorNotFound
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.monitors import MonitorService
from control_api.services.monitors.rules.condition_json import BadCondition, condition_from_json
from control_api.services.monitors.rules.conditions import leaves_of
from control_api.services.monitors.rules.field_tables import is_place
from storage.base.transactions import Session, Transactions
from storage.monitors.alerts import Alert, Alerts, Firing, Firings, NewAlert
from storage.monitors.monitors import Monitor, Monitors

MAX_ALERTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStores:
    alerts: Alerts
    firings: Firings
    monitors: Monitors


@dataclass(frozen=True, slots=True)
class AlertView:
    alert: Alert
    monitor_name: str
    last_firing: Firing | None


@dataclass(frozen=True, slots=True)
class FiringsPage:
    firings: Sequence[Firing]
    next_cursor: str | None


class AlertService:
    def __init__(
        self,
        stores: AlertStores,
        monitors: MonitorService,
        *,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._stores = stores
        self._monitors = monitors
        self._audit = audit
        self._transactions = transactions

    def create(self, actor: Actor, monitor_id: str, given: Mapping[str, Any]) -> Alert:
        """`given`: by the record's names."""
        monitor = self._monitors.get(actor, monitor_id)
        _require_condition(monitor, given["when"])
        new = NewAlert(
            organization_id=monitor.organization_id,
            project_id=monitor.project_id,
            monitor_id=monitor.id,
            **given,
        )

        def work(session: Session) -> Alert:
            # Held, so that two requests see each other's alert.
            if not self._stores.monitors.hold(monitor_id, session):
                raise MonitorNotFound
            if len(self._stores.alerts.of_monitor(monitor_id, session)) >= MAX_ALERTS:
                raise Conflict(f"A monitor can have {MAX_ALERTS} alerts at most")
            alert = self._stores.alerts.insert(new, session)
            self._record(actor, "alert.created", alert, session)
            return alert

        return self._transactions.run(work)

    def list_all(self, actor: Actor, monitor_id: str) -> list[Alert]:
        """Oldest first."""
        self._monitors.get(actor, monitor_id)
        return self._stores.alerts.of_monitor(monitor_id)

    def newest_of(
        self, actor: Actor, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[AlertView]:
        """Of these projects of the actor together, newest first."""
        found = self._stores.alerts.newest_of(
            actor.organization_id, project_ids, limit=limit, before=before
        )
        latest = self._stores.firings.latest_of([alert.id for alert in found])
        names = self._stores.monitors.names_of({alert.monitor_id for alert in found})
        return [
            # A monitor that is deleted between the two questions has no name.
            AlertView(alert, names.get(alert.monitor_id, ""), latest.get(alert.id))
            for alert in found
        ]

    def get(self, actor: Actor, alert_id: str, session: Session | None = None) -> Alert:
        alert = self._stores.alerts.find(alert_id, actor.organization_id, session)
        if alert is None or not actor.sees(alert.project_id):
            raise AlertNotFound
        return alert

    def update(self, actor: Actor, alert_id: str, given: Mapping[str, Any]) -> Alert:
        """A new condition arms the alert anew at every watch."""

        def work(session: Session) -> Alert:
            alert = self.get(actor, alert_id, session)
            if "when" in given:
                monitor = self._monitors.get(actor, alert.monitor_id, session)
                _require_condition(monitor, given["when"])
            changed = self._stores.alerts.update(
                alert_id, _documented(given), rearms="when" in given, session=session
            )
            if changed is None:
                raise AlertNotFound
            self._record(actor, "alert.updated", changed, session, changes=sorted(given))
            return changed

        return self._transactions.run(work)

    def delete(self, actor: Actor, alert_id: str) -> None:
        def work(session: Session) -> None:
            alert = self.get(actor, alert_id, session)
            self._stores.alerts.delete(alert_id, session)
            self._record(actor, "alert.deleted", alert, session)

        self._transactions.run(work)

    def list_firings(
        self, actor: Actor, alert_id: str, *, limit: int, cursor: str | None
    ) -> FiringsPage:
        """Latest first."""
        self.get(actor, alert_id)
        before = _key_from_cursor(alert_id, cursor) if cursor is not None else None
        found = self._stores.firings.list_page(alert_id, limit=limit + 1, before=before)
        shown = found[:limit]
        more = _cursor_from_key(shown[-1].id) if len(found) > limit else None
        return FiringsPage(shown, more)

    def _record(
        self, actor: Actor, action: str, alert: Alert, session: Session, **metadata: Any
    ) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=alert.id,
            entity_name=alert.name,
            metadata=metadata,
            session=session,
        )


_DOCUMENT_NAMES = {
    "name": "name",
    "when": "when",
    "rearm_percent": "rearmPercent",
    "again_percent": "againPercent",
    "cooldown_seconds": "cooldownSeconds",
    "fire_on_first": "fireOnFirst",
    "tags": "tags",
    "enabled": "enabled",
}


def _documented(given: Mapping[str, Any]) -> dict[str, Any]:
    return {_DOCUMENT_NAMES[name]: value for name, value in given.items()}


def _require_condition(monitor: Monitor, when: Any) -> None:
    try:
        condition = condition_from_json(when, KINDS[monitor.kind].table)
    except BadCondition as error:
        raise InvalidInput(str(error)) from error
    followed = monitor.rules.fields
    names = [leaf.field for leaf in leaves_of(condition) if leaf.field is not None]
    unknown = [one for one in names if not (followed is None or one in followed or is_place(one))]
    if unknown:
        raise InvalidInput(
            f"when: {unknown[0]} is never known here; the monitor follows {', '.join(followed or ())}"
        )
    told = [leaf.moving_item for leaf in leaves_of(condition)]
    untold = [item for item in told if item is not None and item not in monitor.rules.asins]
    if untold:
        raise InvalidInput(
            f"when: moves of {untold[0][:100]} are not told; name it in asins of the monitor"
        )


def _cursor_from_key(key: str) -> str:
    """It holds no alert: a cursor can only move within the alert that it is used on."""
    _, _, place = key.partition(":")
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _key_from_cursor(alert_id: str, cursor: str) -> str:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        place = base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError) as error:
        raise InvalidInput("cursor must be one that an earlier page gave") from error
    return f"{alert_id}:{place}"

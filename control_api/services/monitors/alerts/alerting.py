"""Judges the alerts of a monitor by each check, and writes what they have to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from control_api.services.monitors.histories.history_pieces import pieces_of
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.looks import WatchLook
from control_api.services.monitors.monitor_events import MonitorEvents
from control_api.services.monitors.rules.chunks import good_times, steps_of
from control_api.services.monitors.rules.condition_json import condition_from_json
from control_api.services.monitors.rules.conditions import Moment
from control_api.services.monitors.rules.field_tables import FieldTable
from control_api.services.monitors.rules.firing import AlertRule, AlertState, Fired, judge
from control_api.services.monitors.rules.steps import Averages, in_force_since
from control_api.services.monitors.rules.watch_state import (
    ChangeKind,
    Observed,
    Step,
    WatchOutcome,
    values_with_places,
)
from control_api.services.monitors.shown_values import percent_moved, shown_value
from control_api.services.monitors.watches.watch_documents import (
    alert_state,
    state_from_known,
)
from storage.base.clock import utc_now
from storage.base.transactions import Session
from storage.monitors.alerts import Alert, Alerts, Firing, Firings, NewAlert
from storage.monitors.chunks import Chunks
from storage.monitors.monitors import Monitor
from storage.monitors.watches import Watch


@dataclass(frozen=True, slots=True)
class ReadAlert:
    alert: Alert
    rule: AlertRule


@dataclass(frozen=True, slots=True)
class FiredAlert:
    alert: Alert
    watch_id: str
    at: datetime
    data: Mapping[str, Any]


class Alerting:
    def __init__(
        self, alerts: Alerts, firings: Firings, chunks: Chunks, *, events: MonitorEvents
    ) -> None:
        self._alerts = alerts
        self._firings = firings
        self._chunks = chunks
        self._events = events

    def alerts_of(self, monitor: Monitor, session: Session) -> Sequence[ReadAlert]:
        found = self._alerts.of_monitor(monitor.id, session)
        table = KINDS[monitor.kind].table
        return [ReadAlert(one, rule_of(one, table)) for one in found if one.enabled]

    def judge(
        self,
        alerts: Sequence[ReadAlert],
        watch: Watch,
        one: WatchLook,
        observed: Observed,
        session: Session,
    ) -> tuple[list[FiredAlert], dict[str, AlertState]]:
        """What fired, and the states that are new. A check that tells nothing is judged by its age alone."""
        if observed.outcome is not WatchOutcome.OK and not observed.changes:
            alerts = [read for read in alerts if read.rule.judges_age]
        if not alerts:
            return [], {}
        names = {name for read in alerts for name in read.rule.place_names}
        moment = self._moment(watch, one, observed, names)
        fired: list[FiredAlert] = []
        states: dict[str, AlertState] = {}
        for read in alerts:
            if not read.rule.is_for(watch.tags):
                continue
            before = alert_state(watch.alerts.get(read.alert.id))
            after, told = judge(read.rule, before, moment)
            if after != before:
                states[read.alert.id] = after
            if told is not None:
                data = _firing_data(watch, observed, told, since=moment.first_at)
                fired.append(FiredAlert(read.alert, watch.id, told.at, data))
        return fired, states

    def record(
        self,
        fired: Sequence[FiredAlert],
        monitor: Monitor,
        job_id: str,
        *,
        seq: int,
        session: Session,
    ) -> None:
        """`seq`: the number of the feed's latest change, which orders the firings."""
        now = utc_now()
        ordered = sorted(fired, key=lambda one: one.alert.id)
        for alert_id, group in groupby(ordered, key=lambda one: one.alert.id):
            own = list(group)
            self._firings.insert(
                [
                    Firing(
                        id=f"{alert_id}:{seq:012d}:{job_id}:{place:04d}:{one.watch_id}",
                        alert_id=alert_id,
                        monitor_id=monitor.id,
                        watch_id=one.watch_id,
                        at=one.at,
                        recorded_at=now,
                        data={**one.data, "jobId": job_id, "seq": seq},
                    )
                    for place, one in enumerate(own)
                ],
                session,
            )
            told = {"alertId": alert_id, "name": own[0].alert.name, "jobId": job_id}
            firings = [{**one.data, "seq": seq} for one in own]
            self._events.alert_fired(monitor, told, firings, session)

    def _moment(
        self, watch: Watch, one: WatchLook, observed: Observed, place_names: Iterable[str]
    ) -> Moment:
        context = observed.state.context
        currency = context.currency if context is not None else None

        def history(name: str, since: datetime) -> Sequence[Step]:
            pieces = pieces_of(self._chunks, watch, since=since)
            return in_force_since(steps_of(pieces, name, currency=currency), since)

        def mean(name: str, since: datetime) -> Decimal | None:
            pieces = pieces_of(self._chunks, watch, since=since)
            steps = steps_of(pieces, name, currency=currency)
            return Averages(steps, good_times(pieces), at).mean(since, at)

        at = one.look.at
        before = state_from_known(watch.value, watch.known)
        return Moment(
            at=at,
            now=values_with_places(observed.state, place_names),
            before=values_with_places(before, place_names),
            changes=observed.changes,
            target=watch.target,
            first_at=watch.started_at or at,
            history=history,
            mean=mean,
            fresh_at=observed.state.last_ok_at or watch.created_at,
        )


def rule_of(alert: Alert, table: FieldTable) -> AlertRule:
    return rule_of_wanted(alert, table, alert_id=alert.id, version=alert.version)


def rule_of_wanted(
    alert: NewAlert, table: FieldTable, *, alert_id: str = "", version: int = 1
) -> AlertRule:
    """Raises BadCondition."""
    again = alert.again_percent
    return AlertRule(
        id=alert_id,
        condition=condition_from_json(alert.when, table),
        rearm_percent=Decimal(str(alert.rearm_percent)),
        again_percent=Decimal(str(again)) if again is not None else None,
        cooldown=timedelta(seconds=alert.cooldown_seconds),
        fires_on_first=alert.fire_on_first,
        tags=frozenset(alert.tags),
        version=version,
    )


def _firing_data(
    watch: Watch, observed: Observed, told: Fired, *, since: datetime | None
) -> dict[str, Any]:
    now, context = observed.state.now, observed.state.context
    currency = context.currency if context else None
    name = told.field
    kinds = [one.kind.value for one in observed.changes if one.kind is not ChangeKind.CHANGED]
    return {
        "watchId": watch.id,
        "value": watch.value,
        "label": watch.label,
        "cause": told.cause,
        "field": name,
        "before": shown_value(name, told.before, currency),
        "after": shown_value(name, told.after, currency),
        "deltaPercent": percent_moved(told.before, told.after),
        "price": shown_value("price", now.get("price"), currency),
        "availability": now.get("availability"),
        "seller": _seller(now),
        "kinds": kinds,
        "items": list(told.items),
        "at": told.at,
        "observedDays": (told.at - since).days if since else 0,
    }


def _seller(now: Mapping[str, Any]) -> str | None:
    seller = now.get("seller")
    return (seller.id or seller.name) if seller is not None else None

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import Conflict, InvalidInput, MonitorNotFound
from control_api.services.jobs.types.amazon import Locales
from control_api.services.monitors.kinds.monitor_kind import MonitorKind
from control_api.services.monitors.kinds.registry import KINDS, MONITORED
from control_api.services.monitors.schedule_past import SchedulePast
from control_api.services.schedules.schedules import next_run
from storage.base.transactions import Session, Transactions
from storage.events.schedules import (
    CrawlConfig,
    NewSchedule,
    Overlap,
    Schedule,
    ScheduleChange,
    Schedules,
)
from storage.events.slots import Slots
from storage.jobs.removals import Removals
from storage.monitors.alerts import Alerts
from storage.monitors.monitors import Monitor, MonitorRules, Monitors, NewMonitor
from storage.monitors.receipts import Receipts
from storage.monitors.rounds import Round, Rounds

MAX_MONITORS = 100
_ASIN = re.compile(r"[A-Z0-9]{10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorStores:
    monitors: Monitors
    schedules: Schedules
    slots: Slots
    alerts: Alerts
    receipts: Receipts
    rounds: Rounds
    removals: Removals


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorWanted:
    """What a client asks for, by the names of its request; what is left out of `given` stays as it is."""

    given: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.given.get(name, default)


@dataclass(frozen=True, slots=True)
class MonitorView:
    monitor: Monitor
    schedule: Schedule | None = None
    last_round: Round | None = None


class MonitorService:
    def __init__(
        self,
        stores: MonitorStores,
        projects: ProjectService,
        past: SchedulePast,
        *,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._past = past
        self._stores = stores
        self._projects = projects
        self._audit = audit
        self._transactions = transactions

    def create(self, actor: Actor, project_id: str, wanted: MonitorWanted) -> MonitorView:
        self._projects.get(actor, project_id)
        crawl = self._crawl(actor, project_id, wanted)
        kind, config = crawl.kind, crawl.config
        if kind not in MONITORED:
            raise InvalidInput(f"type must be one of {', '.join(MONITORED)}")
        # Refused now, what every round would be refused for.
        Locales(config)
        new = NewMonitor(
            organization_id=actor.organization_id,
            project_id=project_id,
            name=wanted.get("name"),
            kind=kind,
            config=config,
            rules=_rules(KINDS[kind], MonitorRules(), wanted),
            enabled=wanted.get("enabled", True),
            created_by=actor.user_id,
        )

        source = wanted.get("fromScheduleId")

        def work(session: Session) -> MonitorView:
            if len(self._stores.monitors.ids_of_project(project_id, session)) >= MAX_MONITORS:
                raise Conflict(f"A project can have {MAX_MONITORS} monitors at most")
            monitor = self._stores.monitors.insert(new, session)
            schedule = self._make_schedule(actor, monitor, wanted, session)
            if schedule is not None:
                monitor = self._set_schedule(monitor, schedule.id, session)
            if source is not None:
                count = self._past.fill(monitor, crawl, source, session)
                monitor = replace(monitor, watch_count=count)
            self._record(actor, "monitor.created", monitor, session)
            return MonitorView(monitor, schedule)

        view = self._transactions.run(work)
        [last] = [self._stores.rounds.latest([view.monitor.id]).get(view.monitor.id)]
        return replace(view, last_round=last)

    def _crawl(self, actor: Actor, project_id: str, wanted: MonitorWanted) -> CrawlConfig:
        source = wanted.get("fromScheduleId")
        if source is None:
            return CrawlConfig(wanted.get("type"), [], wanted.get("config") or {})
        if wanted.get("type") is not None or wanted.get("config"):
            raise InvalidInput("type, config: with fromScheduleId they are those of the schedule")
        return self._past.crawl(actor, project_id, source)

    def get(self, actor: Actor, monitor_id: str, session: Session | None = None) -> Monitor:
        monitor = self._stores.monitors.find(monitor_id, actor.organization_id, session)
        if monitor is None or not actor.sees(monitor.project_id):
            raise MonitorNotFound
        return monitor

    def get_view(self, actor: Actor, monitor_id: str) -> MonitorView:
        [view] = self._views([self.get(actor, monitor_id)])
        return view

    def list_page(
        self, actor: Actor, project_id: str, *, limit: int, offset: int
    ) -> tuple[list[MonitorView], int]:
        self._projects.get(actor, project_id)
        found, total = self._stores.monitors.list_page(
            actor.organization_id, project_id, limit=limit, offset=offset
        )
        return self._views(found), total

    def newest_of(
        self, actor: Actor, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[MonitorView]:
        """Of these projects of the actor together, newest first, by one question."""
        return self._views(
            self._stores.monitors.newest_of(
                actor.organization_id, project_ids, limit=limit, before=before
            )
        )

    def list_rounds(
        self, actor: Actor, monitor_id: str, *, limit: int, offset: int
    ) -> tuple[list[Round], int]:
        self.get(actor, monitor_id)
        return self._stores.rounds.list_page(monitor_id, limit=limit, offset=offset)

    def get_round(self, actor: Actor, monitor_id: str, job_id: str) -> Round:
        self.get(actor, monitor_id)
        found = self._stores.rounds.find(job_id)
        if found is None or found.monitor_id != monitor_id:
            raise MonitorNotFound("The monitor has no such round")
        return found

    def update(self, actor: Actor, monitor_id: str, wanted: MonitorWanted) -> MonitorView:
        """Change what is given. Type, marketplace and language are fixed."""

        def work(session: Session) -> MonitorView:
            current = self.get(actor, monitor_id, session)
            changes: dict[str, Any] = {"rules": _rules(KINDS[current.kind], current.rules, wanted)}
            changes |= {
                name: wanted.get(name) for name in ("name", "enabled") if name in wanted.given
            }
            if "config" in wanted.given:
                changes["config"] = _changed_config(current.config, wanted.get("config"))
            changed = self._stores.monitors.update(monitor_id, changes, session)
            if changed is None:
                raise MonitorNotFound
            schedule = self._change_schedule(actor, changed, wanted, session)
            if (schedule.id if schedule else None) != changed.schedule_id:
                changed = self._set_schedule(changed, schedule.id if schedule else None, session)
            self._record(actor, "monitor.updated", changed, session, changes=sorted(wanted.given))
            return MonitorView(changed, schedule)

        view = self._transactions.run(work)
        [last] = [self._stores.rounds.latest([monitor_id]).get(monitor_id)]
        return replace(view, last_round=last)

    def delete(self, actor: Actor, monitor_id: str) -> None:
        """With its watches, history, changes and alerts. Its jobs stay."""

        def work(session: Session) -> None:
            monitor = self.get(actor, monitor_id, session)
            self._remove(monitor, session)
            self._record(actor, "monitor.deleted", monitor, session)

        self._transactions.run(work)

    def remove_of_project(self, project_id: str, session: Session) -> None:
        """For the removal of a project, in its transaction."""
        for monitor_id in self._stores.monitors.ids_of_project(project_id, session):
            monitor = self._stores.monitors.find(monitor_id, session=session)
            if monitor is not None:
                self._remove(monitor, session)

    def _remove(self, monitor: Monitor, session: Session) -> None:
        stores = self._stores
        stores.monitors.delete(monitor.id, session)
        if monitor.schedule_id is not None:
            stores.schedules.delete(monitor.schedule_id, session)
            stores.slots.delete_of_schedule(monitor.schedule_id, session)
        stores.alerts.delete_of_monitor(monitor.id, session)
        stores.receipts.delete_of_monitor(monitor.id, session)
        stores.rounds.delete_of_monitor(monitor.id, session)
        stores.removals.note_monitor(monitor.id, session)

    def _views(self, monitors: Sequence[Monitor]) -> list[MonitorView]:
        schedules = self._stores.schedules.among(
            [one.schedule_id for one in monitors if one.schedule_id]
        )
        rounds = self._stores.rounds.latest([one.id for one in monitors])
        return [
            MonitorView(one, schedules.get(one.schedule_id or ""), rounds.get(one.id))
            for one in monitors
        ]

    def _make_schedule(
        self, actor: Actor, monitor: Monitor, wanted: MonitorWanted, session: Session
    ) -> Schedule | None:
        cron, timezone = wanted.get("cron"), wanted.get("timezone") or "UTC"
        if cron is None:
            return None
        new = NewSchedule(
            organization_id=monitor.organization_id,
            project_id=monitor.project_id,
            name=None,
            cron=cron,
            timezone=timezone,
            crawl=CrawlConfig(monitor.kind, [], dict(monitor.config)),
            overlap=Overlap.SKIP,
            enabled=monitor.enabled,
            next_run_at=next_run(cron, timezone, enabled=monitor.enabled),
            created_by=actor.user_id,
            monitor_id=monitor.id,
        )
        return self._stores.schedules.insert(new, session)

    def _change_schedule(
        self, actor: Actor, monitor: Monitor, wanted: MonitorWanted, session: Session
    ) -> Schedule | None:
        held = None
        if monitor.schedule_id is not None:
            held = self._stores.schedules.find(
                monitor.schedule_id, monitor.organization_id, session
            )
        if held is None:
            return self._make_schedule(actor, monitor, wanted, session)
        if "cron" in wanted.given and wanted.get("cron") is None:
            self._stores.schedules.delete(held.id, session)
            self._stores.slots.delete_of_schedule(held.id, session)
            return None
        cron = wanted.get("cron") or held.cron
        timezone = wanted.get("timezone") or held.timezone
        is_moved = (cron, timezone, monitor.enabled) != (held.cron, held.timezone, held.enabled)
        at = next_run(cron, timezone, enabled=monitor.enabled) if is_moved else held.next_run_at
        change = ScheduleChange(
            cron=cron, timezone=timezone, enabled=monitor.enabled, next_run_at=at
        )
        return self._stores.schedules.update(held.id, change, session)

    def _set_schedule(self, monitor: Monitor, schedule_id: str | None, session: Session) -> Monitor:
        changed = self._stores.monitors.update(monitor.id, {"schedule_id": schedule_id}, session)
        if changed is None:
            raise MonitorNotFound
        return changed

    def _record(
        self,
        actor: Actor,
        action: str,
        monitor: Monitor,
        session: Session,
        **metadata: Any,
    ) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=monitor.id,
            entity_name=monitor.name,
            metadata=metadata,
            session=session,
        )


# By the names of the request.
_RULES = {
    "fields": "fields",
    "loud": "loud",
    "confirm": "confirm",
    "question": "question",
    "contextBy": "context_by",
    "context": "context",
    "topN": "top_n",
    "asins": "asins",
    "minMove": "min_move",
}
# What only monitors of lists have, and what it is told by.
_OF_LISTS = ("topN", "asins", "minMove")


def _rules(kind: MonitorKind, current: MonitorRules, wanted: MonitorWanted) -> MonitorRules:
    for name in ("fields", "loud"):
        unknown = [one for one in wanted.get(name) or () if one not in kind.table.names]
        if unknown:
            raise InvalidInput(
                f"{name}: {unknown[0][:100]} is no field; there are {', '.join(kind.table.names)}"
            )
    _require_list(kind, wanted)
    given = {own: wanted.get(name) for name, own in _RULES.items() if name in wanted.given}
    return replace(current, **given)


def _require_list(kind: MonitorKind, wanted: MonitorWanted) -> None:
    """Raises InvalidInput for what a monitor of this type has no use for."""
    given = [name for name in _OF_LISTS if wanted.get(name) is not None]
    if given and not kind.table.has_places:
        raise InvalidInput(f"{given[0]}: monitors of {kind.name} jobs follow no places")
    foreign = [one for one in wanted.get("asins") or () if not _ASIN.fullmatch(one)]
    if foreign:
        raise InvalidInput(f"asins: {foreign[0][:100]!r} is no ASIN of ten letters and digits")
    most = kind.max_places
    if most is not None and (wanted.get("topN") or 0) > most:
        raise InvalidInput(f"topN: monitors of {kind.name} jobs follow {most} places at most")


def _changed_config(current: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in ("marketplace", "lang"):
        if asked.get(name) != current.get(name):
            raise InvalidInput(
                f"config.{name} of a monitor cannot be changed: make another monitor"
            )
    return asked

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import Conflict, InvalidInput, ScheduleNotFound
from control_api.services.jobs.creating.job_request import JobRequest, new_targets_from_request
from control_api.services.jobs.types.registry import REQUEST_FORMS
from control_api.services.schedules.cron import CannotRun, Cron, cron_from_texts
from control_api.services.schedules.slot_runner import OVERLAP, PROJECT_ARCHIVED, SlotRunner
from storage.base.clock import utc_now
from storage.base.transactions import Session, Transactions
from storage.events.schedules import (
    CrawlConfig,
    NewSchedule,
    Overlap,
    Schedule,
    ScheduleChange,
    Schedules,
)
from storage.events.slots import Slot, Slots, SlotStatus

MAX_SCHEDULES = 100
_WHY_SKIPPED: Mapping[str, str] = MappingProxyType(
    {
        OVERLAP: "The schedule's last job is still open",
        PROJECT_ARCHIVED: "The schedule's project is archived",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRequest:
    """What a client asks for; None in a change stays as it is, an empty `name` takes it away."""

    name: str | None = None
    cron: str | None = None
    timezone: str | None = None
    crawl: JobRequest | None = None
    overlap: Overlap | None = None
    enabled: bool | None = None

    def moves_next_run(self, current: Schedule) -> bool:
        pairs = (
            (self.cron, current.cron),
            (self.timezone, current.timezone),
            (self.enabled, current.enabled),
        )
        return any(asked not in (None, held) for asked, held in pairs)


@dataclass(frozen=True, slots=True)
class Preview:
    """`runs` are in the schedule's own time zone."""

    words: str
    runs: Sequence[datetime]


class ScheduleService:
    def __init__(
        self,
        schedules: Schedules,
        slots: Slots,
        projects: ProjectService,
        *,
        runner: SlotRunner,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._schedules = schedules
        self._slots = slots
        self._runner = runner
        self._projects = projects
        self._audit = audit
        self._transactions = transactions

    def create(
        self, actor: Actor, project_id: str, *, cron: str, crawl: JobRequest, asked: ScheduleRequest
    ) -> Schedule:
        self._projects.get(actor, project_id)
        timezone = asked.timezone or "UTC"
        enabled = asked.enabled is not False
        new = NewSchedule(
            organization_id=actor.organization_id,
            project_id=project_id,
            name=asked.name,
            cron=cron,
            timezone=timezone,
            crawl=_crawl_config(crawl),
            overlap=asked.overlap or Overlap.SKIP,
            enabled=enabled,
            next_run_at=next_run(cron, timezone, enabled=enabled),
            created_by=actor.user_id,
        )

        def work(session: Session) -> Schedule:
            if len(self._schedules.ids_of_project(project_id, session)) >= MAX_SCHEDULES:
                raise Conflict(f"A project can have {MAX_SCHEDULES} schedules at most")
            schedule = self._schedules.insert(new, session)
            self._audit.record(
                actor,
                "schedule.created",
                entity_id=schedule.id,
                entity_name=_shown_name(schedule),
                metadata={"cron": cron, "timezone": timezone},
                session=session,
            )
            return schedule

        return self._transactions.run(work)

    def preview(self, cron: str, timezone: str, *, count: int) -> Preview:
        """When such a schedule would run, by the code that runs it. Raises InvalidInput."""
        try:
            found = cron_from_texts(cron, timezone)
        except CannotRun as error:
            raise InvalidInput(str(error)) from error
        return Preview(found.in_words(), list(found.next_times(utc_now(), count)))

    def get(self, actor: Actor, schedule_id: str, session: Session | None = None) -> Schedule:
        schedule = self._schedules.find(schedule_id, actor.organization_id, session)
        if schedule is None or not actor.sees(schedule.project_id):
            raise ScheduleNotFound
        return schedule

    def list_page(
        self, actor: Actor, project_id: str, *, limit: int, offset: int
    ) -> tuple[list[Schedule], int]:
        self._projects.get(actor, project_id)
        return self._schedules.list_page(
            actor.organization_id, project_id, limit=limit, offset=offset
        )

    def newest_of(
        self, actor: Actor, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[Schedule]:
        """Of these projects of the actor together, newest first, by one question."""
        return self._schedules.newest_of(
            actor.organization_id, project_ids, limit=limit, before=before
        )

    def list_next(self, actor: Actor, *, limit: int) -> list[Schedule]:
        """Of all projects that the actor sees: those that run next, the first one first."""
        return self._schedules.list_next(actor.organization_id, actor.project_id, limit=limit)

    def update(self, actor: Actor, schedule_id: str, asked: ScheduleRequest) -> Schedule:
        """Change what is not None. Slots of the time that it was disabled are not made up for."""
        crawl = _crawl_config(asked.crawl) if asked.crawl else None

        def work(session: Session) -> Schedule:
            current = self.get(actor, schedule_id, session)
            _refuse_of_monitor(current)
            change = ScheduleChange(
                name=asked.name,
                cron=asked.cron,
                timezone=asked.timezone,
                crawl=crawl,
                overlap=asked.overlap,
                enabled=asked.enabled,
                next_run_at=_changed_next_run(current, asked),
            )
            changed = self._schedules.update(schedule_id, change, session)
            if changed is None:
                raise ScheduleNotFound
            self._audit.record(
                actor,
                "schedule.updated",
                entity_id=schedule_id,
                entity_name=_shown_name(changed),
                metadata=_changes(asked),
                session=session,
            )
            return changed

        return self._transactions.run(work)

    def delete(self, actor: Actor, schedule_id: str) -> None:
        """Its jobs stay, and run on."""

        def work(session: Session) -> None:
            schedule = self.get(actor, schedule_id, session)
            _refuse_of_monitor(schedule)
            self._schedules.delete(schedule_id, session)
            self._slots.delete_of_schedule(schedule_id, session)
            self._audit.record(
                actor,
                "schedule.deleted",
                entity_id=schedule_id,
                entity_name=_shown_name(schedule),
                session=session,
            )

        self._transactions.run(work)

    def run(self, actor: Actor, schedule_id: str) -> Slot:
        """A slot by hand. Raises what its job is refused for; Conflict while the last one is open."""
        schedule = self.get(actor, schedule_id)
        slot = self._runner.run_by_hand(actor, schedule.id)
        if slot.status is SlotStatus.SKIPPED:
            raise Conflict(_WHY_SKIPPED.get(slot.reason or "", f"Skipped: {slot.reason}"))
        return slot

    def remove_of_project(self, project_id: str, session: Session) -> None:
        """For the removal of a project, in its transaction."""
        for schedule_id in self._schedules.ids_of_project(project_id, session):
            self._schedules.delete(schedule_id, session)
            self._slots.delete_of_schedule(schedule_id, session)

    def list_slots(
        self, actor: Actor, schedule_id: str, *, limit: int, offset: int
    ) -> tuple[list[Slot], int]:
        self.get(actor, schedule_id)
        return self._slots.list_page(schedule_id, limit=limit, offset=offset)


def _refuse_of_monitor(schedule: Schedule) -> None:
    if schedule.monitor_id is not None:
        raise Conflict(
            f"This schedule belongs to a monitor: change PATCH /monitors/{schedule.monitor_id}"
        )


def _shown_name(schedule: Schedule) -> str:
    return schedule.name or schedule.cron


def _crawl_config(request: JobRequest) -> CrawlConfig:
    """Refuses now what every slot's job would be refused for."""
    texts = list(request.targets)
    if request.kind in REQUEST_FORMS:
        # Other types' requests were checked by who knows the type.
        asked = new_targets_from_request(request)
        if request.skips_invalid:
            texts = [target.sent or target.value for target in asked.targets]
    return CrawlConfig(request.kind, texts, dict(request.config))


def _changed_next_run(current: Schedule, asked: ScheduleRequest) -> datetime | None:
    if not asked.moves_next_run(current):
        return current.next_run_at
    enabled = current.enabled if asked.enabled is None else asked.enabled
    return next_run(asked.cron or current.cron, asked.timezone or current.timezone, enabled=enabled)


def next_run(expression: str, timezone: str, *, enabled: bool) -> datetime | None:
    """A schedule that is off has none, but it must be one that can be switched on."""
    try:
        cron = Cron(expression, timezone)
    except CannotRun as error:
        raise InvalidInput(str(error)) from error
    return cron.find_next(utc_now()) if enabled else None


def _changes(asked: ScheduleRequest) -> dict[str, object]:
    changes = {
        "name": asked.name,
        "cron": asked.cron,
        "timezone": asked.timezone,
        "enabled": asked.enabled,
        "overlap": asked.overlap.value if asked.overlap else None,
        "crawlConfig": True if asked.crawl else None,
    }
    return {key: value for key, value in changes.items() if value is not None}

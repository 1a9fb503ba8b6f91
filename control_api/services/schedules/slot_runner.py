"""What happens when a slot comes due: one job at most, or a record of why there is none."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from types import MappingProxyType

from control_api.services.accounts.actor import Actor
from control_api.services.errors import ScheduleNotFound, ServiceError
from control_api.services.jobs.creating.job_request import JobRequest
from control_api.services.jobs.creating.job_writer import Draft, JobWriter, draft_from_request
from control_api.services.jobs.job_defaults import JobDefaults
from control_api.services.jobs.spiders.spider_jobs import draft_of_spider
from control_api.services.jobs.spiders.spiders import SpiderService
from control_api.services.jobs.types.registry import SERVED_OF_NAME
from control_api.services.one_by_one import OneByOne
from control_api.services.schedules.cron import CannotRun, cron_from_texts
from storage.accounts.projects import Projects
from storage.accounts.users import Role
from storage.base.away import StorageAway
from storage.base.clock import utc_now
from storage.base.transactions import Session, Transactions
from storage.events.schedules import Overlap, Schedule, Schedules, SlotOutcome
from storage.events.slots import Slot, Slots, SlotStatus, time_by_hand
from storage.jobs.jobs import Jobs
from storage.queue.defects import CountDefect

log = logging.getLogger(__name__)

# Missed slots that one transaction records; a longer downtime takes several.
MAX_MISSED_AT_ONCE = 500
MAX_SCHEDULES_AT_ONCE = 200

MISSED = "missed"
OVERLAP = "overlap"
PROJECT_ARCHIVED = "project_archived"
PROJECT_DELETED = "project_deleted"
BROKEN = "internal_error"
_REASON_OF_CODE: Mapping[str, str] = MappingProxyType(
    {
        "INSUFFICIENT_CREDITS": "no_credits",
        "FORBIDDEN": "quota_reached",
        "VALIDATION_ERROR": "invalid_request",
        "INVALID_ASIN": "invalid_request",
        "UNAUTHORIZED": "organization_deleted",
        "PROJECT_NOT_FOUND": PROJECT_DELETED,
        "SPIDER_NOT_FOUND": "spider_deleted",
        "MONITOR_NOT_FOUND": "monitor_deleted",
        # Of a round: the monitor has no watch that is enabled.
        "CONFLICT": "no_watches",
    }
)


# Of a monitor's id and its schedule's. Raises what its job would be refused for.
DraftOfRound = Callable[[str, str], Draft]


@dataclass(frozen=True, slots=True)
class SlotStores:
    schedules: Schedules
    slots: Slots
    projects: Projects
    jobs: Jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """The slots of a schedule that have come: all but the last are too late to run."""

    missed: list[datetime]
    slot_at: datetime | None
    next_run_at: datetime | None


class SlotRunner:
    """Any number of them may run at once: whoever moves a schedule's `nextRunAt` has the slot."""

    def __init__(
        self,
        stores: SlotStores,
        writer: JobWriter,
        *,
        transactions: Transactions,
        wake_feeder: Callable[[], None],
        spiders: SpiderService,
        defaults: JobDefaults,
        count_defect: CountDefect,
        draft_of_round: DraftOfRound,
    ) -> None:
        self._count_defect = count_defect
        self._draft_of_round = draft_of_round
        self._spiders = spiders
        self._defaults = defaults
        self._stores = stores
        self._writer = writer
        self._transactions = transactions
        self._wake_feeder = wake_feeder

    def run_due(self, now: datetime) -> None:
        """Settle every slot that is due at `now`, and start those that waited for a job to end."""
        due = self._stores.schedules.list_due(now, limit=MAX_SCHEDULES_AT_ONCE)
        # Workers that look at the same moment shall not queue up behind one another.
        random.shuffle(due)
        started: list[bool] = []
        each = OneByOne()
        for schedule in due:
            with each.apart(f"schedule {schedule.id}"):
                started.append(self._run(schedule, now))
        for schedule in self._stores.schedules.list_with_queued_slot():
            with each.apart(f"the queued slot of schedule {schedule.id}"):
                if not self._has_open_job(schedule):
                    started.append(self._settle_once(partial(self._start_queued, schedule, now)))
        if any(started):
            self._wake_feeder()
        each.raise_first()

    def run_by_hand(self, actor: Actor, schedule_id: str) -> Slot:
        """A slot now, under the rules of those that come due; also of a schedule that is off.

        Raises what refused its job; the slot is recorded with the reason before.
        """
        try:
            slot = self._settle_by_hand(actor, schedule_id, refusal=None)
        except ServiceError as error:
            reason = _REASON_OF_CODE.get(error.code)
            if reason is not None:
                self._settle_by_hand(actor, schedule_id, refusal=reason)
            raise
        if slot.job_id is not None:
            try:
                self._wake_feeder()
            except StorageAway as error:
                # The job is in MongoDB: the reconciler feeds it when Redis is back.
                log.warning("the feeder was not woken: %s", type(error).__name__)
        return slot

    def _settle_by_hand(self, actor: Actor, schedule_id: str, *, refusal: str | None) -> Slot:
        def work(session: Session) -> Slot:
            schedules = self._stores.schedules
            claimed = schedules.claim_by_hand(schedule_id, actor.organization_id, session)
            if claimed is None:
                raise ScheduleNotFound
            now = utc_now()
            slot_at = time_by_hand(now)
            while self._stores.slots.has(schedule_id, slot_at, session):
                slot_at = time_by_hand(slot_at + timedelta(milliseconds=1))
            draft = self._draft(claimed) if refusal is None else None
            outcome = self._outcome(
                claimed, slot_at, draft, refusal=refusal, session=session, actor=actor
            )
            self._record(claimed, slot_at, outcome, now=now, session=session)
            return _slot(schedule_id, slot_at, outcome)

        return self._transactions.run(work)

    def _run(self, schedule: Schedule, now: datetime) -> bool:
        if not self._stores.schedules.is_unmoved(schedule):
            return False  # another worker was quicker; a transaction would find out dearly
        due = _due_slots(schedule, now)
        return self._settle_once(partial(self._settle, schedule, due, now))

    def _settle(self, schedule: Schedule, due: _Due, now: datetime, refusal: str | None) -> bool:
        """True when a job was written. Nothing happens when another worker has the slot."""
        draft = self._draft(schedule) if refusal is None and due.slot_at else None

        def work(session: Session) -> bool:
            claimed = self._stores.schedules.claim_slot(
                schedule, next_run_at=due.next_run_at, session=session
            )
            if claimed is None:
                return False
            self._stores.slots.insert_missed(
                schedule.id, due.missed, reason=MISSED, session=session
            )
            if due.slot_at is None or self._stores.slots.has(schedule.id, due.slot_at, session):
                return False
            outcome = self._outcome(claimed, due.slot_at, draft, refusal=refusal, session=session)
            self._record(claimed, due.slot_at, outcome, now=now, session=session)
            return outcome.job_id is not None

        return self._transactions.run(work)

    def _start_queued(self, schedule: Schedule, now: datetime, refusal: str | None) -> bool:
        slot_at = schedule.queued_slot_at
        draft = self._draft(schedule) if refusal is None else None

        def work(session: Session) -> bool:
            claimed = self._stores.schedules.claim_queued_slot(schedule, session)
            if claimed is None or slot_at is None:
                return False
            outcome = self._outcome(claimed, slot_at, draft, refusal=refusal, session=session)
            self._stores.slots.end_queued(_slot(claimed.id, slot_at, outcome), session)
            self._stores.schedules.note_outcome(claimed.id, outcome, at=now, session=session)
            return outcome.job_id is not None

        return self._transactions.run(work)

    def _outcome(
        self,
        schedule: Schedule,
        slot_at: datetime,
        draft: Draft | None,
        *,
        refusal: str | None,
        session: Session,
        actor: Actor | None = None,
    ) -> SlotOutcome:
        reason = refusal or self._find_obstacle(schedule, session)
        if reason == OVERLAP and self._may_wait(schedule):
            return SlotOutcome(status=SlotStatus.QUEUED, reason=OVERLAP, queued_slot_at=slot_at)
        if reason is not None or draft is None:
            return SlotOutcome(
                status=SlotStatus.SKIPPED,
                reason=reason or BROKEN,
                is_last=reason == PROJECT_DELETED,
            )
        job = self._writer.write(session, actor or _actor(schedule), draft, action="job.created")
        return SlotOutcome(status=SlotStatus.STARTED, reason=None, job_id=job.id)

    def _draft(self, schedule: Schedule) -> Draft:
        crawl = schedule.crawl
        if schedule.monitor_id is not None:
            return self._draft_of_round(schedule.monitor_id, schedule.id)
        if not SERVED_OF_NAME[crawl.kind].type.is_pooled:
            spider = self._spiders.get(_actor(schedule), crawl.config["spiderId"])
            return draft_of_spider(
                spider,
                self._spiders.deployed_of(spider),
                crawl.config["arguments"],
                project_id=schedule.project_id,
                schedule_id=schedule.id,
            )
        request = JobRequest(kind=crawl.kind, targets=crawl.targets, config=crawl.config)
        request = replace(request, defaults=self._defaults.get())
        return draft_from_request(request, schedule.project_id, schedule_id=schedule.id)

    def _find_obstacle(self, schedule: Schedule, session: Session) -> str | None:
        project = self._stores.projects.find(schedule.project_id, schedule.organization_id, session)
        if project is None:
            return PROJECT_DELETED
        if project.archived:
            return PROJECT_ARCHIVED
        return OVERLAP if self._has_open_job(schedule) else None

    def _has_open_job(self, schedule: Schedule) -> bool:
        if schedule.last_job_id is None:
            return False
        job = self._stores.jobs.find(schedule.last_job_id, schedule.organization_id)
        return job is not None and job.is_open

    def _may_wait(self, schedule: Schedule) -> bool:
        # One slot waits; behind it more would only pile up.
        return schedule.overlap is Overlap.QUEUE and schedule.queued_slot_at is None

    def _settle_once(self, settle: Callable[[str | None], bool]) -> bool:
        """Settle a slot; when its job is refused, settle it again with the reason instead."""
        try:
            return settle(None)
        except StorageAway:
            raise
        except ServiceError as error:
            return settle(_REASON_OF_CODE.get(error.code, BROKEN))
        except Exception:
            # A schedule that we cannot run must not try for ever.
            log.exception("a slot could not be run")
            self._count_defect("schedules")
            return settle(BROKEN)

    def _record(
        self,
        schedule: Schedule,
        slot_at: datetime,
        outcome: SlotOutcome,
        *,
        now: datetime,
        session: Session,
    ) -> None:
        self._stores.slots.insert(_slot(schedule.id, slot_at, outcome), session)
        self._stores.schedules.note_outcome(schedule.id, outcome, at=now, session=session)


def _due_slots(schedule: Schedule, now: datetime) -> _Due:
    first = schedule.next_run_at
    try:
        cron = cron_from_texts(schedule.cron, schedule.timezone)
    except CannotRun:
        # A time zone database that lost the zone, say. The slot is recorded; no other one comes.
        log.exception("schedule %s cannot run any more", schedule.id)
        return _Due(missed=[first] if first else [], slot_at=None, next_run_at=None)
    times = list(islice(cron.due_times(first, now), MAX_MISSED_AT_ONCE + 1)) if first else []
    if len(times) > MAX_MISSED_AT_ONCE:
        return _Due(missed=times[:-1], slot_at=None, next_run_at=times[-1])
    if not times:
        return _Due(missed=[], slot_at=None, next_run_at=cron.find_next(now))
    return _Due(missed=times[:-1], slot_at=times[-1], next_run_at=cron.find_next(times[-1]))


def _actor(schedule: Schedule) -> Actor:
    """The job is in the name of the user who made the schedule."""
    return Actor(
        organization_id=schedule.organization_id,
        user_id=schedule.created_by or "",
        role=Role.MEMBER,
    )


def _slot(schedule_id: str, slot_at: datetime, outcome: SlotOutcome) -> Slot:
    return Slot(
        schedule_id=schedule_id,
        slot_at=slot_at,
        status=SlotStatus(outcome.status),
        reason=outcome.reason,
        job_id=outcome.job_id,
        recorded_at=utc_now(),
    )

"""The schedules collection. `nextRunAt` is the token of every move: who changes it owns the slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id
from storage.base.project_lists import newest_documents


class Overlap(StrEnum):
    """What a slot does that comes due while the schedule's last job is open."""

    SKIP = "skip"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class CrawlConfig:
    """What each of a schedule's jobs is made of."""

    kind: str
    targets: Sequence[str]
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    organization_id: str
    project_id: str
    cron: str
    timezone: str
    crawl: CrawlConfig
    overlap: Overlap
    enabled: bool
    next_run_at: datetime | None
    created_by: str | None
    name: str | None = None
    monitor_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`queued_slot_at`: the one slot that waits for the last job to end (Overlap.QUEUE).

    `monitor_id`: each of its jobs is a round of this monitor, whose watches are the targets.
    """

    id: str
    organization_id: str
    project_id: str
    cron: str
    timezone: str
    crawl: CrawlConfig
    overlap: Overlap
    enabled: bool
    next_run_at: datetime | None
    queued_slot_at: datetime | None
    last_run_at: datetime | None
    last_job_id: str | None
    last_outcome: str | None
    last_reason: str | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime
    name: str | None = None
    monitor_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChange:
    """What a client changes; None stays as it is. `next_run_at` is always written.

    `name`: an empty one takes the name away.
    """

    next_run_at: datetime | None
    name: str | None = None
    cron: str | None = None
    timezone: str | None = None
    crawl: CrawlConfig | None = None
    overlap: Overlap | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOutcome:
    """What became of the last slot, as its schedule shows it. `is_last`: there shall be no other."""

    status: str
    reason: str | None
    job_id: str | None = None
    queued_slot_at: datetime | None = None
    is_last: bool = False


class Schedules:
    def __init__(self, database: MongoDatabase) -> None:
        self._schedules = database["schedules"]

    def insert(self, new: NewSchedule, session: ClientSession) -> Schedule:
        now = utc_now()
        document = {
            "_id": new_id(),
            "organizationId": new.organization_id,
            "projectId": new.project_id,
            "name": new.name,
            "cron": new.cron,
            "timezone": new.timezone,
            "crawl": _crawl_document(new.crawl),
            "overlap": new.overlap.value,
            "enabled": new.enabled,
            "nextRunAt": new.next_run_at,
            "queuedSlotAt": None,
            "lastRunAt": None,
            "lastJobId": None,
            "lastOutcome": None,
            "lastReason": None,
            "createdBy": new.created_by,
            "createdAt": now,
            "updatedAt": now,
        }
        if new.monitor_id is not None:
            document["monitorId"] = new.monitor_id
        self._schedules.insert_one(document, session=session)
        return _schedule_from_document(document)

    def find(
        self, schedule_id: str, organization_id: str, session: ClientSession | None = None
    ) -> Schedule | None:
        query = {"_id": schedule_id, "organizationId": organization_id}
        document = self._schedules.find_one(query, session=session)
        return _schedule_from_document(document) if document else None

    def among(self, schedule_ids: Sequence[str]) -> dict[str, Schedule]:
        found = self._schedules.find({"_id": {"$in": list(schedule_ids)}})
        return {document["_id"]: _schedule_from_document(document) for document in found}

    def list_page(
        self, organization_id: str, project_id: str, *, limit: int, offset: int
    ) -> tuple[list[Schedule], int]:
        """The project's own schedules, newest first, and how many there are in all. Those of monitors
        are shown with their monitors."""
        query = {"projectId": project_id, "organizationId": organization_id, "monitorId": None}
        found = self._schedules.find(query).sort("_id", -1).skip(offset).limit(limit)
        schedules = [_schedule_from_document(document) for document in found]
        return schedules, self._schedules.count_documents(query)

    def update(
        self, schedule_id: str, change: ScheduleChange, session: ClientSession
    ) -> Schedule | None:
        fields: Document = {"nextRunAt": change.next_run_at, "updatedAt": utc_now()}
        for name in ("cron", "timezone", "overlap", "enabled"):
            value = getattr(change, name)
            if value is not None:
                fields[name] = value
        if change.name is not None:
            fields["name"] = change.name or None
        if change.crawl is not None:
            fields["crawl"] = _crawl_document(change.crawl)
        if change.enabled is False:
            fields["queuedSlotAt"] = None
        document = self._schedules.find_one_and_update(
            {"_id": schedule_id},
            {"$set": fields},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _schedule_from_document(document) if document else None

    def delete(self, schedule_id: str, session: ClientSession) -> None:
        self._schedules.delete_one({"_id": schedule_id}, session=session)

    def list_of_organization(self, organization_id: str, *, limit: int) -> list[Schedule]:
        """Newest first."""
        found = self._schedules.find({"organizationId": organization_id})
        return [_schedule_from_document(one) for one in found.sort("_id", -1).limit(limit)]

    def newest_of(
        self, organization_id: str, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[Schedule]:
        """Of these projects together, newest first; `before`: older than the one of this id."""
        found = newest_documents(
            self._schedules,
            organization_id,
            project_ids,
            limit=limit,
            before=before,
            monitorId=None,
        )
        return [_schedule_from_document(one) for one in found]

    def list_next(
        self, organization_id: str, project_id: str | None, *, limit: int
    ) -> list[Schedule]:
        """Those that run next, the first one first; of monitors too."""
        query: Document = {"organizationId": organization_id, "enabled": True}
        if project_id is not None:
            query["projectId"] = project_id
        found = self._schedules.find({**query, "nextRunAt": {"$ne": None}})
        return [_schedule_from_document(one) for one in found.sort("nextRunAt", 1).limit(limit)]

    def ids_of_project(self, project_id: str, session: ClientSession) -> list[str]:
        found = self._schedules.find({"projectId": project_id}, {"_id": 1}, session=session)
        return [document["_id"] for document in found]

    def list_due(self, now: datetime, *, limit: int) -> list[Schedule]:
        """Enabled schedules whose next slot has come, the longest overdue first."""
        query = {"enabled": True, "nextRunAt": {"$lte": now}}
        found = self._schedules.find(query).sort("nextRunAt", 1).limit(limit)
        return [_schedule_from_document(document) for document in found]

    def list_with_queued_slot(self) -> list[Schedule]:
        found = self._schedules.find({"queuedSlotAt": {"$type": "date"}})
        return [_schedule_from_document(document) for document in found]

    def is_unmoved(self, schedule: Schedule) -> bool:
        """Whether the schedule still stands at this slot."""
        query = {"_id": schedule.id, "nextRunAt": schedule.next_run_at}
        return self._schedules.find_one(query, {"_id": 1}) is not None

    def claim_slot(
        self, schedule: Schedule, *, next_run_at: datetime | None, session: ClientSession
    ) -> Schedule | None:
        """Move on from the slot that is due; None when another worker did, or a client's change."""
        document = self._schedules.find_one_and_update(
            {"_id": schedule.id, "enabled": True, "nextRunAt": schedule.next_run_at},
            {"$set": {"nextRunAt": next_run_at}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _schedule_from_document(document) if document else None

    def claim_by_hand(
        self, schedule_id: str, organization_id: str, session: ClientSession
    ) -> Schedule | None:
        """The schedule, held: no slot of it comes due beside this transaction. None: it is gone."""
        document = self._schedules.find_one_and_update(
            {"_id": schedule_id, "organizationId": organization_id},
            {"$inc": {"runsByHand": 1}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _schedule_from_document(document) if document else None

    def claim_queued_slot(self, schedule: Schedule, session: ClientSession) -> Schedule | None:
        """Take the slot that waits; None when another worker did."""
        document = self._schedules.find_one_and_update(
            {"_id": schedule.id, "queuedSlotAt": schedule.queued_slot_at},
            {"$set": {"queuedSlotAt": None}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _schedule_from_document(document) if document else None

    def note_outcome(
        self, schedule_id: str, outcome: SlotOutcome, *, at: datetime, session: ClientSession
    ) -> None:
        fields: Document = {"lastOutcome": outcome.status, "lastReason": outcome.reason}
        if outcome.job_id is not None:
            fields |= {"lastJobId": outcome.job_id, "lastRunAt": at}
        if outcome.queued_slot_at is not None:
            fields["queuedSlotAt"] = outcome.queued_slot_at
        if outcome.is_last:
            fields |= {"enabled": False, "nextRunAt": None}
        self._schedules.update_one({"_id": schedule_id}, {"$set": fields}, session=session)


def _crawl_document(crawl: CrawlConfig) -> Document:
    return {"kind": crawl.kind, "targets": list(crawl.targets), "config": dict(crawl.config)}


def _schedule_from_document(document: Document) -> Schedule:
    return Schedule(
        id=document["_id"],
        organization_id=document["organizationId"],
        project_id=document["projectId"],
        name=document.get("name"),
        cron=document["cron"],
        timezone=document["timezone"],
        crawl=CrawlConfig(**document["crawl"]),
        overlap=Overlap(document["overlap"]),
        enabled=document["enabled"],
        next_run_at=document["nextRunAt"],
        queued_slot_at=document["queuedSlotAt"],
        last_run_at=document["lastRunAt"],
        last_job_id=document["lastJobId"],
        last_outcome=document["lastOutcome"],
        last_reason=document["lastReason"],
        created_by=document["createdBy"],
        created_at=document["createdAt"],
        updated_at=document["updatedAt"],
        monitor_id=document.get("monitorId"),
    )

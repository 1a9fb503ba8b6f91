"""The slots collection: what became of each due time of a schedule. Kept for 90 days.

The key is (schedule, due time), so that one slot is recorded once and starts one job at most.
A slot of the clock stands at a whole second, one by hand never does: neither takes the other's place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import key_range


class SlotStatus(StrEnum):
    STARTED = "started"
    QUEUED = "queued"
    SKIPPED = "skipped"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    schedule_id: str
    slot_at: datetime
    status: SlotStatus
    reason: str | None
    job_id: str | None
    recorded_at: datetime

    @property
    def trigger(self) -> Trigger:
        return Trigger.HAND if self.slot_at.microsecond else Trigger.CLOCK


class Trigger(StrEnum):
    CLOCK = "clock"
    HAND = "hand"


def time_by_hand(moment: datetime) -> datetime:
    """`moment` to the millisecond, and never at a whole second."""
    milliseconds = moment.microsecond // 1000 or 1
    return moment.replace(microsecond=milliseconds * 1000)


class Slots:
    def __init__(self, database: MongoDatabase) -> None:
        self._slots = database["slots"]

    def has(self, schedule_id: str, slot_at: datetime, session: ClientSession) -> bool:
        query = {"_id": _slot_id(schedule_id, slot_at)}
        return self._slots.find_one(query, {"_id": 1}, session=session) is not None

    def insert(self, slot: Slot, session: ClientSession) -> None:
        self._slots.insert_one(_document(slot), session=session)

    def insert_missed(
        self, schedule_id: str, times: Sequence[datetime], *, reason: str, session: ClientSession
    ) -> None:
        """Record those that are not recorded yet."""
        now = utc_now()
        writes = []
        for slot_at in times:
            document = _document(
                Slot(
                    schedule_id=schedule_id,
                    slot_at=slot_at,
                    status=SlotStatus.MISSED,
                    reason=reason,
                    job_id=None,
                    recorded_at=now,
                )
            )
            writes.append(
                UpdateOne({"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True)
            )
        if writes:
            self._slots.bulk_write(writes, ordered=False, session=session)

    def end_queued(self, slot: Slot, session: ClientSession) -> None:
        """Write what became of a slot that waited."""
        self._slots.update_one(
            {"_id": _slot_id(slot.schedule_id, slot.slot_at)},
            {"$set": {"status": slot.status.value, "reason": slot.reason, "jobId": slot.job_id}},
            session=session,
        )

    def list_page(self, schedule_id: str, *, limit: int, offset: int) -> tuple[list[Slot], int]:
        """The schedule's slots, latest first, and how many are recorded."""
        query = {"_id": key_range(schedule_id)}
        found = self._slots.find(query).sort("_id", -1).skip(offset).limit(limit)
        return [_slot_from_document(one) for one in found], self._slots.count_documents(query)

    def count_by_status(
        self, schedule_id: str, since: datetime, until: datetime
    ) -> dict[SlotStatus, int]:
        """Of the slots that were due from `since` up to `until`."""
        groups = self._slots.aggregate(
            [
                {
                    "$match": {
                        "_id": key_range(schedule_id),
                        "slotAt": {"$gte": since, "$lte": until},
                    }
                },
                {"$group": {"_id": "$status", "n": {"$sum": 1}}},
            ]
        )
        return {SlotStatus(group["_id"]): group["n"] for group in groups}

    def delete_of_schedule(self, schedule_id: str, session: ClientSession) -> None:
        self._slots.delete_many({"_id": key_range(schedule_id)}, session=session)


def _slot_id(schedule_id: str, slot_at: datetime) -> str:
    part = f".{slot_at.microsecond // 1000:03d}" if slot_at.microsecond else ""
    return f"{schedule_id}:{slot_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{part}Z"


def _document(slot: Slot) -> Document:
    return {
        "_id": _slot_id(slot.schedule_id, slot.slot_at),
        "scheduleId": slot.schedule_id,
        "slotAt": slot.slot_at,
        "status": slot.status.value,
        "reason": slot.reason,
        "jobId": slot.job_id,
        "recordedAt": slot.recorded_at,
    }


def _slot_from_document(document: Document) -> Slot:
    return Slot(
        schedule_id=document["scheduleId"],
        slot_at=document["slotAt"],
        status=SlotStatus(document["status"]),
        reason=document["reason"],
        job_id=document["jobId"],
        recorded_at=document["recordedAt"],
    )

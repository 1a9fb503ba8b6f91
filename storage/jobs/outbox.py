"""Events, written in the transaction of what they tell of: event and state are one write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id
from storage.base.records import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`job_id`: of a job's terminal event alone. `monitor_id`: of events of monitors."""

    id: str
    type: str
    organization_id: str
    project_id: str
    job_id: str | None
    data: Mapping[str, Any]
    created_at: datetime
    monitor_id: str | None = None


class Outbox:
    def __init__(self, database: MongoDatabase) -> None:
        self._events = database["outbox"]

    def insert_job_ended(self, job: Job, session: ClientSession) -> None:
        """The job's one terminal event. A second one for the same job breaks the unique index."""
        self._events.insert_one(
            {
                "_id": new_id(),
                "type": f"job.{job.status.value}",
                "organizationId": job.organization_id,
                "projectId": job.project_id,
                "jobId": job.id,
                "data": _event_data(job),
                "createdAt": utc_now(),
                "dispatchedAt": None,
            },
            session=session,
        )

    def insert_of_monitor(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        organization_id: str,
        project_id: str,
        monitor_id: str,
        session: ClientSession,
    ) -> None:
        self._events.insert_one(
            {
                "_id": new_id(),
                "type": kind,
                "organizationId": organization_id,
                "projectId": project_id,
                "jobId": None,
                "monitorId": monitor_id,
                "data": dict(data),
                "createdAt": utc_now(),
                "dispatchedAt": None,
            },
            session=session,
        )

    def list_to_dispatch(self, *, limit: int) -> list[Event]:
        """Events that were not handed on to webhooks yet, the oldest first."""
        found = self._events.find({"dispatchedAt": None}).sort("_id", 1).limit(limit)
        return [_event_from_document(document) for document in found]

    def claim(self, event_id: str, session: ClientSession) -> bool:
        """Hand the event on, in the caller's transaction; False when another worker did."""
        done = self._events.update_one(
            {"_id": event_id, "dispatchedAt": None},
            {"$set": {"dispatchedAt": utc_now()}},
            session=session,
        )
        return done.modified_count == 1

    def close(self, event_ids: Iterable[str]) -> None:
        """Events that nobody waits for."""
        self._events.update_many(
            {"_id": {"$in": list(event_ids)}, "dispatchedAt": None},
            {"$set": {"dispatchedAt": utc_now()}},
        )


def _event_from_document(document: Document) -> Event:
    return Event(
        id=document["_id"],
        type=document["type"],
        organization_id=document["organizationId"],
        project_id=document["projectId"],
        job_id=document["jobId"],
        data=document["data"],
        created_at=document["createdAt"],
        monitor_id=document.get("monitorId"),
    )


def _event_data(job: Job) -> dict[str, Any]:
    counts = job.counts
    return {
        "jobId": job.id,
        "projectId": job.project_id,
        "scheduleId": job.schedule_id,
        "requestId": job.request_id,
        "type": job.kind,
        "status": job.status.value,
        "outcome": job.outcome,
        "resultCount": job.result_count,
        "counts": {
            "total": counts.total,
            "success": counts.success,
            "failed": counts.failed,
            "cancelled": counts.cancelled,
        },
        "createdAt": job.created_at,
        "completedAt": job.completed_at,
    }

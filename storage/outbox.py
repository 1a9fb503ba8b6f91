"""Terminal events of jobs, written in the transaction that ends the job: event and state are one write."""

from __future__ import annotations

from typing import Any

from pymongo.client_session import ClientSession

from storage.clock import utc_now
from storage.connections import MongoDatabase
from storage.ids import new_id
from storage.records import Job


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

    def count_for_job(self, job_id: str) -> int:
        return self._events.count_documents({"jobId": job_id})


def _event_data(job: Job) -> dict[str, Any]:
    counts = job.counts
    return {
        "jobId": job.id,
        "projectId": job.project_id,
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

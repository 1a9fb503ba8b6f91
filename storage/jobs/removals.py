"""What is to be removed with all that belongs to it.

A job's own document goes first, in one transaction with a note here: from then on nobody can see
the job or write to it. Its targets and rows, which may be millions, go afterwards, in batches, by
whoever finds the note. The ledger and the audit trail stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import key_range
from storage.base.records import OPEN_JOB
from storage.monitors.receipts import Receipts

_BATCH = 5_000
_SWEPT = ("results", "targets", "run_logs", "late_writes", "saved_pages")
_OPEN = [status.value for status in OPEN_JOB]


class Removals:
    def __init__(self, database: MongoDatabase) -> None:
        self._database = database
        self._notes = database["removals"]
        self._jobs = database["jobs"]
        self._outbox = database["outbox"]
        self._runs = database["runs"]
        self._receipts = Receipts(database)

    def note_project(self, project_id: str, session: ClientSession) -> None:
        """The project is gone; its jobs are still to be ended and removed."""
        self._notes.insert_one(_note("project", project_id), session=session)

    def project_is_done(self, project_id: str) -> None:
        self._notes.delete_one({"_id": f"project:{project_id}"})

    def projects(self) -> list[str]:
        return self._noted("project", limit=100)

    def jobs(self, limit: int = 100) -> list[str]:
        """Jobs whose targets and rows are still there."""
        return self._noted("job", limit=limit)

    def take_out(self, job_ids: Sequence[str], session: ClientSession) -> None:
        """Remove jobs that have ended, and note what they leave behind."""
        query = {"_id": {"$in": list(job_ids)}, "status": {"$nin": _OPEN}}
        ended = [found["_id"] for found in self._jobs.find(query, {"_id": 1}, session=session)]
        if not ended:
            return
        self._jobs.delete_many({"_id": {"$in": ended}}, session=session)
        # With the type, as for `exactly`.
        of_jobs = {"jobId": {"$in": ended, "$type": "string"}}
        self._outbox.delete_many(of_jobs, session=session)
        self._receipts.delete_of_jobs(ended, session)
        self._runs.delete_many({"_id": {"$in": ended}}, session=session)
        self._notes.insert_many([_note("job", job_id) for job_id in ended], session=session)

    def note_monitor(self, prefix: str, session: ClientSession) -> None:
        """A monitor, or a watch, is gone: what stands under its key is still to be removed."""
        note = _note("monitor", prefix)
        # A watch that is added again has the same key, and may go again before the first sweep.
        self._notes.replace_one({"_id": note["_id"]}, note, upsert=True, session=session)

    def monitors(self, limit: int = 100) -> list[str]:
        return self._noted("monitor", limit=limit)

    def monitors_among(self, prefixes: Sequence[str]) -> list[str]:
        """Those of which something is still to be removed."""
        ids = [f"monitor:{prefix}" for prefix in prefixes]
        return [found["subject"] for found in self._notes.find({"_id": {"$in": ids}})]

    def sweep_monitor(self, prefix: str) -> int:
        """Remove one batch of what a monitor or a watch left behind; 0 when nothing is left."""
        removed = sum(self._sweep(collection, prefix) for collection in ("watches", "chunks"))
        if removed == 0:
            for collection in ("changes", "firings"):
                query = {"$or": [{"watchId": prefix}, {"watchId": key_range(prefix)}]}
                self._database[collection].delete_many(query)
            self._notes.delete_one({"_id": f"monitor:{prefix}"})
        return removed

    def sweep(self, job_id: str) -> int:
        """Remove one batch of what the job left behind; 0 when nothing is left, note included."""
        removed = sum(self._sweep(collection, job_id) for collection in _SWEPT)
        if removed == 0:
            self._notes.delete_one({"_id": f"job:{job_id}"})
        return removed

    def ended_before(self, moment: datetime, limit: int) -> list[str]:
        """Jobs that ended before `moment`, the oldest first. Those whose pages no observer has looked at
        yet are left alone: monitors would never know of them."""
        found = self._jobs.find({"completedAt": {"$lt": moment}}, {"_id": 1})
        ids = [document["_id"] for document in found.sort("completedAt", 1).limit(limit)]
        waiting = self._receipts.jobs_among(ids)
        return [job_id for job_id in ids if job_id not in waiting]

    def _sweep(self, collection: str, job_id: str) -> int:
        query = {"_id": key_range(job_id)}
        found = self._database[collection].find(query, {"_id": 1}).sort("_id", 1).limit(_BATCH)
        ids = [document["_id"] for document in found]
        if ids:
            bounds = {"_id": {"$gte": ids[0], "$lte": ids[-1]}}
            self._database[collection].delete_many(bounds)
        return len(ids)

    def _noted(self, kind: str, *, limit: int) -> list[str]:
        found = self._notes.find({"kind": kind}).sort("_id", 1).limit(limit)
        return [document["subject"] for document in found]


def _note(kind: str, subject: str) -> Document:
    return {"_id": f"{kind}:{subject}", "kind": kind, "subject": subject, "createdAt": utc_now()}

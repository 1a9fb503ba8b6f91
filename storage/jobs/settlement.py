"""Where targets end and jobs with them.

One transaction settles a batch: the targets that are still open, their rows, their job's counts, and,
when no target is left, the job's own end with its event and its credits. A replayed target, a late
writer and a cancelled job find nothing open and write nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson.errors import BSONError
from pymongo import InsertOne, MongoClient, ReplaceOne, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, OperationFailure

from storage.accounts.credits import Credits
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import row_id
from storage.base.records import (
    OPEN_JOB,
    OPEN_TARGET,
    Job,
    JobStatus,
    StartedTarget,
    TargetEnd,
    TargetStatus,
)
from storage.base.server_watch import ServerWatch
from storage.base.transactions import in_transaction
from storage.jobs.categories import Categories
from storage.jobs.field_failures import FieldFailures
from storage.jobs.growth import Growth, grown_by
from storage.jobs.jobs import job_from_document
from storage.jobs.late_writes import LateWrites
from storage.jobs.outbox import Outbox
from storage.jobs.outcomes import Outcomes
from storage.jobs.settlement_batch import (
    Batch,
    batches_of,
    moves_of,
    of_open,
    places_of,
    updates_of,
)
from storage.monitors.receipts import Receipts

_OPEN_TARGET = [status.value for status in OPEN_TARGET]
_OPEN_JOB = [status.value for status in OPEN_JOB]


# What the driver raises before it sends anything: numbers and texts that BSON cannot hold.
_NOT_BSON = (BSONError, ArithmeticError, UnicodeError)
_OBJECT_TOO_LARGE = 10334
# MongoDB's clock: a crawler's may be wrong, and a job would end before it began.
_NOW = "$$NOW"


_END_OF_JOB: Document = {
    "status": {
        "$cond": [
            {"$gt": ["$counts.success", 0]},
            JobStatus.COMPLETED.value,
            JobStatus.FAILED.value,
        ]
    },
    "outcome": {
        "$switch": {
            "branches": [
                {"case": {"$eq": ["$counts.failed", 0]}, "then": "succeeded"},
                {"case": {"$gt": ["$counts.success", 0]}, "then": "partial"},
            ],
            "default": "failed",
        }
    },
    "completedAt": _NOW,
    "updatedAt": _NOW,
}


class DocumentRefused(Exception):
    """What was to be written is at fault: two rows of one place, a value that BSON cannot hold, more
    than 16 MB. Raised by `commit`, which has written nothing; trying again cannot help."""


@dataclass(slots=True)
class Report:
    """What one commit did. Targets that were not open any more are in neither list."""

    settled: list[str] = field(default_factory=list)
    ended_jobs: list[str] = field(default_factory=list)


class Settlement:
    """`session` given: all commits run in it, so only one thread may use this object."""

    def __init__(
        self,
        client: MongoClient[Document],
        database: MongoDatabase,
        session: ClientSession | None = None,
        *,
        watch: ServerWatch | None = None,
    ) -> None:
        self._client = client
        self._session = session
        self._watch = watch
        self._jobs = database["jobs"]
        self._targets = database["targets"]
        self._results = database["results"]
        self._growth = Growth(database)
        self._credits = Credits(database)
        self._outbox = Outbox(database)
        self._receipts = Receipts(database)
        self._outcomes = Outcomes(database)
        self._field_failures = FieldFailures(database)
        self._categories = Categories(database)
        self._late_writes = LateWrites(database)

    def commit(self, started: Sequence[StartedTarget], ends: Sequence[TargetEnd]) -> Report:
        """Mark targets as running and settle others, all in one transaction.

        Raises DocumentRefused when one of them cannot be stored.
        """
        if not started and not ends:
            return Report()
        try:
            report = in_transaction(
                self._client,
                lambda session: self._commit(started, ends, session),
                self._session,
                watch=self._watch,
            )
        except (BulkWriteError, *_NOT_BSON) as error:
            raise DocumentRefused(str(error)) from error
        except OperationFailure as error:
            if error.code == _OBJECT_TOO_LARGE:
                raise DocumentRefused(str(error)) from error
            raise
        self._outcomes.count(ends, report.settled)
        self._field_failures.count(ends, report.settled)
        self._categories.keep(ends, report.settled)
        self._late_writes.note(ends, report.settled)
        return report

    def cancel(self, job_id: str) -> Job | None:
        """End an open job as cancelled; None when it was not open.

        The job document is the fence: each commit writes to it under the condition that the job is
        open, so after this no row of the job can be written. Its targets are marked afterwards
        (close_targets), by the caller or, should that die, by the reconciler.
        """
        return in_transaction(
            self._client, lambda session: self._cancel(job_id, session), watch=self._watch
        )

    def close_targets(self, job_id: str) -> None:
        """Mark the open targets of a cancelled job. Its counts moved with the cancel itself."""
        self._targets.update_many(
            {"jobId": job_id, "status": {"$in": _OPEN_TARGET}},
            {
                "$set": {
                    "status": TargetStatus.CANCELLED.value,
                    "failure": {"code": "CANCELLED", "message": "The job was cancelled"},
                }
            },
        )
        self._jobs.update_one({"_id": job_id}, {"$unset": {"hasOpenTargets": ""}})

    def cancelled_with_open_targets(self) -> list[str]:
        found = self._jobs.find({"hasOpenTargets": True}, {"_id": 1})
        return [document["_id"] for document in found]

    def _cancel(self, job_id: str, session: ClientSession) -> Job | None:
        counts = "$counts"
        after = self._jobs.find_one_and_update(
            {"_id": job_id, "status": {"$in": _OPEN_JOB}},
            [
                {
                    "$set": {
                        "status": JobStatus.CANCELLED.value,
                        "outcome": "cancelled",
                        "feedable": False,
                        "hasOpenTargets": True,
                        "completedAt": _NOW,
                        "updatedAt": _NOW,
                        "counts.cancelled": {
                            "$add": [
                                f"{counts}.cancelled",
                                f"{counts}.pending",
                                f"{counts}.running",
                            ]
                        },
                        "counts.pending": 0,
                        "counts.running": 0,
                    }
                }
            ],
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if after is None:
            return None
        job = job_from_document(after)
        self._close_books(job, (), session)
        return job

    def _commit(
        self, started: Sequence[StartedTarget], ends: Sequence[TargetEnd], session: ClientSession
    ) -> Report:
        report = Report()
        open_targets = self._read_open(started, ends, session)
        for job_id, batch in sorted(batches_of(started, ends, open_targets).items()):
            self._commit_job(job_id, batch, open_targets, session=session, report=report)
        by_hand = [end for end in ends if end.job_id is None]
        if by_hand:
            self._write_rows_by_hand(by_hand, session)
            report.settled += [end.id for end in by_hand]
        return report

    def _read_open(
        self, started: Sequence[StartedTarget], ends: Sequence[TargetEnd], session: ClientSession
    ) -> dict[str, Document]:
        ids = {target.id for target in started} | {end.id for end in ends if end.job_id}
        query = {"_id": {"$in": sorted(ids)}, "status": {"$in": _OPEN_TARGET}}
        found = self._targets.find(query, {"status": 1, "token": 1}, session=session)
        return {document["_id"]: document for document in found}

    def _commit_job(
        self,
        job_id: str,
        batch: Batch,
        open_targets: dict[str, Document],
        *,
        session: ClientSession,
        report: Report,
    ) -> None:
        moves = moves_of(batch, open_targets)
        fresh = self._growth.find_unknown(job_id, batch.ends, session)
        before = self._move_counts(job_id, batch, moves, found=len(fresh), session=session)
        if before is None:
            return
        self._write_targets(batch, open_targets, session)
        self._write_rows(job_id, batch.ends, session)
        grown = self._growth.add(before, fresh, session)
        report.settled += [end.id for end in batch.ends]
        counts = before["counts"]
        if not grown and counts["pending"] + counts["running"] + sum(of_open(moves)) == 0:
            self._finish(job_id, places_of(batch), session)
            report.ended_jobs.append(job_id)
        elif before.get("monitorId") and batch.ends:
            self._receipts.insert(
                job_id,
                places_of(batch),
                project_id=before["projectId"],
                monitor_id=before["monitorId"],
                session=session,
            )

    def _move_counts(
        self,
        job_id: str,
        batch: Batch,
        moves: Mapping[str, int],
        *,
        found: int,
        session: ClientSession,
    ) -> Document | None:
        """Move the job's counts by what the batch moves, and let it grow by `found` targets as far as its
        limit allows. The job as it was before; None when it is not open any more."""
        rows = sum(len(end.rows) for end in batch.ends)
        steps: dict[str, list[Any]] = {name: [step] for name, step in moves.items()}
        feedable: Document = {}
        product_pages = sum(end.product_pages for end in batch.ends if end.failure is None)
        beside: Document = {}
        if product_pages:
            known = {"$ifNull": ["$productPages", 0]}
            beside = {"productPages": {"$add": [known, product_pages]}}
        if found:
            grown = grown_by(found)
            steps["total"] = [grown]
            steps["pending"] = [*steps.get("pending", []), grown]
            feedable = {"feedable": {"$or": ["$feedable", {"$gt": [grown, 0]}]}}
        counts = {
            f"counts.{name}": {"$add": [f"$counts.{name}", *step]} for name, step in steps.items()
        }
        return self._jobs.find_one_and_update(
            {"_id": job_id, "status": {"$in": _OPEN_JOB}},
            [
                {
                    "$set": {
                        **counts,
                        **feedable,
                        **beside,
                        "status": JobStatus.RUNNING.value,
                        "resultCount": {"$add": ["$resultCount", rows]},
                        "startedAt": {"$ifNull": ["$startedAt", _NOW]},
                        "updatedAt": _NOW,
                    }
                }
            ],
            return_document=ReturnDocument.BEFORE,
            session=session,
        )

    def _write_targets(
        self, batch: Batch, open_targets: Mapping[str, Document], session: ClientSession
    ) -> None:
        writes = list(updates_of(batch, open_targets))
        if writes:
            self._targets.bulk_write(writes, ordered=False, session=session)

    def _write_rows(self, job_id: str, ends: Iterable[TargetEnd], session: ClientSession) -> None:
        rows = [
            InsertOne(
                {
                    "_id": row_id(end.id, row.page, row.position),
                    "jobId": job_id,
                    "row": dict(row.data),
                }
            )
            for end in ends
            for row in end.rows
        ]
        if rows:
            self._results.bulk_write(rows, ordered=False, session=session)

    def _write_rows_by_hand(self, ends: Iterable[TargetEnd], session: ClientSession) -> None:
        """Rows without a job. A redelivered seed overwrites its own rows."""
        rows = [
            ReplaceOne(
                {"_id": row_id(end.id, row.page, row.position)},
                {"jobId": None, "row": dict(row.data)},
                upsert=True,
            )
            for end in ends
            for row in end.rows
        ]
        if rows:
            self._results.bulk_write(rows, ordered=False, session=session)

    def _finish(self, job_id: str, ended: Sequence[int], session: ClientSession) -> None:
        document = self._jobs.find_one_and_update(
            {"_id": job_id, "status": {"$in": _OPEN_JOB}},
            [{"$set": {**_END_OF_JOB, "feedable": False}}],
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if document is not None:
            self._close_books(job_from_document(document), ended, session)

    def _close_books(self, job: Job, ended: Sequence[int], session: ClientSession) -> None:
        """`ended`: the places of the targets whose end is the job's."""
        self._credits.settle(
            job.organization_id,
            job_id=job.id,
            reserved=job.credits_reserved,
            charged=job.price_of(job.counts.success),
            session=session,
        )
        self._outbox.insert_job_ended(job, session)
        if job.monitor_id is not None:
            self._receipts.insert(
                job.id,
                ended,
                project_id=job.project_id,
                monitor_id=job.monitor_id,
                session=session,
                is_last=True,
            )

"""The receipts collection: what a commit settled for a monitor. Written in the transaction that settles,
taken away in the transaction that observes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pymongo.client_session import ClientSession

from storage.base.codec import Codec
from storage.base.connections import MongoDatabase
from storage.base.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`targets`: indexes within the job. `is_last`: with these the job has ended."""

    id: str
    project_id: str
    monitor_id: str
    job_id: str
    targets: Sequence[int]
    is_last: bool = False


_CODEC = Codec(Receipt)
# As many as a commit settles at most.
_TARGETS = 200


class Receipts:
    def __init__(self, database: MongoDatabase) -> None:
        self._receipts = database["receipts"]

    def insert(
        self,
        job_id: str,
        targets: Sequence[int],
        *,
        project_id: str,
        monitor_id: str,
        session: ClientSession,
        is_last: bool = False,
    ) -> None:
        receipt = Receipt(
            id=new_id(),
            project_id=project_id,
            monitor_id=monitor_id,
            job_id=job_id,
            targets=targets,
            is_last=is_last,
        )
        self._receipts.insert_one(_CODEC.document(receipt), session=session)

    def insert_of_job(
        self, job_id: str, count: int, *, project_id: str, monitor_id: str, session: ClientSession
    ) -> None:
        """Of a job that has ended: as if its targets were settled now, in their order."""
        receipts = [
            Receipt(
                id=new_id(),
                project_id=project_id,
                monitor_id=monitor_id,
                job_id=job_id,
                targets=range(start, min(start + _TARGETS, count)),
            )
            for start in range(0, count, _TARGETS)
        ]
        if receipts:
            documents = [_CODEC.document(one) for one in receipts]
            self._receipts.insert_many(documents, session=session)

    def projects(self) -> list[str]:
        found: list[str] = self._receipts.distinct("projectId")
        return sorted(found)

    def find_next(self, project_id: str) -> Receipt | None:
        """The oldest of the project. The end of a job gives way to what else there is of it, since ids
        come from several machines' clocks."""
        document = self._receipts.find_one({"projectId": project_id}, sort=[("_id", 1)])
        if document is not None and document["isLast"]:
            other = {"jobId": document["jobId"], "isLast": False}
            document = self._receipts.find_one(other, sort=[("_id", 1)]) or document
        return _CODEC.record(document) if document else None

    def take(self, receipt_id: str, session: ClientSession) -> bool:
        """False when another has done it."""
        return self._receipts.delete_one({"_id": receipt_id}, session=session).deleted_count == 1

    def shorten(self, receipt: Receipt, rest: Sequence[int], session: ClientSession) -> bool:
        """Leave the rest of its targets to be taken. False when another has it."""
        query = {"_id": receipt.id, "targets": [*receipt.targets, *rest]}
        done = self._receipts.update_one(query, {"$set": {"targets": list(rest)}}, session=session)
        return done.matched_count == 1

    def delete_of_jobs(self, job_ids: Sequence[str], session: ClientSession) -> None:
        self._receipts.delete_many({"jobId": {"$in": list(job_ids)}}, session=session)

    def delete_of_monitor(self, monitor_id: str, session: ClientSession) -> None:
        self._receipts.delete_many({"monitorId": monitor_id}, session=session)

    def jobs_among(self, job_ids: Sequence[str]) -> set[str]:
        """Which of the jobs have receipts that nobody has read yet."""
        return set(self._receipts.distinct("jobId", {"jobId": {"$in": list(job_ids)}}))

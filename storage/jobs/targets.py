"""The targets collection: one document per keyword, ASIN or URL asked for. The ledger of the crawl."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pymongo.client_session import ClientSession

from storage.base.connections import Document, MongoDatabase
from storage.base.ids import key_range, target_id
from storage.base.records import (
    OPEN_TARGET,
    Effort,
    Failure,
    FailureCount,
    MergedText,
    NewTarget,
    Target,
    TargetStatus,
)

OPEN = [status.value for status in OPEN_TARGET]
_INSERT_BATCH = 2_000


class Targets:
    def __init__(self, database: MongoDatabase) -> None:
        self._targets = database["targets"]

    def insert(self, job_id: str, targets: Sequence[NewTarget], session: ClientSession) -> None:
        """Write a job's targets as pending, in their order."""
        for start in range(0, len(targets), _INSERT_BATCH):
            batch = targets[start : start + _INSERT_BATCH]
            self._targets.insert_many(
                [target_document(job_id, start + step, new) for step, new in enumerate(batch)],
                session=session,
            )

    def list_page(
        self,
        job_id: str,
        *,
        limit: int,
        offset: int = 0,
        status: TargetStatus | None = None,
        code: str | None = None,
        session: ClientSession | None = None,
    ) -> list[Target]:
        """Targets in their order. `code`: of the failed ones those that failed by it."""
        query: Document = {"_id": key_range(job_id)}
        if status is not None:
            query |= {"jobId": job_id, "status": status.value}
        if code is not None:
            # Beside a status that is asked for: both must hold.
            failed = {
                "jobId": job_id,
                "status": TargetStatus.FAILED.value,
                "failure.code": code,
            }
            query = {"$and": [query, failed]}
        found = self._targets.find(query, session=session).sort("_id", 1).skip(offset).limit(limit)
        return [_target_from_document(document) for document in found]

    def first_of_jobs(self, job_ids: Sequence[str], limit: int) -> dict[str, list[Target]]:
        """The first `limit` targets of each job, in their order."""
        found: dict[str, list[Target]] = {job_id: [] for job_id in job_ids}
        ranges = [
            {"_id": {"$gte": target_id(job_id, 0), "$lt": target_id(job_id, limit)}}
            for job_id in job_ids
        ]
        if ranges:
            for document in self._targets.find({"$or": ranges}).sort("_id", 1):
                found[document["jobId"]].append(_target_from_document(document))
        return found

    def find(self, job_id: str, index: int) -> Target | None:
        document = self._targets.find_one({"_id": target_id(job_id, index)})
        return _target_from_document(document) if document else None

    def values(self, job_id: str) -> list[Target]:
        """Every target of the job, in order."""
        found = self._targets.find({"_id": key_range(job_id)}).sort("_id", 1)
        return [_target_from_document(document) for document in found]

    def iterate(self, job_id: str, first: int = 0) -> Iterator[Target]:
        """The targets from index `first` on, in order, a batch at a time."""
        query = {"_id": {"$gte": target_id(job_id, first), "$lt": key_range(job_id)["$lt"]}}
        for document in self._targets.find(query).sort("_id", 1):
            yield _target_from_document(document)

    def among(self, job_id: str, indexes: Iterable[int]) -> list[Target]:
        query = {"_id": {"$in": [target_id(job_id, index) for index in indexes]}}
        return [_target_from_document(document) for document in self._targets.find(query)]

    def find_index(self, job_id: str, found_by: Mapping[str, Any]) -> int | None:
        """The first target's with these fields. Reads the job's targets up to it."""
        query = {**found_by, "_id": key_range(job_id)}
        document = self._targets.find_one(query, {"_id": 1}, sort=[("_id", 1)])
        return _index(document["_id"]) if document else None

    def jobs_with(
        self, job_ids: Iterable[str], index: int, found_by: Mapping[str, Any]
    ) -> set[str]:
        """Which of the jobs have a target with these fields at this index."""
        ids = [target_id(job_id, index) for job_id in job_ids]
        found = self._targets.find({**found_by, "_id": {"$in": ids}}, {"jobId": 1})
        return {document["jobId"] for document in found}

    def read_products(
        self, job_ids: Sequence[str], asin: str, marketplace: str, *, limit: int
    ) -> list[Target]:
        """The targets of these jobs that brought this product, the newest first. Reads the jobs' targets."""
        if not job_ids:
            return []
        query = {
            "$or": [{"_id": key_range(job_id)} for job_id in job_ids],
            "seed.asin": asin,
            "marketplace": marketplace,
            "status": TargetStatus.SUCCESS.value,
        }
        found = self._targets.find(query).sort("_id", -1).limit(limit)
        return [_target_from_document(document) for document in found]

    def open_slice(self, job_id: str, first: int, end: int) -> list[Target]:
        """The still open targets with index `first` up to (not with) `end`."""
        query = {
            "_id": {"$gte": target_id(job_id, first), "$lt": target_id(job_id, end)},
            "status": {"$in": OPEN},
        }
        return [_target_from_document(document) for document in self._targets.find(query)]

    def open_ids(self, job_id: str, below: int) -> list[str]:
        """Ids of open targets with an index below `below`."""
        query = {
            "jobId": job_id,
            "status": {"$in": OPEN},
            "_id": {"$lt": target_id(job_id, below)},
        }
        found = self._targets.find(query, {"_id": 1})
        return [document["_id"] for document in found]

    def open_among(self, ids: Iterable[str]) -> list[Target]:
        query = {"_id": {"$in": list(ids)}, "status": {"$in": OPEN}}
        return [_target_from_document(document) for document in self._targets.find(query)]

    def count_failures(
        self, job_id: str, session: ClientSession | None = None
    ) -> list[FailureCount]:
        """Why targets of the job failed: one entry per code, the most frequent first."""
        groups = self._targets.aggregate(
            [
                {"$match": {"jobId": job_id, "status": TargetStatus.FAILED.value}},
                {"$group": {"_id": "$failure.code", "count": {"$sum": 1}}},
                {"$sort": {"count": -1, "_id": 1}},
            ],
            session=session,
        )
        return [FailureCount(group["_id"], group["count"]) for group in groups]


def target_document(job_id: str, index: int, new: NewTarget) -> Document:
    optional = {
        "key": new.key,
        "sent": new.sent,
        "position": new.position,
        "merged": [{"index": one.index, "sent": one.sent} for one in new.merged] or None,
    }
    return {
        **{name: value for name, value in optional.items() if value is not None},
        "_id": target_id(job_id, index),
        "jobId": job_id,
        "value": new.value,
        "url": new.url,
        "marketplace": new.marketplace,
        # Stored under its older name: a rename would rewrite every target.
        "seed": dict(new.params),
        "status": TargetStatus.PENDING.value,
        "token": 0,
    }


def _target_from_document(document: Document) -> Target:
    error = document.get("failure")
    return Target(
        id=document["_id"],
        job_id=document["jobId"],
        index=_index(document["_id"]),
        value=document["value"],
        url=document["url"],
        marketplace=document["marketplace"],
        status=TargetStatus(document["status"]),
        params=document["seed"],
        failure=Failure(error["code"], error["message"]) if error else None,
        key=document.get("key"),
        search_info=document.get("searchInfo", ()),
        facts=document.get("facts", {}),
        sent=document.get("sent"),
        position=document.get("position"),
        row_count=document.get("rowCount", 0),
        ended_at=document.get("endedAt"),
        leases=document.get("leases", 0),
        effort=_effort_from_document(document.get("effort")),
        merged=[MergedText(one["index"], one["sent"]) for one in document.get("merged", ())],
    )


def _index(target: str) -> int:
    return int(target.rpartition(":")[2])


def _effort_from_document(document: Document | None) -> Effort | None:
    if document is None:
        return None
    return Effort(
        requests=document["requests"],
        answers=document["answers"],
        body_bytes=document["bytes"],
        blocked=document["blocked"],
    )

"""The jobs collection. A job's status moves only in settlement.py and here in `insert`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import DESCENDING, ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id
from storage.base.job_head import HEAD_TARGETS, head_of_targets
from storage.base.records import OPEN_JOB, PRIORITY_RANK, Counts, Job, JobStatus, NewJob

_PRIORITY_OF_RANK = {rank: priority for priority, rank in PRIORITY_RANK.items()}


@dataclass(frozen=True, slots=True)
class Slice:
    """Targets `first` up to (not with) `end` of a job, claimed by one feeder."""

    job: Job
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class FedJob:
    """An open job that has targets in Redis: `fed` of them were pushed."""

    id: str
    organization_id: str
    spider: str
    fed: int
    request_id: str | None


@dataclass(frozen=True, slots=True)
class JobSums:
    """`since`: how many of the jobs were created from a given moment on."""

    jobs: int = 0
    since: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs are asked for; None asks for all.

    `organization_id` has no default: who means every organization's jobs must write None.
    `since` and `until` are for the moment of creation, both included.
    """

    organization_id: str | None
    project_id: str | None = None
    statuses: Sequence[JobStatus] | None = None
    kinds: Sequence[str] | None = None
    schedule_id: str | None = None
    spider_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    # A job's id, or a part of the text of one of its first targets, in any case of letters.
    text: str | None = None


class Jobs:
    def __init__(self, database: MongoDatabase) -> None:
        self._jobs = database["jobs"]

    def insert(self, new: NewJob, session: ClientSession) -> Job:
        """Write a queued job. Its targets go into the same transaction (targets.py)."""
        now = utc_now()
        document = {
            "_id": new_id(),
            "organizationId": new.organization_id,
            "projectId": new.project_id,
            "kind": new.kind,
            "spider": new.spider,
            "status": JobStatus.QUEUED.value,
            "config": dict(new.config),
            "priority": PRIORITY_RANK[new.priority],
            "counts": _counts_document(len(new.targets)),
            "marketplaces": sorted({target.marketplace for target in new.targets}),
            # The next target to feed; while `feedable`, feeders look at the job.
            "fed": 0,
            "targetLimit": new.target_limit,
            "feedable": bool(new.targets) and new.is_pooled,
            "resultCount": 0,
            "creditsReserved": new.credits_reserved,
            "creditsPerTarget": new.credits_per_target,
            "creditsPerProductPage": new.credits_per_product_page,
            "outcome": None,
            "retryOf": new.retry_of,
            "scheduleId": new.schedule_id,
            "createdBy": new.created_by,
            "head": head_of_targets(target.value for target in new.targets[:HEAD_TARGETS]),
            "requestId": new.request_id,
            "createdAt": now,
            "updatedAt": now,
            "startedAt": None,
            "completedAt": None,
        }
        if new.monitor_id is not None:
            document["monitorId"] = new.monitor_id
        self._jobs.insert_one(document, session=session)
        return job_from_document(document)

    def find(
        self,
        job_id: str,
        organization_id: str | None = None,
        *,
        session: ClientSession | None = None,
    ) -> Job | None:
        """The job, if it exists and belongs to the organization (None: any organization's)."""
        query: Document = {"_id": job_id}
        if organization_id is not None:
            query["organizationId"] = organization_id
        document = self._jobs.find_one(query, session=session)
        return job_from_document(document) if document else None

    def list_page(self, chosen: JobFilter, *, limit: int, offset: int) -> tuple[list[Job], int]:
        """Jobs, newest first, and how many there are in all."""
        jobs = self.list_newest(chosen, limit=limit, offset=offset)
        return jobs, self._jobs.count_documents(_query_from_filter(chosen))

    def list_before(
        self, chosen: JobFilter, *, limit: int, before: str | None
    ) -> tuple[list[Job], int]:
        """Jobs that are older than the job `before`, newest first, and how many there are in all.

        A page costs the same at any depth.
        """
        query = _query_from_filter(chosen)
        total = self._jobs.count_documents(query)
        if before is not None:
            # Beside an `_id` of the filter itself.
            query = {"$and": [query, {"_id": {"$lt": before}}]}
        found = self._jobs.find(query).sort("_id", DESCENDING).limit(limit)
        return [job_from_document(document) for document in found], total

    def list_newest(self, chosen: JobFilter, *, limit: int, offset: int) -> list[Job]:
        """As list_page, for who need not know how many there are: counting reads them all."""
        found = (
            self._jobs.find(_query_from_filter(chosen))
            .sort("_id", DESCENDING)
            .skip(offset)
            .limit(limit)
        )
        return [job_from_document(document) for document in found]

    def find_previous(self, job: Job) -> Job | None:
        """The latest earlier job of the same schedule that has completed."""
        query = {
            "scheduleId": job.schedule_id,
            "_id": {"$lt": job.id},
            "organizationId": job.organization_id,
            "status": JobStatus.COMPLETED.value,
        }
        document = self._jobs.find_one(query, sort=[("_id", DESCENDING)])
        return job_from_document(document) if document else None

    def organizations_to_feed(self, spider: str) -> list[str]:
        """Organizations that have targets of `spider` waiting in MongoDB, in a stable order."""
        waiting: list[str] = self._jobs.distinct(
            "organizationId", {"feedable": True, "spider": spider}
        )
        return sorted(waiting)

    def claim_slice(
        self, spider: str, organization_id: str, *, size: int, full_marketplaces: Sequence[str] = ()
    ) -> Slice | None:
        """Claim the next targets of the organization's first job (priority, then age).

        The claim is one compare-and-set: two feeders never get the same targets. A feeder that dies
        between its claim and its push leaves targets that the reconciler feeds again.
        """
        query: Document = {
            "feedable": True,
            "spider": spider,
            "organizationId": organization_id,
            "status": {"$in": [status.value for status in OPEN_JOB]},
        }
        if full_marketplaces:
            query["marketplaces"] = {"$nin": list(full_marketplaces)}
        before = self._jobs.find_one_and_update(
            query,
            [
                {"$set": {"fed": {"$min": [{"$add": ["$fed", size]}, "$counts.total"]}}},
                {
                    "$set": {
                        "feedable": {"$lt": ["$fed", "$counts.total"]},
                        "fedAt": {"$ifNull": ["$fedAt", "$$NOW"]},
                    }
                },
            ],
            sort=[("priority", DESCENDING), ("_id", 1)],
            return_document=ReturnDocument.BEFORE,
        )
        if before is None:
            return None
        job = job_from_document(before)
        first: int = before["fed"]
        return Slice(job, first, min(first + size, job.counts.total))

    def with_targets_in_redis(self) -> list[FedJob]:
        """Open jobs that had targets fed which are not all settled."""
        query = {
            "status": {"$in": [status.value for status in OPEN_JOB]},
            "$expr": {"$gt": ["$fed", {"$add": ["$counts.success", "$counts.failed"]}]},
        }
        fields = ("organizationId", "spider", "fed", "requestId")
        return [
            FedJob(
                document["_id"],
                document["organizationId"],
                document["spider"],
                document["fed"],
                document.get("requestId"),
            )
            for document in self._jobs.find(query, fields)
        ]

    def open_among(self, job_ids: Sequence[str]) -> set[str]:
        """Which of the jobs exist and are open."""
        query = {
            "_id": {"$in": list(job_ids)},
            "status": {"$in": [status.value for status in OPEN_JOB]},
        }
        return {document["_id"] for document in self._jobs.find(query, {"_id": 1})}

    def organizations_with_jobs(self, organization_ids: Sequence[str]) -> set[str]:
        """Which of the organizations ever made a job."""
        query = {"organizationId": {"$in": list(organization_ids)}}
        return set(self._jobs.distinct("organizationId", query)) if organization_ids else set()

    def count_ended(
        self, organization_id: str, project_id: str | None, *, since: datetime
    ) -> dict[str, int]:
        """How many jobs have ended since then, by outcome."""
        chosen: Document = {"organizationId": organization_id, "completedAt": {"$gte": since}}
        if project_id is not None:
            chosen["projectId"] = project_id
        groups = self._jobs.aggregate(
            [{"$match": chosen}, {"$group": {"_id": "$outcome", "count": {"$sum": 1}}}]
        )
        return {group["_id"]: group["count"] for group in groups}

    def sums_by_status(
        self, organization_id: str, kinds: Sequence[str], *, since: datetime
    ) -> dict[JobStatus, JobSums]:
        """How many jobs of the kinds there are in each status, with their rows."""
        lately = {"$cond": [{"$gte": ["$createdAt", since]}, 1, 0]}
        groups = self._jobs.aggregate(
            [
                {"$match": {"organizationId": organization_id, "kind": {"$in": list(kinds)}}},
                {
                    "$group": {
                        "_id": "$status",
                        "jobs": {"$sum": 1},
                        "since": {"$sum": lately},
                        "rows": {"$sum": "$resultCount"},
                    }
                },
            ]
        )
        return {
            JobStatus(group["_id"]): JobSums(group["jobs"], group["since"], group["rows"])
            for group in groups
        }


def job_from_document(document: Document) -> Job:
    return Job(
        id=document["_id"],
        organization_id=document["organizationId"],
        project_id=document["projectId"],
        kind=document["kind"],
        spider=document["spider"],
        status=JobStatus(document["status"]),
        config=document["config"],
        counts=Counts(**document["counts"]),
        priority=_PRIORITY_OF_RANK[document["priority"]],
        result_count=document["resultCount"],
        credits_reserved=document["creditsReserved"],
        credits_per_target=document["creditsPerTarget"],
        credits_per_product_page=document.get("creditsPerProductPage", 0),
        product_pages=document.get("productPages", 0),
        target_limit=document["targetLimit"],
        outcome=document["outcome"],
        retry_of=document["retryOf"],
        schedule_id=document["scheduleId"],
        created_by=document["createdBy"],
        head=document.get("head", ()),
        # Jobs of earlier versions have none.
        request_id=document.get("requestId"),
        created_at=document["createdAt"],
        updated_at=document["updatedAt"],
        started_at=document["startedAt"],
        completed_at=document["completedAt"],
        # Of rounds of a monitor alone.
        monitor_id=document.get("monitorId"),
    )


def _counts_document(total: int) -> Document:
    return {
        "total": total,
        "pending": total,
        "running": 0,
        "success": 0,
        "failed": 0,
        "cancelled": 0,
    }


def _or_text(text: str) -> list[Document]:
    return [{"_id": text}, {"head": {"$regex": re.escape(text), "$options": "i"}}]


def _one_of(values: Sequence[str]) -> Document | str | None:
    if len(values) == 1:
        return values[0]
    return {"$in": list(values)} if values else None


def _query_from_filter(chosen: JobFilter) -> Document:
    created = {"$gte": chosen.since, "$lte": chosen.until}
    query: Document = {
        "organizationId": chosen.organization_id,
        "projectId": chosen.project_id,
        "status": _one_of([status.value for status in chosen.statuses or ()]),
        "scheduleId": chosen.schedule_id,
        "config.spiderId": chosen.spider_id,
        "kind": {"$in": list(chosen.kinds)} if chosen.kinds is not None else None,
        "createdAt": {name: moment for name, moment in created.items() if moment is not None}
        or None,
        "$or": _or_text(chosen.text) if chosen.text else None,
    }
    return {name: value for name, value in query.items() if value is not None}

"""What an operator watches, read from MongoDB and Redis at the moment of asking, so that every API
process gives the same answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import made_at
from storage.base.records import OPEN_JOB
from storage.jobs.field_failures import FieldFailures
from storage.jobs.outcomes import SUCCESS, Outcomes
from storage.monitors.observation_counts import ObservationCounts
from storage.pages.page_counts import PageCounts
from storage.pages.saved_pages import PageUse, SavedPages
from storage.queue.crawlers import Beat, CrawlerRegistry
from storage.queue.defects import Defects
from storage.queue.pace import PaceRates, PaceUse
from storage.queue.seed_queue import QueueDepth, SeedQueue
from storage.queue.visitors import VisitorCounts
from storage.runs.loop_marks import LoopMark, LoopMarks

_LATEST_JOBS = 20
_OPEN = [status.value for status in OPEN_JOB]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpiderQueue:
    """`waiting` counts open targets in MongoDB, fed or not; the age is the oldest open job's."""

    depth: QueueDepth
    waiting: int
    oldest_seconds: float
    redeliveries: int


@dataclass(frozen=True, slots=True)
class Backlog:
    count: int
    oldest_seconds: float


class Gauges:
    def __init__(
        self,
        database: MongoDatabase,
        queue: SeedQueue,
        registry: CrawlerRegistry,
        *,
        pace: PaceRates,
        visitors: VisitorCounts,
        defects: Defects,
    ) -> None:
        self._defects = defects
        self._pace = pace
        self._visitors = visitors
        self._loop_marks = LoopMarks(database)
        self._database = database
        self._queue = queue
        self._registry = registry
        self._outcomes = Outcomes(database)
        self._observations = ObservationCounts(database)
        self._field_failures = FieldFailures(database)
        self._page_counts = PageCounts(database)
        self._saved_pages = SavedPages(database)

    def queues(self) -> Mapping[str, SpiderQueue]:
        waiting = self._open_by_spider()
        now = utc_now()
        return {
            spider: SpiderQueue(
                depth=self._queue.depth(spider),
                waiting=waiting.get(spider, {}).get("targets", 0),
                oldest_seconds=_age(waiting.get(spider, {}).get("oldest"), now),
                redeliveries=self._queue.redeliveries(spider),
            )
            for spider in self._queue.spiders
        }

    def outcomes(self) -> Mapping[str, int]:
        return self._outcomes.get_all()

    def outcomes_since(self, moment: datetime) -> Mapping[str, int]:
        """How targets ended in the hours since then, SUCCESS among them; kept for 8 days."""
        return self._outcomes.since(moment)

    def ends_of_organization(self, organization_id: str, since: datetime) -> Mapping[str, int]:
        """The same of the organization's latest jobs."""
        newest = self._database["jobs"].find({"organizationId": organization_id}, {"_id": 1})
        jobs = [job["_id"] for job in newest.sort("_id", -1).limit(_LATEST_JOBS)]
        groups = self._database["targets"].aggregate(
            [
                {"$match": {"jobId": {"$in": jobs}, "status": {"$in": ["success", "failed"]}}},
                {"$match": {"endedAt": {"$gte": since}}},
                {"$group": {"_id": {"$ifNull": ["$failure.code", SUCCESS]}, "n": {"$sum": 1}}},
            ]
        )
        return {group["_id"]: group["n"] for group in groups}

    def held_by_marketplace(self) -> Mapping[str, int]:
        """Seeds in Redis, ready or leased: a few seconds' worth of work."""
        held: Counter[str] = Counter()
        for spider in self._queue.spiders:
            held += self._queue.held(spider).by_marketplace
        return held

    def pace_used(self, codes: Iterable[str]) -> Mapping[str, PaceUse]:
        return self._pace.used(codes)

    def field_failures(self) -> Mapping[str, int]:
        """Rows by the field that could not be read, of all stored rows of good pages."""
        return self._field_failures.get_all()

    def page_outcomes(self) -> Mapping[str, int]:
        """What became of pages that were to be kept, see spiders/saved/keeper.py."""
        return self._page_counts.get_all()

    def saved_pages(self) -> PageUse:
        return self._saved_pages.use()

    def visitors(self) -> Mapping[str, int]:
        """See VisitorCounts."""
        return self._visitors.get_all()

    def defects(self) -> Mapping[str, int]:
        """Errors that waiting does not heal, by place."""
        return self._defects.get_all()

    def open_jobs(self) -> Mapping[str, int]:
        jobs = self._database["jobs"]
        return {status: jobs.count_documents({"status": status}) for status in _OPEN}

    def undispatched_events(self) -> Backlog:
        """Ended jobs whose webhooks nobody was told of yet."""
        return self._backlog("outbox", {"dispatchedAt": None}, "createdAt")

    def receipts(self) -> Backlog:
        """What monitors were not told of yet."""
        receipts = self._database["receipts"]
        oldest = receipts.find_one({}, {"_id": 1}, sort=[("_id", 1)])
        if oldest is None:
            return Backlog(0, 0.0)
        return Backlog(receipts.count_documents({}), _age(made_at(oldest["_id"]), utc_now()))

    def observations(self, kind: str) -> Mapping[str, int]:
        """See ObservationCounts."""
        return self._observations.get_all(kind)

    def due_deliveries(self) -> Backlog:
        """Webhook tries whose time has come."""
        query = {"status": "pending", "nextAttemptAt": {"$lte": utc_now()}}
        return self._backlog("deliveries", query, "nextAttemptAt")

    def loops(self) -> Sequence[LoopMark]:
        return self._loop_marks.get_all()

    def pace_waits(self, codes: Iterable[str]) -> Mapping[str, float]:
        return self._pace.waits(codes)

    def beats(self) -> Sequence[Beat]:
        return self._registry.beats()

    def _open_by_spider(self) -> dict[str, Document]:
        groups = self._database["jobs"].aggregate(
            [
                {"$match": {"status": {"$in": _OPEN}}},
                {
                    "$group": {
                        "_id": "$spider",
                        "oldest": {"$min": "$createdAt"},
                        "targets": {"$sum": {"$add": ["$counts.pending", "$counts.running"]}},
                    }
                },
            ]
        )
        return {group["_id"]: group for group in groups}

    def _backlog(self, collection: str, query: Document, field: str) -> Backlog:
        found = self._database[collection]
        oldest = found.find_one(query, {field: 1}, sort=[(field, 1)])
        if oldest is None:
            return Backlog(0, 0.0)
        return Backlog(found.count_documents(query), _age(oldest[field], utc_now()))


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0

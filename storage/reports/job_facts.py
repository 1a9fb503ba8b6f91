"""What the database holds of one job at one moment: its targets, rows, credits and deliveries, counted
from their own documents. The job's counts are read beside them, to be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pymongo.client_session import ClientSession

from storage.base.connections import Document, MongoDatabase
from storage.base.ids import exactly, key_range, target_id
from storage.base.records import Job, TargetStatus
from storage.events.deliveries import DeliveryStatus
from storage.jobs.jobs import job_from_document
from storage.runs.runs import Run, run_from_document

SETTLED = (TargetStatus.SUCCESS, TargetStatus.FAILED)
# Of targets whose rows are not those that their ends name.
MAX_GAPS = 20
_FIELDS = ("status", "failure.code", "rowCount", "endedAt", "leases", "effort", "productPages")


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """How many targets ended (or are) so; `code`: why they failed."""

    status: TargetStatus
    code: str | None
    targets: int


@dataclass(frozen=True, slots=True)
class RowGap:
    """A target with other rows than its end names. `index` is its place in the job."""

    index: int
    settled: int
    stored: int


@dataclass(slots=True)
class WorkFacts:
    """`leases`: how often crawlers began with a target, as far as MongoDB was told; `redelivered`: targets
    that more than one lease has worked on. Of targets that ended before it was noted, nothing is known."""

    leases: int = 0
    redelivered: int = 0
    requests: int = 0
    answers: int = 0
    body_bytes: int = 0
    blocked: int = 0


@dataclass(frozen=True, slots=True)
class LateFacts:
    """Ends of targets that came too late and wrote nothing, with the rows that they brought."""

    writes: int
    rows: int


@dataclass(slots=True)
class TargetFacts:
    """`rows_settled`: as the ends of targets name them. `rows_unsettled`: stored rows of targets that
    did not end by being read, or that are gone."""

    groups: Counter[tuple[TargetStatus, str | None]] = field(default_factory=Counter)
    first_ended_at: datetime | None = None
    last_ended_at: datetime | None = None
    rows_settled: int = 0
    rows_stored: int = 0
    rows_unsettled: int = 0
    gaps: list[RowGap] = field(default_factory=list)
    gap_count: int = 0
    # Rows of targets that ended after a given moment.
    rows_late: int = 0
    product_pages: int = 0
    work: WorkFacts = field(default_factory=lambda: WorkFacts())


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    reserved: int
    charged: int
    released: int


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """`answered`: deliveries of which a try was answered with a 2xx."""

    events: int
    by_status: Counter[DeliveryStatus]
    answered: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    job: Job
    targets: TargetFacts
    ledger: LedgerFacts
    deliveries: DeliveryFacts
    late: LateFacts
    run: Run | None

    @property
    def groups(self) -> Sequence[TargetGroup]:
        """The most frequent first."""
        found = self.targets.groups.most_common()
        return [TargetGroup(status, code, number) for (status, code), number in found]


class JobFactsReader:
    def __init__(self, database: MongoDatabase) -> None:
        self._database = database

    def find(self, job_id: str, session: ClientSession) -> JobFacts | None:
        """All of one snapshot, which is the session's transaction: nothing moves between the counts."""
        document = self._database["jobs"].find_one({"_id": job_id}, session=session)
        if document is None:
            return None
        run = self._database["runs"].find_one({"_id": job_id}, session=session)
        job = job_from_document(document)
        return JobFacts(
            job=job,
            targets=self._targets(job, run["items"] if run else None, session),
            ledger=self._ledger(job_id, session),
            deliveries=self._deliveries(job_id, session),
            late=self._late(job_id, session),
            run=run_from_document(run) if run else None,
        )

    def _targets(self, job: Job, items: int | None, session: ClientSession) -> TargetFacts:
        """`items`: what a dedicated run has written, which its one target does not name."""
        job_id = job.id
        fields = dict.fromkeys(_FIELDS, 1)
        found = self._database["targets"].find({"_id": key_range(job_id)}, fields, session=session)
        facts = TargetFacts()
        for target_id_, target, stored in _joined(
            found.sort("_id", 1), self._rows(job_id, session)
        ):
            settled = 0
            if target is not None:
                settled = target.get("rowCount", 0) if items is None else items
            _add(facts, target, settled=settled, stored=stored)
            at = target.get("endedAt") if target else None
            if at and job.completed_at and at > job.completed_at:
                facts.rows_late += stored
            if settled != stored:
                facts.gap_count += 1
                if len(facts.gaps) < MAX_GAPS:
                    index = int(target_id_.rpartition(":")[2])
                    facts.gaps.append(RowGap(index, settled, stored))
        return facts

    def _rows(self, job_id: str, session: ClientSession) -> Iterable[Document]:
        """How many rows each target has stored, in the order of targets; read from the index alone."""
        length = len(target_id(job_id, 0))
        stages: list[Document] = [
            {"$match": {"_id": key_range(job_id)}},
            {"$group": {"_id": {"$substrBytes": ["$_id", 0, length]}, "n": {"$sum": 1}}},
            {"$sort": {"_id": 1}},
        ]
        return self._database["results"].aggregate(stages, session=session)

    def _ledger(self, job_id: str, session: ClientSession) -> LedgerFacts:
        query = {"jobId": exactly(job_id)}
        moved = {
            entry["kind"]: entry for entry in self._database["ledger"].find(query, session=session)
        }
        nothing = {"reserved": 0, "balance": 0}
        return LedgerFacts(
            reserved=moved.get("reserve", nothing)["reserved"],
            charged=-moved.get("charge", nothing)["reserved"],
            released=moved.get("release", nothing)["balance"],
        )

    def _late(self, job_id: str, session: ClientSession) -> LateFacts:
        query = {"_id": key_range(job_id)}
        found = self._database["late_writes"].find(query, {"rows": 1}, session=session)
        rows = [document["rows"] for document in found]
        return LateFacts(len(rows), sum(rows))

    def _deliveries(self, job_id: str, session: ClientSession) -> DeliveryFacts:
        of_job = {"jobId": exactly(job_id)}
        events = self._database["outbox"].find(of_job, {"_id": 1}, session=session)
        ids = [event["_id"] for event in events]
        query = {"eventId": {"$in": ids}}
        found = list(self._database["deliveries"].find(query, session=session)) if ids else []
        answers = [
            {attempt["status"] for attempt in delivery["attempts"] if attempt["status"]}
            for delivery in found
        ]
        return DeliveryFacts(
            events=len(ids),
            by_status=Counter(DeliveryStatus(delivery["status"]) for delivery in found),
            answered=sum(1 for seen in answers if any(200 <= status < 300 for status in seen)),
            attempts=sum(len(delivery["attempts"]) for delivery in found),
        )


def _add(facts: TargetFacts, target: Document | None, *, settled: int, stored: int) -> None:
    facts.rows_settled += settled
    facts.rows_stored += stored
    if target is None:
        facts.rows_unsettled += stored
        return
    status = TargetStatus(target["status"])
    failure = target.get("failure") if status is TargetStatus.FAILED else None
    facts.groups[status, failure["code"] if failure else None] += 1
    if status not in SETTLED:
        facts.rows_unsettled += stored
    _add_work(facts, target)
    if at := target.get("endedAt"):
        facts.first_ended_at = min(at, facts.first_ended_at or at)
        facts.last_ended_at = max(at, facts.last_ended_at or at)


def _add_work(facts: TargetFacts, target: Document) -> None:
    work, leases, effort = facts.work, target.get("leases", 0), target.get("effort", {})
    work.leases += leases
    work.redelivered += leases > 1
    work.requests += effort.get("requests", 0)
    work.answers += effort.get("answers", 0)
    work.body_bytes += effort.get("bytes", 0)
    work.blocked += effort.get("blocked", 0)
    if target["status"] == TargetStatus.SUCCESS.value:
        facts.product_pages += target.get("productPages", 0)


def _joined(
    targets: Iterable[Document], rows: Iterable[Document]
) -> Iterator[tuple[str, Document | None, int]]:
    """(id, target, its stored rows), both sorted by id. Rows whose target is gone come with None."""
    counted = iter(rows)
    ahead = next(counted, None)
    for target in targets:
        while ahead is not None and ahead["_id"] < target["_id"]:
            yield ahead["_id"], None, ahead["n"]
            ahead = next(counted, None)
        stored = 0
        if ahead is not None and ahead["_id"] == target["_id"]:
            stored = ahead["n"]
            ahead = next(counted, None)
        yield target["_id"], target, stored
    while ahead is not None:
        yield ahead["_id"], None, ahead["n"]
        ahead = next(counted, None)

"""The report of a job: what became of it, with the sums that show whether the database agrees.

Everything is counted from targets, rows, the ledger and deliveries. The job's own counts are only
compared with that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from control_api.services.accounts.actor import Actor
from control_api.services.errors import NotFound, StorageAway
from control_api.services.jobs.types.registry import SERVED_OF_NAME
from storage.base.clock import utc_now
from storage.base.indexes import EVENTS_KEPT_DAYS
from storage.base.records import OPEN_TARGET, Counts, Job, JobStatus, TargetStatus
from storage.base.transactions import Transactions
from storage.events.deliveries import DeliveryStatus
from storage.queue.seed_queue import JobSeeds, SeedQueue
from storage.reports.job_facts import JobFacts, JobFactsReader, RowGap, TargetGroup
from storage.runs.runs import RunState

Processes = Literal["shared", "ending", "gone"]


@dataclass(frozen=True, slots=True)
class Sum:
    """An equation that must hold: `claim` says what its two sides are."""

    name: str
    claim: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class RowReport:
    """`stored` are in the database; `settled` are named by the ends of targets. `gaps`: where they
    differ, the first targets of `gap_count`."""

    stored: int
    settled: int
    gap_count: int
    gaps: Sequence[RowGap]


@dataclass(frozen=True, slots=True)
class CreditReport:
    reserved: int
    charged: int
    released: int
    per_target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReport:
    """`suppressed`: ends of targets that came too late or a second time, and wrote nothing."""

    leases: int
    redelivered: int
    suppressed: int
    requests: int
    answers: int
    body_bytes: int
    blocked: int

    @property
    def blocked_share(self) -> float | None:
        """In percent of the answers."""
        return round(100 * self.blocked / self.answers, 2) if self.answers else None


@dataclass(frozen=True, slots=True)
class WebhookReport:
    events: int
    deliveries: int
    delivered: int
    pending: int
    failed: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelProof:
    """That nothing was written after the fence. `rows_refused`: what came too late. `seeds_held`, `leases_held`: what crawlers could still
    take or hold; None while Redis cannot be asked."""

    fenced_at: datetime
    rows_before: int
    rows_after: int
    rows_refused: int
    targets_cancelled: int
    last_row_at: datetime | None
    seeds_held: int | None
    leases_held: int | None
    processes: Processes
    processes_gone_at: datetime | None

    @property
    def is_proven(self) -> bool:
        """Rows cannot come any more, and none came."""
        nothing_held = self.seeds_held == 0 and self.leases_held == 0
        return self.rows_after == 0 and nothing_held and self.processes != "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """`webhooks` is None where the job's events are older than they are kept."""

    job: Job
    targets: Counts
    reasons: Sequence[TargetGroup]
    first_ended_at: datetime | None
    last_ended_at: datetime | None
    rows: RowReport
    work: WorkReport
    credits: CreditReport
    webhooks: WebhookReport | None
    cancel: CancelProof | None
    sums: Sequence[Sum]

    @property
    def adds_up(self) -> bool:
        return all(one.holds for one in self.sums)


class JobReports:
    def __init__(
        self, facts: JobFactsReader, seeds: SeedQueue, *, transactions: Transactions
    ) -> None:
        self._facts = facts
        self._seeds = seeds
        self._transactions = transactions

    def get(self, actor: Actor, job_id: str) -> JobReport:
        """Raises NotFound, also for a job that the actor may not see."""
        found = self._read(job_id)
        if (
            found is None
            or found.job.organization_id != actor.organization_id
            or not actor.sees(found.job.project_id)
        ):
            raise NotFound("Job not found")
        return self._report(found)

    def find_of_any(self, job_id: str) -> JobReport | None:
        """For the operator's command line: of whichever organization."""
        found = self._read(job_id)
        return self._report(found) if found else None

    def _read(self, job_id: str) -> JobFacts | None:
        return self._transactions.run(lambda session: self._facts.find(job_id, session))

    def _report(self, found: JobFacts) -> JobReport:
        return report_from_facts(found, self._held(found), now=utc_now())

    def _held(self, found: JobFacts) -> JobSeeds | None:
        if not _is_fenced(found) or not _is_pooled(found.job):
            return None
        try:
            return self._seeds.of_job(found.job.spider, found.job.id)
        except StorageAway:
            # The fence is in MongoDB: the rest of the proof stands without it.
            return None


def report_from_facts(found: JobFacts, held: JobSeeds | None, *, now: datetime) -> JobReport:
    """`held`: what Redis holds of a cancelled job; None when it could not be asked. Pure."""
    targets = _counts(found)
    has_events = _has_events(found.job, now)
    return JobReport(
        job=found.job,
        targets=targets,
        reasons=found.groups,
        first_ended_at=found.targets.first_ended_at,
        last_ended_at=found.targets.last_ended_at,
        rows=RowReport(
            found.targets.rows_stored,
            found.targets.rows_settled,
            found.targets.gap_count,
            found.targets.gaps,
        ),
        work=_work(found),
        credits=CreditReport(
            found.ledger.reserved,
            found.ledger.charged,
            found.ledger.released,
            found.job.credits_per_target,
        ),
        webhooks=_webhooks(found) if has_events else None,
        cancel=_proof(found, targets, held) if _is_fenced(found) else None,
        sums=[*_target_sums(found.job, targets), *_row_sums(found), *_credit_sums(found, targets)]
        + (list(_event_sums(found)) if has_events else []),
    )


def _work(found: JobFacts) -> WorkReport:
    """A dedicated run counts its requests itself, and tells at its end."""
    work, run = found.targets.work, found.run
    stats = run.stats if run else {}
    return WorkReport(
        leases=run.attempt if run else work.leases,
        redelivered=int(run.attempt > 1) if run else work.redelivered,
        suppressed=found.late.writes,
        requests=int(stats.get("downloader/request_count", work.requests)),
        answers=int(stats.get("downloader/response_count", work.answers)),
        body_bytes=int(stats.get("downloader/response_bytes", work.body_bytes)),
        blocked=work.blocked,
    )


def _counts(found: JobFacts) -> Counts:
    """The targets by status. Those of a cancelled job are marked a moment after it, which is the fence."""
    counted = dict.fromkeys(TargetStatus, 0)
    for group in found.groups:
        is_cancelled = found.job.status is JobStatus.CANCELLED and group.status in OPEN_TARGET
        counted[TargetStatus.CANCELLED if is_cancelled else group.status] += group.targets
    numbers = {status.value: number for status, number in counted.items()}
    return Counts(total=sum(counted.values()), **numbers)


def _target_sums(job: Job, targets: Counts) -> Iterator[Sum]:
    yield Sum(
        "targets", "targets in the database = targets accepted", targets.total, job.counts.total
    )
    for status in TargetStatus:
        claim = f"targets that are {status.value} = the job's count of them"
        counted, shown = getattr(targets, status.value), getattr(job.counts, status.value)
        yield Sum(f"targets.{status.value}", claim, counted, shown)


def _row_sums(found: JobFacts) -> Iterator[Sum]:
    if found.run is not None and found.run.state is RunState.CLEARING:
        # The rows of a lost attempt are being removed, a batch at a time.
        return
    rows = found.targets
    yield Sum(
        "rows", "rows stored = rows that targets ended with", rows.rows_stored, rows.rows_settled
    )
    yield Sum("rows.targets", "targets with other rows than they ended with = 0", rows.gap_count, 0)
    claim = "rows stored = the job's resultCount"
    yield Sum("rows.shown", claim, rows.rows_stored, found.job.result_count)


def _credit_sums(found: JobFacts, targets: Counts) -> Iterator[Sum]:
    job, ledger = found.job, found.ledger
    claim = "credits reserved in the ledger = the job's reservation"
    yield Sum("credits.reserved", claim, ledger.reserved, job.credits_reserved)
    returned = ledger.charged + ledger.released
    if job.is_open:
        yield Sum("credits.settled", "credits charged or released before the end = 0", returned, 0)
        return
    claim = "credits charged + credits released = credits reserved"
    yield Sum("credits.settled", claim, returned, job.credits_reserved)
    pages = found.targets.product_pages
    price = replace(job, product_pages=pages).price_of(targets.success)
    claim = "credits charged = successful targets × credits a target"
    if job.credits_per_product_page:
        claim += f" + {pages} product pages × {job.credits_per_product_page}"
    yield Sum("credits.charged", claim, ledger.charged, price)


def _event_sums(found: JobFacts) -> Iterator[Sum]:
    expected = 0 if found.job.is_open else 1
    claim = f"events of the job's end = {expected}"
    yield Sum("events", claim, found.deliveries.events, expected)
    delivered = found.deliveries.by_status[DeliveryStatus.DELIVERED]
    claim = "deliveries marked as delivered = deliveries answered with a 2xx"
    yield Sum("deliveries", claim, delivered, found.deliveries.answered)


def _has_events(job: Job, now: datetime) -> bool:
    """Whether the events of the job's end are still kept, had there been any."""
    return job.completed_at is None or now - job.completed_at < timedelta(days=EVENTS_KEPT_DAYS)


def _webhooks(found: JobFacts) -> WebhookReport:
    by_status = found.deliveries.by_status
    return WebhookReport(
        events=found.deliveries.events,
        deliveries=by_status.total(),
        delivered=by_status[DeliveryStatus.DELIVERED],
        pending=by_status[DeliveryStatus.PENDING],
        failed=by_status[DeliveryStatus.FAILED],
        attempts=found.deliveries.attempts,
    )


def _is_fenced(found: JobFacts) -> bool:
    run_is_fenced = found.run is not None and found.run.is_cancelled
    return found.job.status is JobStatus.CANCELLED or run_is_fenced


def _is_pooled(job: Job) -> bool:
    return SERVED_OF_NAME[job.kind].type.is_pooled


def _proof(found: JobFacts, targets: Counts, held: JobSeeds | None) -> CancelProof:
    job, run = found.job, found.run
    is_pooled = _is_pooled(job)
    fenced_at = run.cancel_requested_at if run else None
    processes: Processes = "shared"
    if not is_pooled:
        processes = "gone" if run is None or run.state is RunState.CLOSED else "ending"
    # A run counts its rows until the fence; a row of the pool belongs to a target that ended before it.
    not_before = found.targets.rows_unsettled + found.targets.rows_late
    before = run.items if run else found.targets.rows_stored - not_before
    return CancelProof(
        fenced_at=fenced_at or job.completed_at or job.updated_at,
        rows_before=before,
        rows_after=found.targets.rows_stored - before,
        rows_refused=found.late.rows,
        targets_cancelled=targets.cancelled,
        last_row_at=found.targets.last_ended_at if is_pooled else None,
        seeds_held=held.waiting if held else (None if is_pooled else 0),
        leases_held=held.leased if held else (None if is_pooled else 0),
        processes=processes,
        processes_gone_at=job.completed_at if processes == "gone" else None,
    )

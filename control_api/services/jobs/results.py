from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail, name_of_job
from control_api.services.errors import InvalidInput
from control_api.services.jobs.jobs import JobService
from control_api.services.jobs.quota import Quota
from storage.base.records import Job, Row
from storage.base.transactions import Session, Transactions
from storage.jobs.results import Results

# What `include=rows` adds to a job.
FIRST_ROWS = 100
# What follows the job's id in a row's key: target, page, position.
_PLACE = re.compile(r"^[0-9]{1,12}:[0-9]{1,12}:[0-9]{1,12}$")


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """`next_cursor` is None where no row follows (yet, while the job runs)."""

    rows: Sequence[Row]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Export:
    job: Job
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class JobRows:
    """Can be read again from the start; what was written meanwhile is there then."""

    _results: Results
    _job_id: str

    def __iter__(self) -> Iterator[Row]:
        return self._results.iterate(self._job_id)


class ResultService:
    def __init__(
        self,
        results: Results,
        jobs: JobService,
        *,
        quota: Quota,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._results = results
        self._jobs = jobs
        self._quota = quota
        self._audit = audit
        self._transactions = transactions

    def get_page(
        self, actor: Actor, job_id: str, *, limit: int, offset: int = 0, cursor: str | None = None
    ) -> ResultsPage:
        job = self._jobs.get(actor, job_id)
        after = key_from_cursor(job.id, cursor) if cursor is not None else None
        # One more than asked for tells whether there is a next page.
        rows = self._results.list_page(
            job.id, limit=limit + 1, offset=0 if after else offset, after=after
        )
        shown = rows[:limit]
        more = cursor_from_key(shown[-1].key) if len(rows) > limit else None
        return ResultsPage(shown, job.result_count, more)

    def first_rows(self, actor: Actor, job: Job) -> Sequence[Row]:
        """At most FIRST_ROWS; of a job that has none yet, nothing is asked."""
        if not job.result_count:
            return []
        return self.get_page(actor, job.id, limit=FIRST_ROWS).rows

    def rows_of(self, job: Job) -> Iterable[Row]:
        """Every row of a job that the caller may see; nothing is read before it is asked for."""
        return JobRows(self._results, job.id)

    def get_job(self, actor: Actor, job_id: str) -> Job:
        return self._jobs.get(actor, job_id)

    def export(self, actor: Actor, job_id: str, file_format: str) -> Export:
        """Every row of the job, counted against the plan. Rows are read while they are taken."""
        job = self._jobs.get(actor, job_id)

        def work(session: Session) -> None:
            self._quota.use(actor.organization_id, exports=1, session=session)
            self._audit.record(
                actor,
                "job.exported",
                entity_id=job.id,
                entity_name=name_of_job(job),
                metadata={"format": file_format},
                session=session,
            )

        self._transactions.run(work)
        return Export(job, JobRows(self._results, job.id))


def cursor_from_key(key: str) -> str:
    """Opaque to clients. It holds no job: a cursor can only move within the job it is used on."""
    _, _, place = key.partition(":")
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def key_from_cursor(job_id: str, cursor: str) -> str:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        place = base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError) as error:
        raise InvalidInput("cursor must be one that an earlier page gave") from error
    if not _PLACE.match(place):
        raise InvalidInput("cursor must be one that an earlier page gave")
    return f"{job_id}:{place}"

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail, name_of_job
from control_api.services.errors import InvalidInput, NotFound
from control_api.services.jobs.jobs import JobService
from control_api.services.jobs.quota import Quota
from storage.base.ids import row_id, target_id
from storage.base.records import Job, Row
from storage.base.transactions import Session, Transactions
from storage.jobs.results import Results

# What one search reads at most: a job may have millions of rows, and a request has a second or two.
SCANNED_ROWS = 20_000
# What `include=rows` adds to a job.
FIRST_ROWS = 100
# What follows the job's id in a row's key: target, page, position.
_PLACE = re.compile(r"^[0-9]{1,12}:[0-9]{1,12}:[0-9]{1,12}$")


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """`next_cursor` is None where no row follows (yet, while the job runs), `previous_cursor` where none
    comes before. `scanned`: rows that a search has read; None where nothing was searched."""

    rows: Sequence[Row]
    total: int
    next_cursor: str | None
    previous_cursor: str | None = None
    scanned: int | None = None


@dataclass(frozen=True, slots=True)
class Export:
    job: Job
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose rows are meant, a job's or a target's, and how many there are."""

    id: str
    total: int


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
        self,
        actor: Actor,
        job_id: str,
        *,
        limit: int,
        offset: int = 0,
        cursor: str | None = None,
        target: int | None = None,
    ) -> ResultsPage:
        """`target`: the index of the one target whose rows are meant, here and below."""
        job = self._jobs.get(actor, job_id)
        scope = self._scope(job, target)
        after = key_from_cursor(job.id, cursor) if cursor is not None else None
        # One more than asked for tells whether there is a next page.
        rows = self._results.list_page(
            scope.id, limit=limit + 1, offset=0 if after else offset, after=after
        )
        shown = rows[:limit]
        more = cursor_from_key(shown[-1].key) if len(rows) > limit else None
        is_first = after is None and not offset
        back = None if is_first or not shown else cursor_from_key(shown[0].key)
        return ResultsPage(shown, scope.total, more, back)

    def get_page_before(
        self, actor: Actor, job_id: str, *, limit: int, before: str, target: int | None = None
    ) -> ResultsPage:
        """The rows that stand right before the place that `previous_cursor` has named."""
        job = self._jobs.get(actor, job_id)
        scope = self._scope(job, target)
        walked = self._results.walk(
            scope.id, key_from_cursor(job.id, before, "before"), is_backwards=True
        )
        rows = list(islice(walked, limit + 1))
        shown = rows[:limit][::-1]
        more = cursor_from_key(shown[-1].key) if shown else None
        back = cursor_from_key(shown[0].key) if len(rows) > limit else None
        return ResultsPage(shown, scope.total, more, back)

    def search(
        self,
        actor: Actor,
        job_id: str,
        text: str,
        *,
        limit: int,
        cursor: str | None = None,
        before: str | None = None,
        target: int | None = None,
    ) -> ResultsPage:
        """Rows that hold the text, of the next SCANNED_ROWS rows at most; the cursors go on from there."""
        job = self._jobs.get(actor, job_id)
        scope = self._scope(job, target)
        is_backwards = before is not None
        start = None
        if before is not None:
            start = key_from_cursor(job.id, before, "before")
        elif cursor is not None:
            start = key_from_cursor(job.id, cursor)
        found: list[Row] = []
        keys: list[str] = []
        has_more = False
        needle = text.casefold()
        for row in self._results.walk(scope.id, start, is_backwards=is_backwards):
            if len(found) == limit or len(keys) == SCANNED_ROWS:
                has_more = True
                break
            keys.append(row.key)
            if _holds(row.data, needle):
                found.append(row)
        onward = cursor_from_key(keys[-1]) if has_more else None
        back = cursor_from_key(keys[0]) if keys and start is not None else None
        ends = (onward, back) if not is_backwards else (back, onward)
        rows = found[::-1] if is_backwards else found
        return ResultsPage(rows, scope.total, *ends, scanned=len(keys))

    def get_row(self, actor: Actor, job_id: str, target: int, *, page: int, position: int) -> Row:
        job = self._jobs.get(actor, job_id)
        row = self._results.find(row_id(target_id(job.id, target), page, position))
        if row is None:
            raise NotFound("Row not found")
        return row

    def _scope(self, job: Job, target: int | None) -> _Scope:
        if target is None:
            return _Scope(job.id, job.result_count)
        id_ = target_id(job.id, target)
        return _Scope(id_, self._results.count(id_))

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


def _holds(value: Any, needle: str) -> bool:
    """Whether a text or a number anywhere within the value contains `needle`, in any case of letters."""
    if isinstance(value, str):
        return needle in value.casefold()
    if isinstance(value, Mapping):
        return any(_holds(inner, needle) for inner in value.values())
    if isinstance(value, Sequence):
        return any(_holds(inner, needle) for inner in value)
    return value is not None and needle in str(value).casefold()


def key_from_cursor(job_id: str, cursor: str, name: str = "cursor") -> str:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        place = base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError) as error:
        raise InvalidInput(f"{name} must be one that an earlier page gave") from error
    if not _PLACE.match(place):
        raise InvalidInput(f"{name} must be one that an earlier page gave")
    return f"{job_id}:{place}"

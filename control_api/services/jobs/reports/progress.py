"""How a job goes: its moments, its throughput, and how complete its rows are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from control_api.services.accounts.actor import Actor
from control_api.services.jobs.jobs import JobService
from spiders.items.formats.free_columns import FreeColumns
from spiders.types.registry import columns_of_job
from storage.base.clock import utc_now
from storage.base.records import Job
from storage.jobs.results import Results
from storage.reports.job_progress import Cell, JobProgress, Moment

# So many rows tell the fields of items that a spider shapes as it likes.
_ROWS_LOOKED_AT = 1_000
# What is read for the coverage of one job; a job may have millions.
COVERED_ROWS = 20_000
_MIN_CELL_MS = 1_000


@dataclass(frozen=True, slots=True)
class Throughput:
    """Cells without a gap between them, the oldest first. Empty before the job has started."""

    job: Job
    cell_seconds: float
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class FieldCoverage:
    field: str
    filled: int
    empty: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the first `counted` rows of the job."""

    job: Job
    counted: int
    fields: Sequence[FieldCoverage]


class ProgressService:
    def __init__(self, jobs: JobService, progress: JobProgress, results: Results) -> None:
        self._jobs = jobs
        self._progress = progress
        self._results = results

    def timeline(self, actor: Actor, job_id: str) -> Sequence[Moment]:
        return self._progress.moments(self._jobs.get(actor, job_id))

    def throughput(self, actor: Actor, job_id: str, *, points: int) -> Throughput:
        """At most `points` cells of equal length, of a second at least."""
        job = self._jobs.get(actor, job_id)
        if job.started_at is None:
            return Throughput(job, 0.0, [])
        until = job.completed_at or utc_now()
        width_ms = max(_MIN_CELL_MS, -(-_milliseconds(until - job.started_at) // points))
        number = max(1, -(-_milliseconds(until - job.started_at) // width_ms))
        cells = [
            Cell(job.started_at + step * timedelta(milliseconds=width_ms)) for step in range(number)
        ]
        self._progress.ended(job.id, cells, width_ms=width_ms)
        return Throughput(job, width_ms / 1000, cells)

    def coverage(self, actor: Actor, job_id: str) -> Coverage:
        job = self._jobs.get(actor, job_id)
        paths = columns_of_job(job.kind, job.spider, job.config)
        if paths is None:
            first = islice(self._results.iterate(job.id), _ROWS_LOOKED_AT)
            paths = FreeColumns([row.data for row in first]).paths
        found = self._progress.filled(job.id, paths, limit=COVERED_ROWS)
        fields = [
            FieldCoverage(".".join(path), filled, found.rows - filled)
            for path, filled in zip(paths, found.counts, strict=True)
        ]
        return Coverage(job, found.rows, fields)


def _milliseconds(span: timedelta) -> int:
    return max(1, round(span.total_seconds() * 1000))

"""How a page follows a job: how often it asks, and by what it knows that nothing has changed."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from control_api.console.jobs.job_words import seconds_of
from control_api.services.records import Job

# (silence from so many seconds on, ask every so many seconds)
_PACES = ((300.0, 15), (30.0, 5), (0.0, 2))


@dataclass(frozen=True, slots=True)
class LiveJob:
    """`every_seconds` None: the job has ended, and nobody asks any more."""

    version: str
    every_seconds: int | None
    seconds: float | None

    @classmethod
    def of(cls, job: Job) -> LiveJob:
        now = datetime.now(UTC)
        every = _pace((now - job.updated_at).total_seconds()) if job.is_open else None
        # The pace is part of it: a page learns of a new one with the next section.
        shown = (job.status.value, job.outcome, astuple(job.counts), job.result_count, every)
        version = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
        return cls(version, every, seconds_of(job, now))


def _pace(silent_seconds: float) -> int:
    return next((pace for since, pace in _PACES if silent_seconds >= since), _PACES[-1][1])

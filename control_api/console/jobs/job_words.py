"""A job and its targets in words: states, shares of a bar, reasons of failures and what helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from control_api.services.records import Job, JobStatus
from spiders.work.failures import FAILURES, FailureCode

# Text and colour of a job's state.
State = tuple[str, str]
_OPEN: Mapping[JobStatus, State] = MappingProxyType(
    {JobStatus.QUEUED: ("queued", ""), JobStatus.RUNNING: ("running", "running")}
)
_ENDED: Mapping[str | None, State] = MappingProxyType(
    {
        "succeeded": ("succeeded", "good"),
        "partial": ("partly failed", "warn"),
        "failed": ("failed", "bad"),
        "cancelled": ("cancelled", "warn"),
    }
)
# Of a filter: one state of the API may be several in words.
STATUS_TEXTS: Mapping[JobStatus, str] = MappingProxyType(
    {
        JobStatus.QUEUED: "queued",
        JobStatus.RUNNING: "running",
        JobStatus.COMPLETED: "succeeded or partly failed",
        JobStatus.FAILED: "failed",
        JobStatus.CANCELLED: "cancelled",
    }
)
_PARTS = ("success", "failed", "cancelled", "running", "pending")
_PART_TEXTS = {"success": "succeeded", "pending": "waiting"}
_TARGET_STATES: Mapping[str, State] = MappingProxyType(
    {
        "success": ("succeeded", "good"),
        "failed": ("failed", "bad"),
        "cancelled": ("cancelled", "warn"),
        "running": ("running", "running"),
        "pending": ("waiting", ""),
    }
)

_BLOCKED = "Ask the store less often, or add proxies: Amazon takes this address for a program."
_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        FailureCode.BLOCKED_CAPTCHA: _BLOCKED,
        FailureCode.BLOCKED_CONTINUE: _BLOCKED,
        FailureCode.BLOCKED_THROTTLED: "Retry later, or ask the store less often.",
        FailureCode.BLOCKED_WAF: "Let a browser visit first: `engine` of the job, `auto`.",
        FailureCode.BLOCKED_CHALLENGE: "Let a browser visit first: `engine` of the job, `auto`.",
        FailureCode.BLOCKED_SIGNIN: "This page is shown to customers alone.",
        FailureCode.NOT_FOUND: "Check the target: the store does not have it, or has it no more.",
        FailureCode.NOT_A_LISTING: "Name a category below this one.",
        FailureCode.ROBOTS_DENIED: "The site does not want this page read.",
        FailureCode.ADDRESS_REFUSED: "Only an operator can allow it: ALLOWED_NETWORKS.",
        FailureCode.WRONG_PLACE: "Check `deliverTo`, or use a proxy in that country.",
        FailureCode.PLACE_REFUSED: "Check `deliverTo`: the store does not deliver there.",
        FailureCode.PARSE_ERROR: "Open the page in a browser: is it what the target promises?",
        FailureCode.LEASE_EXHAUSTED: "Its page ends crawlers: tell the operator.",
        FailureCode.CANCELLED: "Retry what was cancelled if it is still wanted.",
    }
)
_AGAIN = "Retry: another try may succeed."


@dataclass(frozen=True, slots=True)
class BarPart:
    """`x` and `width` in percent of the bar."""

    name: str
    text: str
    count: int
    x: float
    width: float


def state_of_job(job: Job) -> State:
    return _OPEN.get(job.status) or _ENDED.get(job.outcome, (job.status.value, ""))


def state_of_target(status: str) -> State:
    return _TARGET_STATES[status]


def bar_of(job: Job) -> Sequence[BarPart]:
    counts = job.counts
    parts, x = [], 0.0
    for name in _PARTS:
        count = getattr(counts, name)
        width = 100 * count / counts.total if counts.total else 0.0
        if count:
            text = _PART_TEXTS.get(name, name)
            parts.append(BarPart(name, text, count, round(x, 3), round(width, 3)))
        x += width
    return parts


def share_done(job: Job) -> int:
    counts = job.counts
    ended = counts.success + counts.failed + counts.cancelled
    return 100 if not job.is_open else 100 * ended // max(1, counts.total)


def seconds_of(job: Job, now: datetime | None = None) -> float | None:
    """How long it has run, or how long it took from its order on; None before its first page."""
    if job.started_at is None:
        return None
    if job.completed_at is not None:
        # Its first page may be noted together with its end.
        return (job.completed_at - job.created_at).total_seconds()
    return ((now or datetime.now(UTC)) - job.started_at).total_seconds()


def advice_on(code: str) -> str:
    if code in _ADVICE:
        return _ADVICE[code]
    known = FAILURES.get(code)  # type: ignore[call-overload]
    return _AGAIN if known is not None and known.retryable else ""


def reason_of(code: str) -> str:
    known = FAILURES.get(code)  # type: ignore[call-overload]
    return known.message if known is not None else code


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "job_state": state_of_job,
        "outcome_state": _ENDED.__getitem__,
        "outcome_text": lambda outcome: _ENDED[outcome][0],
        "target_text": lambda status: _TARGET_STATES[status][0],
        "job_bar": bar_of,
        "job_share": share_done,
        "job_seconds": seconds_of,
        "reason": reason_of,
    }
)

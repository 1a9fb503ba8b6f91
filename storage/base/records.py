"""What the repositories hand out: frozen, without a trace of MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_JOB = (JobStatus.QUEUED, JobStatus.RUNNING)


class TargetStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_TARGET = (TargetStatus.PENDING, TargetStatus.RUNNING)


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


# Stored as a number, so that an index can sort by it.
PRIORITY_RANK = {Priority.LOW: 0, Priority.NORMAL: 1, Priority.HIGH: 2}


@dataclass(frozen=True, slots=True)
class Counts:
    """total = pending + running + success + failed + cancelled, at every instant."""

    total: int
    pending: int
    running: int = 0
    success: int = 0
    failed: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class NewTarget:
    """A target that is asked for: `params` are what its crawler needs beside the URL.

    `key` tells a job's targets apart where they are discovered while it runs; None: never compared.
    `marketplace` says what is paced together; for pages of other sites: seed_keys.site_group(host).
    """

    value: str
    url: str
    marketplace: str
    params: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    # As the client sent it, and where in the client's list; None: the target was found by a crawl.
    sent: str | None = None
    position: int | None = None
    # Texts of the list that ask for the same.
    merged: Sequence[MergedText] = ()


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """A target that a job found while it ran; `key` tells it apart from the job's others."""

    url: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    # As the job shows it; None: its URL.
    value: str | None = None
    # None: that of the job's first target.
    marketplace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    organization_id: str
    project_id: str
    kind: str
    spider: str
    config: Mapping[str, Any]
    targets: Sequence[NewTarget]
    priority: Priority = Priority.NORMAL
    credits_per_target: int = 0
    # For each page of a product that is read beside a target's own.
    credits_per_product_page: int = 0
    credits_reserved: int = 0
    # How many targets the job may grow to; None: it does not grow.
    target_limit: int | None = None
    # Its targets are fed to the pool; else a process of its own crawls them.
    is_pooled: bool = True
    retry_of: str | None = None
    schedule_id: str | None = None
    created_by: str | None = None
    # Of the request that made it; None for a schedule's.
    request_id: str | None = None
    # The monitor whose round it is.
    monitor_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: str
    organization_id: str
    project_id: str
    kind: str
    spider: str
    status: JobStatus
    config: Mapping[str, Any]
    counts: Counts
    priority: Priority
    result_count: int
    credits_reserved: int
    credits_per_target: int
    target_limit: int | None
    outcome: str | None
    retry_of: str | None
    schedule_id: str | None
    created_by: str | None
    request_id: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    # The texts of its first targets.
    head: Sequence[str] = ()
    monitor_id: str | None = None
    credits_per_product_page: int = 0
    # Of the targets that succeeded.
    product_pages: int = 0

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_JOB

    def price_of(self, successes: int) -> int:
        """What so many targets that succeeded cost, with the product pages beside them."""
        price = successes * self.credits_per_target
        price += self.product_pages * self.credits_per_product_page
        return min(self.credits_reserved, price)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a target ended without rows. `code` is a FailureCode, or a code of a spider of the user."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How many targets of a job failed with this code."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class MergedText:
    """A text that asked for what another target of the job asks for."""

    index: int
    sent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    id: str
    job_id: str
    index: int
    value: str
    url: str
    marketplace: str
    status: TargetStatus
    params: Mapping[str, Any]
    failure: Failure | None
    key: str | None = None
    # What each page of results said of the search; empty for other targets and open ones.
    search_info: Sequence[Mapping[str, Any]] = ()
    # What its pages say of it beside their rows.
    facts: Mapping[str, Any] = field(default_factory=dict)
    sent: str | None = None
    position: int | None = None
    merged: Sequence[MergedText] = ()
    row_count: int = 0
    # When it was settled; None while it is open, and where its job was cancelled.
    ended_at: datetime | None = None
    # How often a crawler began with it.
    leases: int = 0
    # None while it is open, and where it was ended by somebody who read no page of it.
    effort: Effort | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One stored result. `key` orders the rows of a job and is the cursor of a page."""

    key: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seed:
    """A target's message in Redis, in scrapy-redis' form: `{"url": ..., "meta": {...}}`."""

    id: str
    marketplace: str
    organization_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Lease:
    """A seed that one crawler may work on until its lease ends. `token` grows with each lease.

    `deaths`: of crawlers that held it, as far as they count against it; one may count half.
    """

    id: str
    token: int
    deaths: float
    message: str


@dataclass(frozen=True, slots=True)
class StartedTarget:
    id: str
    job_id: str
    token: int


@dataclass(frozen=True, slots=True)
class NewRow:
    page: int
    position: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Effort:
    """What a target took: requests sent, answers that came, the bytes of their bodies, and how many of them
    were blocks."""

    requests: int = 0
    answers: int = 0
    body_bytes: int = 0
    blocked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetEnd:
    """How a target ended: success without `error`, failure with it.

    `job_id` None: a seed pushed by hand. `discovered`: targets that it found for its own job.
    """

    id: str
    job_id: str | None
    token: int
    rows: Sequence[NewRow] = ()
    failure: Failure | None = None
    discovered: Sequence[FoundTarget] = ()
    # What each page of results says of the search.
    search_info: Sequence[Mapping[str, Any]] = ()
    # Pages of products that were read beside its own.
    product_pages: int = 0
    # Categories that its pages name, as `storage.jobs.categories` keeps them.
    categories: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    # None: it was ended by somebody who read no page of it.
    effort: Effort | None = None

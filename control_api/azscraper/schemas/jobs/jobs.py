from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, Field

from control_api.azscraper.schemas.jobs.job_config import JobConfig, settings_without_effect
from control_api.azscraper.schemas.jobs.job_types import RequestedType
from control_api.http.requests.moments import Since, Until
from control_api.http.requests.request_warnings import warn
from control_api.http.schemas import (
    Answer,
    Body,
    CountsOut,
    Envelope,
    ListMeta,
    Moment,
    Offset,
    OptionalBody,
    Query,
)
from control_api.services.jobs.creating.job_request import JobRequest
from control_api.services.records import JobStatus, TargetStatus

MAX_JOBS = 100


class JobPath(BaseModel):
    id: str


class CreateJobBody(Body):
    type: RequestedType
    # Each text is judged by the reader of targets: one bad line must not hide the others.
    targets: Annotated[list[str], Field(min_length=1, max_length=10_000)]
    config: JobConfig | None = None
    onInvalid: Literal["fail", "skip"] = "fail"

    def warn(self, path: str = "config") -> None:
        """Name what has no effect; `path`: where `config` stands in the request's body."""
        if self.config:
            for name, message in settings_without_effect(self.config, self.type):
                warn(f"{path}.{name}", message)

    def to_request(self) -> JobRequest:
        config = self.config.model_dump(exclude_unset=True) if self.config else {}
        return JobRequest(
            kind=self.type,
            targets=self.targets,
            config=config,
            skips_invalid=self.onInvalid == "skip",
        )


MAX_CHOSEN = 10_000
TargetPlace = Annotated[int, Field(ge=0, le=10_000_000)]


class RetryBody(OptionalBody):
    only: Annotated[
        Literal["failed"] | None,
        Field(
            description="`failed`: only the targets that failed or were cancelled. Left out: every target."
        ),
    ] = None
    code: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description="Only the targets that failed with this code, such as `BLOCKED_CAPTCHA`.",
        ),
    ] = None
    targets: Annotated[
        list[TargetPlace] | None,
        Field(
            min_length=1,
            max_length=MAX_CHOSEN,
            description="Only those of the targets at these places, from 0, that failed or were cancelled. A place is the "
            "number of the target in the list of the job's targets, and in addresses such as `/jobs/{id}/targets/{index}/page`.",
        ),
    ] = None


class JobsFilter(Query):
    status: JobStatus | None = None
    since: Since = None
    until: Until = None
    limit: Annotated[
        int,
        Field(
            ge=1,
            description=f"At most so many jobs are answered; more than {MAX_JOBS} is {MAX_JOBS}.",
        ),
    ] = 20
    offset: Offset = 0


class JobsQuery(JobsFilter):
    scheduleId: Annotated[str, Field(max_length=100)] | None = None


class TargetsQuery(Query):
    status: TargetStatus | None = None
    code: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description="Only targets that failed with this code, such as `BLOCKED_CAPTCHA`.",
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Offset = 0


class TargetErrorOut(Answer):
    code: str
    message: str


class TargetOut(Answer):
    value: str
    status: TargetStatus
    error: TargetErrorOut | None = None


class FailureOut(Answer):
    code: str
    count: int


class JobOut(Answer):
    id: str
    projectId: str
    organizationId: str
    type: Annotated[str, Field(validation_alias=AliasChoices("type", "kind"))]
    status: JobStatus
    targets: list[TargetOut]
    targetsTruncated: bool | None = None
    config: dict[str, Any]
    priority: Literal["low", "normal", "high"]
    counts: CountsOut
    # Of one job alone, not of the jobs in a list. The most frequent code first.
    failures: list[FailureOut] | None = None
    warnings: list[str] | None = None
    outcome: Literal["succeeded", "partial", "failed", "cancelled"] | None
    creditsReserved: int
    resultCount: int
    resultSetId: str | None
    bullJobId: str
    retryOf: str | None
    scheduleId: str | None
    createdAt: Moment
    updatedAt: Moment
    startedAt: Moment | None
    completedAt: Moment | None
    # With `include=rows`.
    rows: list[dict[str, Any]] | None = None


class JobAnswer(Envelope):
    data: JobOut


class JobsAnswer(Envelope):
    data: list[JobOut]
    meta: ListMeta


class OfferedCategoryOut(Answer):
    id: str
    name: str
    count: int | None
    isChosen: bool


class OfferedRefinementOut(Answer):
    id: str
    group: str | None
    name: str
    count: int | None
    isChosen: bool


class SearchInfoOut(Answer):
    page: int
    totalResults: int | None
    correctedKeyword: str | None
    departmentFallback: bool | None
    noResults: bool
    # Of the first page that was read; targets from before have none.
    categories: list[OfferedCategoryOut] | None = None
    refinements: list[OfferedRefinementOut] | None = None


class DuplicateOut(Answer):
    index: int
    sent: str


class ResolvedOut(Answer):
    """`asin` and `marketplace` are null where the target is not of an Amazon store."""

    asin: str | None
    marketplace: str | None
    url: str


class TargetWorkOut(Answer):
    requests: int
    answers: int
    bytes: Annotated[int, Field(validation_alias=AliasChoices("bytes", "body_bytes"))]
    blocked: int


class ListedTargetOut(TargetOut):
    """`index` and `sent` are the target's place and text in the request; `duplicates` are other
    places of the request that asked for the same."""

    index: int
    sent: str
    resolved: ResolvedOut
    resultCount: Annotated[int, Field(validation_alias=AliasChoices("resultCount", "row_count"))]
    duplicates: Annotated[
        list[DuplicateOut], Field(validation_alias=AliasChoices("duplicates", "merged"))
    ]
    leases: int
    work: TargetWorkOut | None = None
    endedAt: Moment | None = None
    # One entry a page that was read; of search targets that have ended.
    searchInfo: list[SearchInfoOut] | None = None
    noOffers: bool | None = None
    parentTarget: str | None = None


class TargetsAnswer(Envelope):
    data: list[ListedTargetOut]
    meta: ListMeta

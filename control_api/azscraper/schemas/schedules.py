from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, Field

from control_api.azscraper.schemas.jobs.job_types import ScheduledType
from control_api.azscraper.schemas.jobs.jobs import CreateJobBody, JobsFilter
from control_api.http.requests.inputs import Cron, Name, Timezone, changed_name
from control_api.http.schemas import (
    Answer,
    Body,
    ChangeBody,
    Envelope,
    ListMeta,
    Moment,
    Offset,
    Query,
)
from control_api.services.records import Overlap
from control_api.services.schedules.schedules import ScheduleRequest

OverlapPolicy = Literal["skip", "queue"]


class ScheduleIdPath(BaseModel):
    id: str


class CreateScheduleBody(Body):
    name: Name | None = None
    cron: Cron
    crawlConfig: CreateJobBody
    enabled: bool = True
    timezone: Timezone = "UTC"
    overlap: OverlapPolicy = "skip"

    def to_request(self) -> ScheduleRequest:
        return ScheduleRequest(
            name=self.name,
            timezone=self.timezone,
            overlap=Overlap(self.overlap),
            enabled=self.enabled,
        )


class UpdateScheduleBody(ChangeBody):
    nullable = frozenset({"name"})

    name: Name | None = None
    cron: Cron | None = None
    crawlConfig: CreateJobBody | None = None
    enabled: bool | None = None
    timezone: Timezone | None = None
    overlap: OverlapPolicy | None = None

    def to_request(self) -> ScheduleRequest:
        return ScheduleRequest(
            name=changed_name(self, self.name),
            cron=self.cron,
            timezone=self.timezone,
            crawl=self.crawlConfig.to_request() if self.crawlConfig else None,
            overlap=Overlap(self.overlap) if self.overlap else None,
            enabled=self.enabled,
        )


class PreviewBody(Body):
    cron: Annotated[
        Cron,
        Field(description="Five fields: minute, hour, day of the month, month, day of the week."),
    ]
    timezone: Annotated[
        Timezone,
        Field(description="The IANA time zone in which `cron` is read, such as `Europe/Berlin`."),
    ] = "UTC"
    count: Annotated[int, Field(ge=1, le=100, description="How many runs to name.")] = 5


class RunTimeOut(Answer):
    at: Annotated[Moment, Field(description="When it would run (ISO 8601, in UTC).")]
    local: Annotated[
        str, Field(description="The same by the clocks of the zone, with their offset from UTC.")
    ]


class PreviewOut(Answer):
    words: Annotated[str, Field(description="What `cron` says, in English.")]
    timezone: Annotated[str, Field(description="The time zone in which it is read.")]
    runs: Annotated[list[RunTimeOut], Field(description="The next runs, the first one first.")]


class PreviewAnswer(Envelope):
    data: PreviewOut


class ScheduleJobsQuery(JobsFilter):
    """The schedule is in the path."""


class SchedulesQuery(Query):
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    offset: Offset = 0


class SlotsQuery(Query):
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Offset = 0


class CrawlConfigOut(Answer):
    type: Annotated[ScheduledType, Field(validation_alias=AliasChoices("type", "kind"))]
    targets: list[str]
    config: dict[str, Any]


class ScheduleOut(Answer):
    id: str
    projectId: str
    organizationId: str
    name: str | None
    cron: str
    timezone: str
    crawlConfig: Annotated[
        CrawlConfigOut, Field(validation_alias=AliasChoices("crawlConfig", "crawl"))
    ]
    enabled: bool
    overlap: OverlapPolicy
    nextRunAt: Moment | None
    lastRunAt: Moment | None
    lastJobId: str | None
    lastOutcome: Literal["started", "queued", "skipped"] | None
    lastReason: str | None
    createdAt: Moment
    updatedAt: Moment


class ScheduleAnswer(Envelope):
    data: ScheduleOut


class SchedulesAnswer(Envelope):
    data: list[ScheduleOut]
    meta: ListMeta


class SlotOut(Answer):
    slotAt: Moment
    trigger: Literal["clock", "hand"]
    status: Literal["started", "queued", "skipped", "missed"]
    reason: str | None
    jobId: str | None
    recordedAt: Moment


class SlotAnswer(Envelope):
    data: SlotOut


class SlotsAnswer(Envelope):
    data: list[SlotOut]
    meta: ListMeta

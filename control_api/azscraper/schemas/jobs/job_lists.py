from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from control_api.azscraper.schemas.jobs.job_types import AnyType
from control_api.azscraper.schemas.jobs.jobs import MAX_JOBS
from control_api.http.requests.moments import Since, Until
from control_api.http.schemas import Answer, CountsOut, Envelope, Moment, Query
from control_api.services.records import JobStatus


class AllJobsQuery(Query):
    status: Annotated[
        list[JobStatus],
        Field(max_length=5, description="Only jobs with this status; may be given several times."),
    ] = []  # noqa: RUF012 (pydantic copies it)
    type: Annotated[AnyType | None, Field(description="Only jobs of this type.")] = None
    projectId: Annotated[
        str | None, Field(max_length=100, description="Only jobs of this project.")
    ] = None
    scheduleId: Annotated[
        str | None, Field(max_length=100, description="Only jobs that this schedule started.")
    ] = None
    since: Since = None
    until: Until = None
    q: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description="Only the job of this id, and jobs of which one of the first 20 targets contains this text, in "
            "any case of letters.",
        ),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=MAX_JOBS, description="At most so many jobs are answered.")
    ] = 20
    cursor: Annotated[
        str | None,
        Field(
            max_length=100,
            description="`meta.nextCursor` of the answer before, to go on with older jobs.",
        ),
    ] = None


class MakerOut(Answer):
    id: Annotated[str, Field(description="The person's id.")]
    email: Annotated[
        str | None, Field(description="Their e-mail address; `null` where the account is gone.")
    ]
    name: Annotated[str | None, Field(description="Their name; `null` where there is none.")]


class ListedJobOut(Answer):
    """A job without its targets."""

    id: str
    projectId: str
    organizationId: str
    type: Annotated[
        str,
        Field(description="The kind of job.", validation_alias=AliasChoices("type", "kind")),
    ]
    status: Annotated[
        JobStatus,
        Field(description="`queued` waits, `running` is being crawled; the others are ends."),
    ]
    outcome: Annotated[
        Literal["succeeded", "partial", "failed", "cancelled"] | None,
        Field(description="How it ended; `null` while it is open."),
    ]
    priority: Annotated[
        Literal["low", "normal", "high"],
        Field(description="Which of the organization's jobs come first."),
    ]
    firstTargets: Annotated[
        list[str],
        Field(
            description="The texts of the first 20 targets, each at most 200 characters long.",
            validation_alias=AliasChoices("firstTargets", "head"),
        ),
    ]
    config: Annotated[dict[str, Any], Field(description="The settings of the job.")]
    counts: CountsOut
    resultCount: int
    creditsReserved: Annotated[int, Field(description="Credits that it reserved.")]
    retryOf: Annotated[
        str | None, Field(description="The job that it runs again; `null` for a job of its own.")
    ]
    scheduleId: Annotated[
        str | None, Field(description="The schedule that started it; `null` where none did.")
    ]
    createdBy: Annotated[
        MakerOut | None,
        Field(description="Who made the job, or the schedule that started it; else `null`."),
    ]
    createdAt: Moment
    updatedAt: Moment
    startedAt: Moment | None
    completedAt: Moment | None


class AllJobsMeta(Answer):
    total: Annotated[int, Field(description="How many jobs there are, whatever is shown.")]
    nextCursor: Annotated[
        str | None, Field(description="To be sent as `cursor` for older jobs; `null` at the end.")
    ]


class AllJobsAnswer(Envelope):
    data: list[ListedJobOut]
    meta: AllJobsMeta

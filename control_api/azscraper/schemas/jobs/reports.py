from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, AliasPath, Field

from control_api.http.schemas import Answer, CountsOut, Envelope, Moment
from control_api.services.records import JobStatus, TargetStatus

_TIME = "(ISO 8601, in UTC)"


class ReasonOut(Answer):
    status: Annotated[TargetStatus, Field(description="The status that the targets have.")]
    code: Annotated[
        str | None, Field(description="Why they failed; `null` for targets that did not.")
    ]
    targets: Annotated[int, Field(description="How many targets they are.")]


class RowGapOut(Answer):
    index: Annotated[int, Field(description="The target's place in the job, from 0.")]
    settled: Annotated[int, Field(description="How many rows the target ended with.")]
    stored: Annotated[int, Field(description="How many rows of it are stored.")]


class RowReportOut(Answer):
    stored: Annotated[int, Field(description="Rows in the database, counted.")]
    settled: Annotated[int, Field(description="Rows that the targets ended with.")]
    gapCount: Annotated[int, Field(description="Targets of which the two differ.")]
    gaps: Annotated[list[RowGapOut], Field(description="The first 20 of these targets.")]


class CreditReportOut(Answer):
    reserved: Annotated[int, Field(description="Credits that the ledger reserved for the job.")]
    charged: Annotated[int, Field(description="Credits that were charged at its end.")]
    released: Annotated[int, Field(description="Credits that were given back at its end.")]
    perTarget: Annotated[int, Field(description="Credits that a successful target costs.")]


class WorkOut(Answer):
    """What the job took, as far as its targets have ended."""

    leases: Annotated[int, Field(description="How often crawlers began with a target.")]
    redelivered: Annotated[
        int, Field(description="Targets that a second crawler took up, since the first was lost.")
    ]
    suppressed: Annotated[
        int,
        Field(
            description="Ends of targets that came too late or a second time; they wrote nothing."
        ),
    ]
    requests: Annotated[int, Field(description="Requests that were sent, second tries included.")]
    answers: Annotated[int, Field(description="Answers that came, redirects not counted.")]
    bytes: Annotated[
        int,
        Field(
            description="The size of their bodies.",
            validation_alias=AliasChoices("bytes", "body_bytes"),
        ),
    ]
    blocked: Annotated[int, Field(description="Answers that were a block, whatever came later.")]
    blockedShare: Annotated[
        float | None, Field(description="Their share of the answers in percent; `null`: no answer.")
    ]


class WebhookReportOut(Answer):
    events: Annotated[int, Field(description="Events of the job's end: one when it has ended.")]
    deliveries: Annotated[int, Field(description="Endpoints that the event goes to.")]
    delivered: Annotated[int, Field(description="Deliveries that arrived.")]
    pending: Annotated[int, Field(description="Deliveries that are still tried.")]
    failed: Annotated[int, Field(description="Deliveries that were given up.")]
    attempts: Annotated[int, Field(description="Tries of all deliveries; 50 of each are kept.")]


class CancelProofOut(Answer):
    isProven: Annotated[
        bool,
        Field(
            description="`true` when no row came after the fence, Redis holds neither a seed nor a lease of the "
            "job, and no process of its own runs."
        ),
    ]
    fencedAt: Annotated[
        Moment, Field(description=f"From then on no row of the job can be written {_TIME}.")
    ]
    rowsBefore: Annotated[int, Field(description="Rows that were written before the fence.")]
    rowsAfter: Annotated[int, Field(description="Rows that are stored beside these: 0.")]
    rowsRefused: Annotated[int, Field(description="Rows that came too late and were not stored.")]
    targetsCancelled: Annotated[int, Field(description="Targets that the cancel left unread.")]
    lastRowAt: Annotated[
        Moment | None,
        Field(description=f"When the last target ended before the fence {_TIME}; else `null`."),
    ]
    seedsHeld: Annotated[
        int | None,
        Field(
            description="Targets that a crawler could still take; `null` while Redis cannot be asked."
        ),
    ]
    leasesHeld: Annotated[
        int | None,
        Field(
            description="Targets that crawlers hold and have not let go of; `null` while Redis cannot be asked."
        ),
    ]
    processes: Annotated[
        Literal["shared", "ending", "gone"],
        Field(
            description="`shared`: crawlers of all jobs read its targets. A spider job has a process of its own, which "
            "is `ending` or `gone`."
        ),
    ]
    processesGoneAt: Annotated[
        Moment | None,
        Field(description=f"When its own process was seen to be gone {_TIME}; else `null`."),
    ]


class SumOut(Answer):
    name: Annotated[str, Field(description="The name of the sum, such as `rows`.")]
    claim: Annotated[str, Field(description="What the two sides are.")]
    left: Annotated[int, Field(description="The left side, as counted.")]
    right: Annotated[int, Field(description="The right side, as counted.")]
    holds: Annotated[bool, Field(description="Whether the two sides are equal.")]


def _of_job(name: str, attribute: str, description: str | None = None) -> Any:
    """A field that is read from the `job` of a JobReport, or from an answer's own JSON."""
    alias = AliasChoices(name, AliasPath("job", attribute))
    return Field(validation_alias=alias, description=description)


class ReportOut(Answer):
    jobId: Annotated[str, _of_job("jobId", "id", "The job's id.")]
    type: Annotated[str, _of_job("type", "kind", "The kind of job.")]
    status: Annotated[JobStatus, _of_job("status", "status", "The job's status.")]
    outcome: Annotated[
        Literal["succeeded", "partial", "failed", "cancelled"] | None,
        _of_job("outcome", "outcome", "How it ended; `null` while it is open."),
    ]
    addsUp: Annotated[bool, Field(description="Whether every one of `sums` holds.")]
    sums: Annotated[list[SumOut], Field(description="The equations that were checked.")]
    targets: Annotated[
        CountsOut, Field(description="How many targets have each status, counted one by one.")
    ]
    reasons: Annotated[
        list[ReasonOut],
        Field(description="The targets by status and reason, the most frequent first."),
    ]
    rows: Annotated[RowReportOut, Field(description="The rows, counted one by one.")]
    work: Annotated[WorkOut, Field(description="What the crawl took.")]
    credits: Annotated[CreditReportOut, Field(description="What the ledger moved for the job.")]
    webhooks: Annotated[
        WebhookReportOut | None,
        Field(description="What webhooks were told; `null` for jobs that ended 30 days ago."),
    ]
    cancel: Annotated[
        CancelProofOut | None,
        Field(description="The proof of the cancel; `null` for a job that was not cancelled."),
    ]
    createdAt: Annotated[Moment, _of_job("createdAt", "created_at")]
    startedAt: Annotated[Moment | None, _of_job("startedAt", "started_at")]
    completedAt: Annotated[Moment | None, _of_job("completedAt", "completed_at")]
    firstEndedAt: Annotated[
        Moment | None, Field(description=f"When its first target ended {_TIME}; `null` before.")
    ]
    lastEndedAt: Annotated[
        Moment | None, Field(description=f"When its last target ended {_TIME}; `null` before.")
    ]


class ReportAnswer(Envelope):
    data: ReportOut

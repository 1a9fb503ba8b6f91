from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field

from control_api.azscraper.schemas.jobs.job_types import RequestedType
from control_api.azscraper.schemas.jobs.jobs import DuplicateOut, ResolvedOut
from control_api.http.schemas import Answer, Envelope

MAX_TARGETS_SHOWN = 1_000


class RefusalOut(Answer):
    code: Annotated[str, Field(description="The code of the error, such as `FORBIDDEN`.")]
    message: Annotated[str, Field(description="Its message.")]


class CheckedTargetOut(Answer):
    index: Annotated[
        int,
        Field(
            description="The place of the text in the list, from 0.",
            validation_alias=AliasChoices("index", "position"),
        ),
    ]
    sent: Annotated[str, Field(description="The text as it was sent.")]
    value: Annotated[str, Field(description="What the target would be called.")]
    resolved: Annotated[ResolvedOut, Field(description="What the text was read as.")]
    duplicates: Annotated[
        list[DuplicateOut],
        Field(
            description="Other texts of the list that ask for the same.",
            validation_alias=AliasChoices("duplicates", "merged"),
        ),
    ]


class BadTargetOut(Answer):
    index: Annotated[int, Field(description="The place of the text in the list, from 0.")]
    value: Annotated[str, Field(description="The text, its first 200 characters.")]
    reason: Annotated[str, Field(description="Why it names no target.")]


class CheckedCreditsOut(Answer):
    perTarget: Annotated[int, Field(description="Credits that a target would cost.")]
    total: Annotated[int, Field(description="Credits that the job would reserve.")]
    balance: Annotated[int, Field(description="Credits that can be spent now.")]


class PaceShareOut(Answer):
    marketplace: Annotated[str, Field(description="The marketplace's code.")]
    pages: Annotated[int, Field(description="Pages that would be read there, at most.")]
    perMinute: Annotated[
        float | None,
        Field(
            description="Requests a minute that all crawlers may send; `null` where none is set."
        ),
    ]
    waitSeconds: Annotated[
        float | None,
        Field(description="Until the next free moment; `null` where it is not known."),
    ]
    seconds: Annotated[
        float | None,
        Field(description="How long these pages would take; `null` where there is no pace."),
    ]


class JobCheckOut(Answer):
    type: Annotated[
        RequestedType,
        Field(description="The kind of job.", validation_alias=AliasChoices("type", "kind")),
    ]
    wouldCreate: Annotated[bool, Field(description="Whether the creation would make a job.")]
    refusal: Annotated[
        RefusalOut | None,
        Field(description="The error that it would answer instead; `null` where it would not."),
    ]
    targetCount: Annotated[int, Field(description="Targets that the job would have.")]
    targets: Annotated[list[CheckedTargetOut], Field(description="The first 1,000 of them.")]
    duplicateCount: Annotated[
        int,
        Field(
            description="Texts that ask for the same as another, and cost nothing.",
            validation_alias=AliasChoices("duplicateCount", "duplicates"),
        ),
    ]
    errorCount: Annotated[int, Field(description="Texts that name no target.")]
    errors: Annotated[list[BadTargetOut], Field(description="The first 1,000 of them.")]
    credits: Annotated[CheckedCreditsOut, Field(description="What the job would cost.")]
    pages: Annotated[int, Field(description="Pages that would be read, at most.")]
    seconds: Annotated[
        float | None,
        Field(
            description="How long the pages would take at the present pace, were nothing else crawled; `null` where no "
            "marketplace of the job has a pace."
        ),
    ]
    paces: Annotated[
        list[PaceShareOut], Field(description="The same for each marketplace, the largest first.")
    ]


class JobCheckAnswer(Envelope):
    data: JobCheckOut

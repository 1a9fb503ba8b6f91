from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from control_api.http.requests.moments import Since, Until
from control_api.http.schemas import Answer, Envelope, ListMeta, Moment, Offset, Query


class LimitsOut(Answer):
    """null: no limit."""

    jobsPerMonth: int | None
    targetsPerMonth: int | None
    exportsPerMonth: int | None


class UsedOut(Answer):
    jobsThisMonth: Annotated[int, Field(validation_alias=AliasChoices("jobsThisMonth", "jobs"))]
    targetsThisMonth: Annotated[
        int, Field(validation_alias=AliasChoices("targetsThisMonth", "targets"))
    ]
    exportsThisMonth: Annotated[
        int, Field(validation_alias=AliasChoices("exportsThisMonth", "exports"))
    ]


class CreditsOut(Answer):
    balance: Annotated[int, Field(validation_alias=AliasChoices("balance", "credit_balance"))]
    reserved: Annotated[int, Field(validation_alias=AliasChoices("reserved", "credits_reserved"))]


class UsageOut(Answer):
    limits: LimitsOut
    used: UsedOut
    remaining: LimitsOut
    credits: CreditsOut


class UsageAnswer(Envelope):
    data: UsageOut


class LedgerQuery(Query):
    jobId: Annotated[
        str | None, Field(max_length=100, description="Only movements for this job.")
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=1_000, description="At most so many entries are answered.")
    ] = 100
    cursor: Annotated[
        str | None,
        Field(
            max_length=100,
            description="`meta.nextCursor` of the answer before, to go on with older entries.",
        ),
    ] = None


class LedgerEntryOut(Answer):
    id: str
    kind: Annotated[
        Literal["grant", "reserve", "charge", "release"],
        Field(
            description="`grant` gives credits (or takes them); a job's are reserved at its creation, and charged or "
            "released at its end."
        ),
    ]
    balance: Annotated[int, Field(description="By how much it changed what can be spent.")]
    reserved: Annotated[int, Field(description="By how much it changed what open jobs hold.")]
    jobId: Annotated[str | None, Field(description="The job; `null` where it is for none.")]
    reason: Annotated[str | None, Field(description="Why credits were given; else `null`.")]
    createdAt: Moment


class LedgerMeta(Answer):
    total: Annotated[int, Field(description="How many entries there are, whatever is shown.")]
    nextCursor: Annotated[
        str | None,
        Field(description="To be sent as `cursor` for older entries; `null` at the end."),
    ]


class LedgerAnswer(Envelope):
    data: list[LedgerEntryOut]
    meta: LedgerMeta


class UsageHistoryQuery(Query):
    months: Annotated[
        int, Field(ge=1, le=60, description="So many months, this one among them.")
    ] = 12


class MonthOut(Answer):
    month: Annotated[str, Field(description="The calendar month in UTC, such as `2026-11`.")]
    jobs: Annotated[int, Field(description="Jobs that were created in it.")]
    targets: Annotated[int, Field(description="Their targets.")]
    exports: Annotated[int, Field(description="Files that were exported in it.")]
    creditsCharged: Annotated[int, Field(description="What the jobs cost that ended in it.")]


class UsageHistoryAnswer(Envelope):
    data: list[MonthOut]


class AuditQuery(Query):
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Offset = 0
    action: Annotated[str, Field(max_length=100)] | None = None
    entityType: Annotated[str, Field(max_length=100)] | None = None
    since: Since = None
    until: Until = None


class AuditOut(Answer):
    """E-mail address and names are those of that moment; the objects may be gone since."""

    id: str
    organizationId: str
    userId: str | None
    userEmail: str | None
    userName: str | None
    action: str
    entityType: str
    entityId: str
    entityName: str | None
    metadata: dict[str, Any]
    ip: str | None
    createdAt: Moment


class AuditAnswer(Envelope):
    data: list[AuditOut]
    meta: ListMeta


class PackageOut(Answer):
    id: str
    name: str
    priceCents: int
    currency: str
    credits: int
    bonusCredits: int


class PackagesAnswer(Envelope):
    data: list[PackageOut]

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from control_api.http.moments import Since, Until
from control_api.http.schemas import Answer, Envelope, ListMeta, Offset, Query


class LimitsOut(Answer):
    """null: no limit."""

    jobsPerMonth: int | None
    targetsPerMonth: int | None
    exportsPerMonth: int | None


class UsedOut(Answer):
    jobsThisMonth: int
    targetsThisMonth: int
    exportsThisMonth: int


class CreditsOut(Answer):
    balance: int
    reserved: int


class UsageOut(Answer):
    limits: LimitsOut
    used: UsedOut
    remaining: LimitsOut
    credits: CreditsOut


class UsageAnswer(Envelope):
    data: UsageOut


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
    createdAt: str


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

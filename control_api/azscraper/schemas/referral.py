from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from control_api.http.moments import Since, Until
from control_api.http.schemas import Answer, Body, Envelope, ListMeta, Offset, Query


class PageQuery(Query):
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Offset = 0


class CommissionsQuery(PageQuery):
    since: Since = None
    until: Until = None


class ClickBody(Body):
    referralCode: Annotated[str, Field(min_length=1, max_length=100)]


class LinkPath(BaseModel):
    code: str


class LinkOut(Answer):
    referralCode: str
    referralLink: str


class LinkAnswer(Envelope):
    data: LinkOut


class StatsOut(Answer):
    """`totalCommission` in US dollars."""

    clicks: int
    registrations: int
    activeReferrals: int
    totalCommission: float


class StatsAnswer(Envelope):
    data: StatsOut


class ReferredUserOut(Answer):
    """`email` shows its first letter only; null when the account is gone."""

    id: str
    email: str | None
    isActive: bool
    registeredAt: str


class ReferredUsersAnswer(Envelope):
    data: list[ReferredUserOut]
    meta: ListMeta


class CommissionOut(Answer):
    """`amount` in US dollars, of a purchase of `credits`."""

    id: str
    userId: str
    credits: int
    percent: float
    amount: float
    currency: str
    createdAt: str


class CommissionsAnswer(Envelope):
    data: list[CommissionOut]
    meta: ListMeta

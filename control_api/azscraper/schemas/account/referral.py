from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, Field

from control_api.http.requests.moments import Since, Until
from control_api.http.schemas import (
    Answer,
    Body,
    Envelope,
    ListMeta,
    Moment,
    Number,
    PageQuery,
)


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
    activeReferrals: Annotated[
        int, Field(validation_alias=AliasChoices("activeReferrals", "active"))
    ]
    totalCommission: Number


class StatsAnswer(Envelope):
    data: StatsOut


class CommissionOut(Answer):
    """`amount` in US dollars, of a purchase of `credits`."""

    id: str
    userId: str
    credits: int
    percent: Number
    amount: Number
    currency: str
    createdAt: Moment


class CommissionsAnswer(Envelope):
    data: list[CommissionOut]
    meta: ListMeta

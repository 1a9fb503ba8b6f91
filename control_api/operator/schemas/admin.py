from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, Field, StringConstraints, model_validator

from control_api.http.schemas import (
    Answer,
    Body,
    CountsOut,
    Envelope,
    ListMeta,
    Moment,
    Number,
    PageQuery,
)
from control_api.operator.schemas.nodes import NodeStateOut
from control_api.services.records import JobStatus

Rate = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
_MAX_CREDITS = 1_000_000_000


class IdPath(BaseModel):
    id: str


class ReferralSettingsBody(Body):
    defaultCommissionPercent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class ReferralSettingsOut(Answer):
    defaultCommissionPercent: Number


class ReferralSettingsAnswer(Envelope):
    data: ReferralSettingsOut


class ReferrerOut(Answer):
    id: str
    email: str | None
    clicks: int
    registrations: int
    totalCommission: Number


class ReferrersAnswer(Envelope):
    data: list[ReferrerOut]
    meta: ListMeta


class CrawlRateBody(Body):
    """`marketplaces`: requests a minute by code; null returns one to the default."""

    defaultPerMinute: Rate | None = None
    marketplaces: Annotated[dict[str, Rate | None], Field(max_length=100)] | None = None


Place = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class SettingsBody(Body):
    """What is left out stays. `deliverTo`: places by marketplace code; null asks nothing of a store."""

    crawlRate: CrawlRateBody | None = None
    deliverTo: Annotated[dict[str, Place | None], Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _require_one(self) -> SettingsBody:
        if self.crawlRate is None and self.deliverTo is None:
            raise ValueError("must hold crawlRate or deliverTo")
        return self


class CrawlRateOut(Answer):
    defaultPerMinute: Number
    marketplaces: dict[str, Number]


class SettingsOut(Answer):
    crawlRate: CrawlRateOut
    deliverTo: dict[str, str]


class SettingsAnswer(Envelope):
    data: SettingsOut


class PlanBody(Body):
    plan: Literal["free", "unlimited"]


class CreditsBody(Body):
    amount: Annotated[int, Field(ge=-_MAX_CREDITS, le=_MAX_CREDITS)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class AdminOrganizationOut(Answer):
    id: str
    name: str
    plan: str
    creditBalance: int
    creditsReserved: Annotated[
        int, Field(validation_alias=AliasChoices("creditsReserved", "credit_reserved"))
    ]
    createdAt: Moment


class OrganizationAnswer(Envelope):
    data: AdminOrganizationOut


class OrganizationsAnswer(Envelope):
    data: list[AdminOrganizationOut]
    meta: ListMeta


class AdminJobsQuery(PageQuery):
    status: JobStatus | None = None
    organizationId: Annotated[str, Field(max_length=100)] | None = None


class AdminJobOut(Answer):
    id: str
    organizationId: str
    projectId: str
    type: Annotated[str, Field(validation_alias=AliasChoices("type", "kind"))]
    spider: str
    status: JobStatus
    outcome: str | None
    priority: str
    counts: CountsOut
    resultCount: int
    createdAt: Moment
    startedAt: Moment | None
    completedAt: Moment | None


class AdminJobsAnswer(Envelope):
    data: list[AdminJobOut]
    meta: ListMeta


class CrawlerOut(Answer):
    id: Annotated[str, Field(validation_alias=AliasChoices("id", "owner"))]
    spider: str
    pid: int
    # The label of what was deployed there, else the parsers' version.
    version: str
    startedAt: Moment
    lastBeatSecondsAgo: float


class NodeOut(Answer):
    name: str
    isConfigured: bool
    crawlers: list[CrawlerOut]
    # Of nodes in the fleet; a node that only beats has none of these.
    url: str | None = None
    draining: Annotated[
        bool | None, Field(validation_alias=AliasChoices("draining", "is_draining"))
    ] = None
    slots: int | None = None
    health: NodeStateOut | None = None
    load: Annotated[
        Number | None,
        Field(
            description="Tasks that ran or waited for a processor over the last minute, per core, as "
            "the node's crawlers say; above 1 the machine is short of processors. `null` where no "
            "crawler beats."
        ),
    ]


class NodesAnswer(Envelope):
    data: list[NodeOut]
    meta: ListMeta

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, AliasPath, BaseModel, Field, StringConstraints

from control_api.azscraper.schemas.jobs.job_config import JobConfig
from control_api.http.requests.inputs import Cron, Name, Timezone
from control_api.http.requests.moments import Since, Until
from control_api.http.schemas import (
    Answer,
    Body,
    ChangeBody,
    Envelope,
    ListMeta,
    Moment,
    Number,
    Offset,
    OptionalBody,
    Query,
)
from control_api.services.monitors.kinds.registry import MONITORED
from control_api.services.monitors.monitors import MonitorWanted

FieldNames = Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=50)]
Confirm = Annotated[int, Field(ge=1, le=2)]
TopN = Annotated[int, Field(ge=1, le=1_000)]
Asin = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z0-9]{10}$")]
Asins = Annotated[
    list[Asin], Field(max_length=100), AfterValidator(lambda asins: list(dict.fromkeys(asins)))
]
MinMove = Annotated[int, Field(ge=1, le=1_000)]
_OF_LISTS = ("topN", "asins", "minMove")
ContextPart = Literal["currency", "deliverTo"]
ContextBy = Annotated[list[ContextPart], Field(min_length=1, max_length=2)]
if TYPE_CHECKING:
    MonitorType = str
else:
    MonitorType = Literal[MONITORED]


class MonitorIdPath(BaseModel):
    id: str


class RoundPath(BaseModel):
    id: str
    jobId: str


class PinnedContext(Body):
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def _currency_alone() -> list[ContextPart]:
    return ["currency"]


class CreateMonitorBody(Body):
    name: Name
    type: MonitorType | None = None
    config: JobConfig | None = None
    fromScheduleId: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    cron: Cron | None = None
    timezone: Timezone = "UTC"
    enabled: bool = True
    fields: Annotated[FieldNames, Field(min_length=1)] | None = None
    loud: FieldNames = Field(default_factory=list)
    confirm: Confirm = 1
    question: bool = True
    contextBy: Annotated[ContextBy, Field(default_factory=_currency_alone)]
    context: PinnedContext | None = None
    topN: TopN | None = None
    asins: Asins | None = None
    minMove: MinMove | None = None

    def to_wanted(self) -> MonitorWanted:
        given = self.model_dump(exclude=_unsent(self))
        given["config"] = _config(self.config)
        return MonitorWanted(given=given)


class UpdateMonitorBody(ChangeBody):
    nullable = frozenset({"cron", "fields", "context", "topN"})

    name: Name | None = None
    config: JobConfig | None = None
    cron: Cron | None = None
    timezone: Timezone | None = None
    enabled: bool | None = None
    fields: Annotated[FieldNames, Field(min_length=1)] | None = None
    loud: FieldNames | None = None
    confirm: Confirm | None = None
    question: bool | None = None
    contextBy: ContextBy | None = None
    context: PinnedContext | None = None
    topN: TopN | None = None
    asins: Asins | None = None
    minMove: MinMove | None = None

    def to_wanted(self) -> MonitorWanted:
        given = self.model_dump(exclude_unset=True)
        if self.config is not None:
            given["config"] = _config(self.config)
        return MonitorWanted(given=given)


def _unsent(body: CreateMonitorBody) -> set[str]:
    """What only lists have keeps the type's own value where it is not sent."""
    return {name for name in _OF_LISTS if getattr(body, name) is None}


def _config(config: JobConfig | None) -> dict[str, Any]:
    return config.model_dump(exclude_unset=True) if config else {}


class MonitorsQuery(Query):
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    offset: Offset = 0


class RoundsQuery(Query):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Offset = 0


class StartRoundBody(OptionalBody):
    only: Literal["all", "stale", "failed"] = "all"


class ChecksOut(Answer):
    ok: int
    blocked: int
    failed: int
    notFound: int
    offContext: int
    redirected: int
    late: int
    partial: int


class RoundOut(Answer):
    jobId: str
    status: Literal["running", "completed", "failed", "cancelled"]
    outcome: Literal["succeeded", "partial", "failed", "cancelled"] | None
    startedAt: Moment
    endedAt: Moment | None
    watches: int
    checks: ChecksOut
    questioned: int
    changes: dict[str, int]
    fromCursor: str | None
    toCursor: str | None


def _of_rules(name: str, attribute: str) -> Any:
    """A field that is read from the `rules` of a Monitor, or from an answer's own JSON."""
    return Field(validation_alias=AliasChoices(name, AliasPath("rules", attribute)))


class MonitorOut(Answer):
    id: str
    projectId: str
    organizationId: str
    name: str
    type: Annotated[str, Field(validation_alias=AliasChoices("type", "kind"))]
    config: dict[str, Any]
    cron: str | None
    timezone: str | None
    scheduleId: str | None
    enabled: bool
    nextRunAt: Moment | None
    fields: Annotated[list[str] | None, _of_rules("fields", "fields")]
    loud: Annotated[list[str], _of_rules("loud", "loud")]
    confirm: Annotated[int, _of_rules("confirm", "confirm")]
    question: Annotated[bool, _of_rules("question", "question")]
    contextBy: Annotated[list[ContextPart], _of_rules("contextBy", "context_by")]
    context: dict[str, str] | None
    # Of lists; null elsewhere.
    topN: int | None
    asins: list[str] | None
    minMove: int | None
    watchCount: int
    lastRound: RoundOut | None
    createdAt: Moment
    updatedAt: Moment


class SpanQuery(Query):
    since: Since = None
    until: Until = None


class FreshnessOut(Answer):
    p50Seconds: Annotated[
        int | None, Field(validation_alias=AliasChoices("p50Seconds", "p50_seconds"))
    ]
    p95Seconds: Annotated[
        int | None, Field(validation_alias=AliasChoices("p95Seconds", "p95_seconds"))
    ]
    oldest: Moment | None
    stale24h: Annotated[int, Field(validation_alias=AliasChoices("stale24h", "stale"))]


class MonitorCoverageOut(Answer):
    expected: int
    ok: int
    okPercent: Number | None
    byReason: dict[str, int]
    freshness: FreshnessOut
    missedSlots: int
    skippedSlots: int


class MonitorCoverageAnswer(Envelope):
    data: MonitorCoverageOut


class MonitorAnswer(Envelope):
    data: MonitorOut


class MonitorsAnswer(Envelope):
    data: list[MonitorOut]
    meta: ListMeta


class RoundAnswer(Envelope):
    data: RoundOut


class RoundsAnswer(Envelope):
    data: list[RoundOut]
    meta: ListMeta

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, AliasPath, BaseModel, Field, RootModel

from control_api.http.requests.inputs import Cron, Name, Timezone, changed_name
from control_api.http.schemas import Answer, Body, ChangeBody, Moment
from control_api.services.schedules.schedules import ScheduleRequest

Arguments = dict[str, str | int | float | bool | None]
# Where a schedule keeps what is asked for.
_CONFIG = ("crawl", "config")
SpiderId = Annotated[str, Field(max_length=100)]


class V1SchedulePath(BaseModel):
    id: str


class CreateSpiderScheduleBody(Body):
    spider_id: SpiderId
    cron_expression: Cron
    timezone: Timezone = "UTC"
    enabled: bool = True
    arguments: Arguments = Field(default_factory=dict)
    name: Name | None = None

    def to_request(self) -> ScheduleRequest:
        return ScheduleRequest(name=self.name, timezone=self.timezone, enabled=self.enabled)


class UpdateSpiderScheduleBody(ChangeBody):
    nullable = frozenset({"name"})

    name: Name | None = None
    spider_id: SpiderId | None = None
    cron_expression: Cron | None = None
    timezone: Timezone | None = None
    enabled: bool | None = None
    arguments: Arguments | None = None

    def to_request(self) -> ScheduleRequest:
        return ScheduleRequest(
            name=changed_name(self, self.name),
            cron=self.cron_expression,
            timezone=self.timezone,
            enabled=self.enabled,
        )


class SpiderScheduleOut(Answer):
    id: str
    name: str | None
    spider_id: Annotated[
        str, Field(validation_alias=AliasChoices("spider_id", AliasPath(*_CONFIG, "spiderId")))
    ]
    cron_expression: Annotated[str, Field(validation_alias=AliasChoices("cron_expression", "cron"))]
    timezone: str
    enabled: bool
    arguments: Annotated[
        dict[str, str],
        Field(validation_alias=AliasChoices("arguments", AliasPath(*_CONFIG, "arguments"))),
    ]
    next_run_at: Moment | None
    last_run_at: Moment | None
    last_job_id: str | None
    last_outcome: str | None
    last_reason: str | None
    created_at: Moment
    updated_at: Moment


class SpiderSlotOut(Answer):
    slot_at: Moment
    trigger: Literal["clock", "hand"]
    status: Literal["started", "queued"]
    reason: str | None
    job_id: str | None


class SpiderSchedulesOut(RootModel[list[SpiderScheduleOut]]):
    pass

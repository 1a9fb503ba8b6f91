from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, RootModel

from control_api.azscraper.schemas.base import Answer, Body, ChangeBody
from control_api.azscraper.schemas.schedules import Cron, Timezone
from control_api.services.schedules import ScheduleRequest

Arguments = dict[str, str | int | float | bool | None]
SpiderId = Annotated[str, Field(max_length=100)]


class V1SchedulePath(BaseModel):
    id: str


class CreateSpiderScheduleBody(Body):
    spider_id: SpiderId
    cron_expression: Cron
    timezone: Timezone = "UTC"
    enabled: bool = True
    arguments: Arguments = Field(default_factory=dict)

    def to_request(self) -> ScheduleRequest:
        return ScheduleRequest(timezone=self.timezone, enabled=self.enabled)


class UpdateSpiderScheduleBody(ChangeBody):
    spider_id: SpiderId | None = None
    cron_expression: Cron | None = None
    timezone: Timezone | None = None
    enabled: bool | None = None
    arguments: Arguments | None = None

    def to_request(self) -> ScheduleRequest:
        return ScheduleRequest(
            cron=self.cron_expression, timezone=self.timezone, enabled=self.enabled
        )


class SpiderScheduleOut(Answer):
    id: str
    spider_id: str
    cron_expression: str
    timezone: str
    enabled: bool
    arguments: dict[str, str]
    next_run_at: str | None
    last_run_at: str | None
    last_job_id: str | None
    last_outcome: str | None
    last_reason: str | None
    created_at: str
    updated_at: str


class SpiderSchedulesOut(RootModel[list[SpiderScheduleOut]]):
    pass

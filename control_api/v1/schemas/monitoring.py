from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from control_api.http.schemas import Answer, Number

Health = Literal["healthy", "unhealthy"]


class StatusCounts(Answer):
    pending: int
    running: int
    completed: int
    failed: int
    cancelled: int


class JobStatsOut(Answer):
    """Of the organization's page and spider jobs. `success_rate`: completed of those that completed
    or failed, in percent."""

    status_counts: StatusCounts
    total_items_scraped: Annotated[
        int, Field(validation_alias=AliasChoices("total_items_scraped", "rows"))
    ]
    jobs_last_24h: Annotated[int, Field(validation_alias=AliasChoices("jobs_last_24h", "last_day"))]
    success_rate: Number
    total_jobs: Annotated[int, Field(validation_alias=AliasChoices("total_jobs", "total"))]


class ProxyGroupOut(Answer):
    """`avg_success_rate`: of the proxies that were used, in percent; 0 while none was."""

    count: int
    avg_success_rate: Number


class ProxiesByStatus(Answer):
    active: ProxyGroupOut
    banned: ProxyGroupOut


class ProxiesOut(Answer):
    """The installation's proxies, which all users share."""

    total_proxies: Annotated[int, Field(validation_alias=AliasChoices("total_proxies", "total"))]
    by_status: ProxiesByStatus


class SystemOut(Answer):
    redis: Health
    mongodb: Health
    api: Health
    timestamp: str

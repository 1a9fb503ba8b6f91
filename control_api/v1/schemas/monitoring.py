from __future__ import annotations

from typing import Literal

from control_api.http.schemas import Answer

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
    total_items_scraped: int
    jobs_last_24h: int
    success_rate: float
    total_jobs: int


class ProxyGroupOut(Answer):
    """`avg_success_rate`: of the proxies that were used, in percent; 0 while none was."""

    count: int
    avg_success_rate: float


class ProxiesByStatus(Answer):
    active: ProxyGroupOut
    banned: ProxyGroupOut


class ProxiesOut(Answer):
    """The installation's proxies, which all users share."""

    total_proxies: int
    by_status: ProxiesByStatus


class SystemOut(Answer):
    redis: Health
    mongodb: Health
    api: Health
    timestamp: str

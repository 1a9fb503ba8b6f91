from __future__ import annotations

from flask import Response

from control_api.api_v1.blueprint import v1_blueprint
from control_api.api_v1.statuses import SCRAPEMASTER
from control_api.context import current_actor, services
from control_api.json_text import json_answer, text_from_time
from control_api.scrapemaster.schemas.monitoring import JobStatsOut, SystemOut
from storage.clock import utc_now

monitoring = v1_blueprint("monitoring", "How jobs and servers fare")


@monitoring.get("/monitoring/stats", summary="Jobs by status", responses={200: JobStatsOut})
def get_stats() -> Response:
    stats = services().monitoring.job_stats(current_actor())
    return json_answer(
        {
            "status_counts": {SCRAPEMASTER[status]: n for status, n in stats.counts.items()},
            "total_items_scraped": stats.rows,
            "jobs_last_24h": stats.last_day,
            "success_rate": stats.success_rate,
            "total_jobs": stats.total,
        }
    )


@monitoring.get("/monitoring/system", summary="Servers", responses={200: SystemOut})
def get_system() -> Response:
    reachability = services().reachability
    return json_answer(
        {
            "redis": _health(reachability.redis_trouble()),
            "mongodb": _health(reachability.mongo_trouble()),
            "api": "healthy",
            "timestamp": text_from_time(utc_now()),
        }
    )


def _health(trouble: str | None) -> str:
    return "unhealthy" if trouble else "healthy"

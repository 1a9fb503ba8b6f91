from __future__ import annotations

from datetime import UTC, datetime

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer, text_from_time
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.schemas.monitoring import Health, JobStatsOut, ProxiesOut, SystemOut
from control_api.v1.statuses import SCRAPEMASTER

monitoring = v1_blueprint("monitoring", "How jobs and servers fare")


@monitoring.get("/monitoring/stats", summary="Jobs by status", responses={200: JobStatsOut})
def get_stats() -> Response:
    stats = services().monitoring.job_stats(current_actor())
    counts = {SCRAPEMASTER[status]: n for status, n in stats.counts.items()}
    return json_answer(JobStatsOut.read(stats, status_counts=counts))


@monitoring.get("/monitoring/proxies", summary="Proxies by status", responses={200: ProxiesOut})
def get_proxies() -> Response:
    summary = services().proxies.summary()
    return json_answer(ProxiesOut.read(summary, by_status=summary))


@monitoring.get("/monitoring/system", summary="Servers", responses={200: SystemOut})
def get_system() -> Response:
    reachability = services().reachability
    return json_answer(
        SystemOut(
            redis=_health(reachability.redis_trouble()),
            mongodb=_health(reachability.mongo_trouble()),
            api="healthy",
            timestamp=text_from_time(datetime.now(UTC)),
        )
    )


def _health(trouble: str | None) -> Health:
    return "unhealthy" if trouble else "healthy"

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from control_api.http.context import services
from control_api.http.json_text import json_answer
from control_api.http.schemas import ErrorEnvelope
from control_api.operator.schemas.health import HealthAnswer, LiveAnswer, PartHealth

health = APIBlueprint(
    "health",
    __name__,
    abp_tags=[Tag(name="health", description="For load balancers and operators")],
)


@health.get(
    "/health",
    summary="Readiness: the API, MongoDB and Redis; and whether crawlers live",
    description="503 while MongoDB or Redis is away. Where crawlers are wanted and none lives, `status` is"
    " `error` and `error.crawlers` says since when and why; the answer is 200, for the API serves.",
    responses={200: HealthAnswer, 503: HealthAnswer, 500: ErrorEnvelope},
)
def readiness() -> Response:
    reachability = services().reachability
    troubles = {
        "api": None,
        "mongo": reachability.mongo_trouble(),
        "redis": reachability.redis_trouble(),
    }
    status_code = 503 if any(troubles.values()) else 200
    # Without crawlers the API still takes jobs and gives results, so a load balancer must not take it
    # out: the answer stays 200, and its status does not say ok.
    if troubles["redis"] is None and (trouble := services().crawl_health.trouble()):
        troubles["crawlers"] = trouble
    up = {name: PartHealth(status="up") for name, trouble in troubles.items() if trouble is None}
    down = {
        name: PartHealth(status="down", message=trouble)
        for name, trouble in troubles.items()
        if trouble is not None
    }
    answer = HealthAnswer(
        status="error" if down else "ok", info=up, error=down, details={**up, **down}
    )
    return json_answer(answer, status_code)


@health.get(
    "/health/live",
    summary="Liveness: this process",
    responses={200: LiveAnswer, 500: ErrorEnvelope},
)
def liveness() -> Response:
    return json_answer(LiveAnswer(status="ok"))

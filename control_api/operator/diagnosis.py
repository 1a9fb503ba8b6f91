"""What an operator looks at when nothing moves. Admins only, by the routes' prefix."""

from __future__ import annotations

from flask import Response

from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import services
from control_api.http.json_text import json_answer
from control_api.operator.schemas.diagnosis import (
    DiagnosisAnswer,
    DiagnosisQuery,
    FailuresAnswer,
    FailuresQuery,
    PacesAnswer,
    QueuesAnswer,
)

diagnosis = dialect_blueprint("diagnosis", "Why does nothing move? Admins only")


@diagnosis.get(
    "/admin/diagnosis",
    summary="Why does nothing move?",
    description="Looks for what keeps targets from being crawled: stores, workers, nodes, crawlers, the pace, blocks; with "
    "`organizationId` also credits, the plan and schedules. Each finding says what is seen and what can be done. Admins only.",
    responses={200: DiagnosisAnswer},
)
def get_diagnosis(query: DiagnosisQuery) -> Response:
    return json_answer(DiagnosisAnswer.of(services().diagnosis.diagnose(query.organizationId)))


@diagnosis.get(
    "/admin/queue",
    summary="What waits, by spider",
    description="Counts for each spider of the pool the targets that wait, the seeds in Redis and the crawlers; `meta` tells what "
    "webhooks are behind. Admins only.",
    responses={200: QueuesAnswer},
)
def list_queues() -> Response:
    view = services().operator_view
    found = view.queues()
    meta = {"total": len(found), "webhooks": view.webhooks()}
    return json_answer(QueuesAnswer.of(found, meta=meta))


@diagnosis.get(
    "/admin/failures",
    summary="How targets ended lately",
    description="Counts how the targets of all organizations ended in the last hours, the most frequent first. Admins only.",
    responses={200: FailuresAnswer},
)
def list_failures(query: FailuresQuery) -> Response:
    found = services().operator_view.ends(hours=query.hours)
    data = [
        {"reason": reason, "targets": number, "share": round(100 * number / found.total, 2)}
        for reason, number in found.reasons.items()
    ]
    return json_answer(FailuresAnswer.of(data, meta=found))


@diagnosis.get(
    "/admin/pace",
    summary="The pace of each marketplace",
    description="Tells for each marketplace how many requests may go, how many go, and how long the next one waits. Admins only.",
    responses={200: PacesAnswer},
)
def list_paces() -> Response:
    found = services().operator_view.paces()
    return json_answer(PacesAnswer.of(found, total=len(found)))

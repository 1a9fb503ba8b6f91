from __future__ import annotations

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.v1_errors import V1Error
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.schemas.schedules import (
    CreateSpiderScheduleBody,
    SpiderScheduleOut,
    SpiderSchedulesOut,
    SpiderSlotOut,
    UpdateSpiderScheduleBody,
    V1SchedulePath,
)
from control_api.v1.schemas.spiders import DoneOut

schedules = v1_blueprint("schedules", "Spider jobs that start by the clock")


@schedules.get("/schedules", summary="List schedules", responses={200: SpiderSchedulesOut})
def list_schedules() -> Response:
    found = services().spider_schedules.list_all(current_actor())
    return json_answer([SpiderScheduleOut.model_validate(schedule) for schedule in found])


@schedules.post(
    "/schedules",
    summary="Create a schedule",
    responses={200: SpiderScheduleOut, 409: V1Error, 415: V1Error},
)
def create_schedule(body: CreateSpiderScheduleBody) -> Response:
    schedule = services().spider_schedules.create(
        current_actor(),
        spider_id=body.spider_id,
        cron=body.cron_expression,
        arguments=body.arguments,
        asked=body.to_request(),
    )
    return json_answer(SpiderScheduleOut.model_validate(schedule))


@schedules.get("/schedules/<id>", summary="Get a schedule", responses={200: SpiderScheduleOut})
def get_schedule(path: V1SchedulePath) -> Response:
    return json_answer(
        SpiderScheduleOut.model_validate(services().spider_schedules.get(current_actor(), path.id))
    )


@schedules.patch(
    "/schedules/<id>",
    summary="Change a schedule",
    responses={200: SpiderScheduleOut, 415: V1Error},
)
def update_schedule(path: V1SchedulePath, body: UpdateSpiderScheduleBody) -> Response:
    schedule = services().spider_schedules.update(
        current_actor(),
        path.id,
        spider_id=body.spider_id,
        arguments=body.arguments,
        asked=body.to_request(),
    )
    return json_answer(SpiderScheduleOut.model_validate(schedule))


@schedules.delete("/schedules/<id>", summary="Delete a schedule", responses={200: DoneOut})
def delete_schedule(path: V1SchedulePath) -> Response:
    services().spider_schedules.delete(current_actor(), path.id)
    return json_answer(DoneOut(ok=True))


@schedules.post(
    "/schedules/<id>/run",
    summary="Run a schedule now",
    description="Under the rules of a slot that comes due; also while the schedule is off.",
    responses={200: SpiderSlotOut, 402: V1Error, 409: V1Error},
)
def run_schedule(path: V1SchedulePath) -> Response:
    slot = services().spider_schedules.run(current_actor(), path.id)
    return json_answer(SpiderSlotOut.model_validate(slot))

from __future__ import annotations

from typing import Any

from flask import Response

from control_api.azscraper.answers import jobs_answer, warnings_answer
from control_api.azscraper.jobs.jobs import jobs_wanted
from control_api.azscraper.schemas.account.projects import ProjectPath
from control_api.azscraper.schemas.jobs.jobs import MAX_JOBS, CreateJobBody, JobsAnswer
from control_api.azscraper.schemas.schedules import (
    CreateScheduleBody,
    PreviewAnswer,
    PreviewBody,
    ScheduleAnswer,
    ScheduleIdPath,
    ScheduleJobsQuery,
    SchedulesAnswer,
    SchedulesQuery,
    SlotAnswer,
    SlotsAnswer,
    SlotsQuery,
    UpdateScheduleBody,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.services.jobs.creating.job_request import new_targets_from_request
from control_api.services.records import Schedule
from control_api.services.warnings import RequestWarning

schedules = dialect_blueprint("schedules", "Crawl jobs that start by the clock")


@schedules.post(
    "/projects/<projectId>/schedules",
    summary="Create a schedule",
    responses={201: ScheduleAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def create_schedule(path: ProjectPath, body: CreateScheduleBody) -> Response:
    body.crawlConfig.warn("crawlConfig.config")
    schedule = services().schedules.create(
        current_actor(),
        path.projectId,
        cron=body.cron,
        crawl=body.crawlConfig.to_request(),
        asked=body.to_request(),
    )
    return _answer(schedule, body.crawlConfig, 201)


@schedules.get(
    "/projects/<projectId>/schedules", summary="List schedules", responses={200: SchedulesAnswer}
)
def list_schedules(path: ProjectPath, query: SchedulesQuery) -> Response:
    found, total = services().schedules.list_page(
        current_actor(), path.projectId, limit=query.limit, offset=query.offset
    )
    return json_answer(SchedulesAnswer.of(found, total=total))


@schedules.post(
    "/schedules/preview",
    summary="When a schedule would run",
    description="Says in words what a cron expression means, and when a schedule with it would run next. Nothing is written.",
    responses={200: PreviewAnswer, 415: ErrorEnvelope},
)
def preview_schedule(body: PreviewBody) -> Response:
    found = services().schedules.preview(body.cron, body.timezone, count=body.count)
    runs = [{"at": run, "local": run.isoformat(timespec="seconds")} for run in found.runs]
    data = {"words": found.words, "timezone": body.timezone, "runs": runs}
    return json_answer(PreviewAnswer.of(data))


@schedules.get("/schedules/<id>", summary="Get a schedule", responses={200: ScheduleAnswer})
def get_schedule(path: ScheduleIdPath) -> Response:
    return json_answer(ScheduleAnswer.of(services().schedules.get(current_actor(), path.id)))


@schedules.patch(
    "/schedules/<id>",
    summary="Change a schedule",
    responses={200: ScheduleAnswer, 415: ErrorEnvelope},
)
def update_schedule(path: ScheduleIdPath, body: UpdateScheduleBody) -> Response:
    if body.crawlConfig:
        body.crawlConfig.warn("crawlConfig.config")
    schedule = services().schedules.update(current_actor(), path.id, body.to_request())
    return _answer(schedule, body.crawlConfig)


@schedules.delete("/schedules/<id>", summary="Delete a schedule", responses={200: OkAnswer})
def delete_schedule(path: ScheduleIdPath) -> Response:
    services().schedules.delete(current_actor(), path.id)
    return done()


@schedules.get(
    "/schedules/<id>/slots",
    summary="List what became of each due time",
    responses={200: SlotsAnswer},
)
def list_slots(path: ScheduleIdPath, query: SlotsQuery) -> Response:
    found, total = services().schedules.list_slots(
        current_actor(), path.id, limit=query.limit, offset=query.offset
    )
    return json_answer(SlotsAnswer.of(found, total=total))


@schedules.post(
    "/schedules/<id>/run",
    summary="Run a schedule now",
    description="Under the rules of a slot that comes due; also while the schedule is off.",
    responses={201: SlotAnswer, 402: ErrorEnvelope, 403: ErrorEnvelope, 409: ErrorEnvelope},
)
def run_schedule(path: ScheduleIdPath) -> Response:
    slot = services().schedules.run(current_actor(), path.id)
    return json_answer(SlotAnswer.of(slot), 201)


@schedules.get(
    "/schedules/<id>/jobs",
    summary="List a schedule's jobs",
    responses={200: JobsAnswer},
)
def list_schedule_jobs(path: ScheduleIdPath, query: ScheduleJobsQuery) -> Response:
    schedule = services().schedules.get(current_actor(), path.id)
    views, total = services().jobs.list_page(
        current_actor(),
        schedule.project_id,
        wanted=jobs_wanted(query, schedule_id=schedule.id),
        limit=min(query.limit, MAX_JOBS),
        offset=query.offset,
    )
    return json_answer(jobs_answer(views, total))


def _answer(schedule: Schedule, crawl: CreateJobBody | None, status: int = 200) -> Response:
    answer = {"data": schedule, **_warnings(crawl)}
    return json_answer(ScheduleAnswer.model_validate(answer), status)


def _warnings(crawl: CreateJobBody | None) -> dict[str, Any]:
    """What of the targets was not taken as it was sent; their paths are those of a job's body."""
    if crawl is None:
        return {}
    return warnings_answer(
        [
            RequestWarning(f"crawlConfig.{warning.path}", warning.message)
            for warning in new_targets_from_request(crawl.to_request()).warnings
        ]
    )

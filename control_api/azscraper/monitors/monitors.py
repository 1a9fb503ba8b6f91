from __future__ import annotations

from flask import Response

from control_api.azscraper.answers import job_answer
from control_api.azscraper.schemas.account.projects import ProjectPath
from control_api.azscraper.schemas.jobs.jobs import JobAnswer
from control_api.azscraper.schemas.monitors.monitors import (
    CreateMonitorBody,
    MonitorAnswer,
    MonitorCoverageAnswer,
    MonitorIdPath,
    MonitorOut,
    MonitorsAnswer,
    MonitorsQuery,
    RoundAnswer,
    RoundPath,
    RoundsAnswer,
    RoundsQuery,
    SpanQuery,
    StartRoundBody,
    UpdateMonitorBody,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.requests.request_headers import IdempotencyHeader
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.monitor_events import round_data
from control_api.services.monitors.monitors import MonitorView
from control_api.services.monitors.rounds.round_drafts import Only

monitors = dialect_blueprint(
    "monitors", "Products, keywords and lists that are followed over many jobs"
)


@monitors.post(
    "/projects/<projectId>/monitors",
    summary="Create a monitor",
    responses={201: MonitorAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def create_monitor(path: ProjectPath, body: CreateMonitorBody) -> Response:
    view = services().monitors.create(current_actor(), path.projectId, body.to_wanted())
    return json_answer(MonitorAnswer.of(_monitor_answer(view)), 201)


@monitors.get(
    "/projects/<projectId>/monitors", summary="List monitors", responses={200: MonitorsAnswer}
)
def list_monitors(path: ProjectPath, query: MonitorsQuery) -> Response:
    found, total = services().monitors.list_page(
        current_actor(), path.projectId, limit=query.limit, offset=query.offset
    )
    shown = [_monitor_answer(view) for view in found]
    return json_answer(MonitorsAnswer.of(shown, total=total))


@monitors.get("/monitors/<id>", summary="Get a monitor", responses={200: MonitorAnswer})
def get_monitor(path: MonitorIdPath) -> Response:
    view = services().monitors.get_view(current_actor(), path.id)
    return json_answer(MonitorAnswer.of(_monitor_answer(view)))


@monitors.patch(
    "/monitors/<id>",
    summary="Change a monitor",
    responses={200: MonitorAnswer, 415: ErrorEnvelope},
)
def update_monitor(path: MonitorIdPath, body: UpdateMonitorBody) -> Response:
    view = services().monitors.update(current_actor(), path.id, body.to_wanted())
    return json_answer(MonitorAnswer.of(_monitor_answer(view)))


@monitors.delete("/monitors/<id>", summary="Delete a monitor", responses={200: OkAnswer})
def delete_monitor(path: MonitorIdPath) -> Response:
    services().monitors.delete(current_actor(), path.id)
    return done()


@monitors.post(
    "/monitors/<id>/rounds",
    summary="Start a round now",
    responses={
        201: JobAnswer,
        402: ErrorEnvelope,
        403: ErrorEnvelope,
        409: ErrorEnvelope,
        415: ErrorEnvelope,
        422: ErrorEnvelope,
    },
)
def start_round(path: MonitorIdPath, body: StartRoundBody, header: IdempotencyHeader) -> Response:
    created = services().rounds.start(
        current_actor(), path.id, Only(body.only), idempotency_key=header.idempotency_key
    )
    response = json_answer(JobAnswer.of(job_answer(created.view)), 201)
    if created.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@monitors.get("/monitors/<id>/rounds", summary="List rounds", responses={200: RoundsAnswer})
def list_rounds(path: MonitorIdPath, query: RoundsQuery) -> Response:
    found, total = services().monitors.list_rounds(
        current_actor(), path.id, limit=query.limit, offset=query.offset
    )
    return json_answer(RoundsAnswer.of([round_data(one) for one in found], total=total))


@monitors.get("/monitors/<id>/rounds/<jobId>", summary="Get a round", responses={200: RoundAnswer})
def get_round(path: RoundPath) -> Response:
    found = services().monitors.get_round(current_actor(), path.id, path.jobId)
    return json_answer(RoundAnswer.of(round_data(found)))


@monitors.get(
    "/monitors/<id>/coverage",
    summary="Get a monitor's coverage",
    responses={200: MonitorCoverageAnswer},
)
def get_coverage(path: MonitorIdPath, query: SpanQuery) -> Response:
    found = services().coverages.get(current_actor(), path.id, since=query.since, until=query.until)
    return json_answer(MonitorCoverageAnswer.of(found))


def _monitor_answer(view: MonitorView) -> MonitorOut:
    monitor, schedule, rules = view.monitor, view.schedule, view.monitor.rules
    kind = KINDS[monitor.kind]
    of_lists = {"topN": rules.top_n or kind.places, "asins": rules.asins, "minMove": rules.min_move}
    return MonitorOut.read(
        monitor,
        cron=schedule.cron if schedule else None,
        timezone=schedule.timezone if schedule else None,
        nextRunAt=schedule.next_run_at if schedule else None,
        context=rules.context or None,
        lastRound=round_data(view.last_round) if view.last_round else None,
        **(of_lists if kind.table.has_places else dict.fromkeys(of_lists)),
    )

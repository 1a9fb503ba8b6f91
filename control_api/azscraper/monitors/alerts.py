from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.monitors.alerts import (
    AlertAnswer,
    AlertIdPath,
    AlertPreviewAnswer,
    AlertPreviewOut,
    AlertsAnswer,
    CreateAlertBody,
    FiringsAnswer,
    FiringsQuery,
    PreviewAlertBody,
    UpdateAlertBody,
    WouldFireOut,
)
from control_api.azscraper.schemas.monitors.monitors import MonitorIdPath
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.services.monitors.alerts.alert_previews import WouldFire
from control_api.services.monitors.shown_values import percent_moved, shown_value

alerts = dialect_blueprint("alerts", "Conditions that are told to webhooks when they come true")


@alerts.post(
    "/monitors/<id>/alerts",
    summary="Create an alert",
    responses={201: AlertAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def create_alert(path: MonitorIdPath, body: CreateAlertBody) -> Response:
    alert = services().alerts.create(current_actor(), path.id, body.to_given())
    return json_answer(AlertAnswer.of(alert), 201)


@alerts.post(
    "/monitors/<id>/alerts/preview",
    summary="Try an alert on the past",
    responses={200: AlertPreviewAnswer, 415: ErrorEnvelope},
)
def preview_alert(path: MonitorIdPath, body: PreviewAlertBody) -> Response:
    found = services().alert_previews.preview(
        current_actor(), path.id, body.to_given(), days=body.days
    )
    first = [_would_fire_answer(one) for one in found.first]
    return json_answer(AlertPreviewAnswer.of(AlertPreviewOut.read(found, first=first)))


@alerts.get("/monitors/<id>/alerts", summary="List alerts", responses={200: AlertsAnswer})
def list_alerts(path: MonitorIdPath) -> Response:
    found = services().alerts.list_all(current_actor(), path.id)
    return json_answer(AlertsAnswer.of(found, total=len(found)))


@alerts.get("/alerts/<id>", summary="Get an alert", responses={200: AlertAnswer})
def get_alert(path: AlertIdPath) -> Response:
    return json_answer(AlertAnswer.of(services().alerts.get(current_actor(), path.id)))


@alerts.patch(
    "/alerts/<id>",
    summary="Change an alert",
    responses={200: AlertAnswer, 415: ErrorEnvelope},
)
def update_alert(path: AlertIdPath, body: UpdateAlertBody) -> Response:
    alert = services().alerts.update(current_actor(), path.id, body.to_given())
    return json_answer(AlertAnswer.of(alert))


@alerts.delete("/alerts/<id>", summary="Delete an alert", responses={200: OkAnswer})
def delete_alert(path: AlertIdPath) -> Response:
    services().alerts.delete(current_actor(), path.id)
    return done()


@alerts.get(
    "/alerts/<id>/firings", summary="List an alert's firings", responses={200: FiringsAnswer}
)
def list_firings(path: AlertIdPath, query: FiringsQuery) -> Response:
    page = services().alerts.list_firings(
        current_actor(), path.id, limit=query.limit, cursor=query.cursor
    )
    return json_answer(FiringsAnswer.of([one.data for one in page.firings], meta=page))


def _would_fire_answer(one: WouldFire) -> WouldFireOut:
    fired, name = one.fired, one.fired.field
    return WouldFireOut.read(
        fired,
        watchId=one.watch.id,
        value=one.watch.value,
        label=one.watch.label,
        before=shown_value(name, fired.before, one.currency),
        after=shown_value(name, fired.after, one.currency),
        deltaPercent=percent_moved(fired.before, fired.after),
    )

from __future__ import annotations

from flask import Response

from control_api.azscraper.monitors.watch_answers import (
    compact_answer,
    history_answer,
    top_answer,
    watch_answer,
)
from control_api.azscraper.schemas.monitors.monitors import MonitorIdPath
from control_api.azscraper.schemas.monitors.watches import (
    AddedAnswer,
    AddedOut,
    AddWatchesBody,
    ChecksAnswer,
    ChecksQuery,
    HistoryQuery,
    ImportQuery,
    UpdateWatchBody,
    WatchAnswer,
    WatchesAnswer,
    WatchesFile,
    WatchesQuery,
    WatchHistoryAnswer,
    WatchIdPath,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.services.monitors.watches.watch_table import lines_of_table

watches = dialect_blueprint("watches", "What a monitor follows, and what is known of each")


@watches.post(
    "/monitors/<id>/watches",
    summary="Add watches",
    responses={201: AddedAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def add_watches(path: MonitorIdPath, body: AddWatchesBody) -> Response:
    added = services().watches.add(current_actor(), path.id, body.to_asked(), strict=body.strict)
    return json_answer(AddedAnswer.of(AddedOut.read(added, without=["disabled"])), 201)


@watches.post(
    "/monitors/<id>/watches/import",
    summary="Import watches from a CSV file",
    responses={201: AddedAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def import_watches(path: MonitorIdPath, query: ImportQuery, raw: WatchesFile) -> Response:
    replaces = query.mode == "replace"
    added = services().watches.import_table(
        current_actor(), path.id, lines_of_table(raw.get_data()), replaces=replaces
    )
    shown = AddedOut.read(added, without=[] if replaces else ["disabled"])
    return json_answer(AddedAnswer.of(shown), 201)


@watches.get("/monitors/<id>/watches", summary="List watches", responses={200: WatchesAnswer})
def list_watches(path: MonitorIdPath, query: WatchesQuery) -> Response:
    page = services().watches.list_page(
        current_actor(), path.id, query.wanted, limit=query.limit, cursor=query.cursor
    )
    return json_answer(WatchesAnswer.of([watch_answer(one) for one in page.watches], meta=page))


@watches.get("/watches/<id>", summary="Get a watch", responses={200: WatchAnswer})
def get_watch(path: WatchIdPath) -> Response:
    watch = services().watches.get(current_actor(), path.id)
    alone: dict[str, object] = {"top": top_answer(watch)}
    lowest = services().histories.lowest(watch)
    if lowest is not None:
        alone["lowest"] = {"amount": lowest.step.value, "at": lowest.step.at, "days": lowest.days}
    return json_answer(WatchAnswer.of(watch_answer(watch, **alone)))


@watches.patch(
    "/watches/<id>",
    summary="Change a watch",
    responses={200: WatchAnswer, 415: ErrorEnvelope},
)
def update_watch(path: WatchIdPath, body: UpdateWatchBody) -> Response:
    watch = services().watches.update(
        current_actor(), path.id, body.to_given(), relearns=body.relearnContext
    )
    return json_answer(WatchAnswer.of(watch_answer(watch)))


@watches.delete("/watches/<id>", summary="Delete a watch", responses={200: OkAnswer})
def delete_watch(path: WatchIdPath) -> Response:
    services().watches.delete(current_actor(), path.id)
    return done()


@watches.get(
    "/watches/<id>/checks", summary="List the looks at a watch", responses={200: ChecksAnswer}
)
def list_checks(path: WatchIdPath, query: ChecksQuery) -> Response:
    skip = int(query.cursor or 0)
    found, has_more = services().histories.checks(
        current_actor(), path.id, limit=query.limit, skip=skip
    )
    more = str(skip + len(found)) if has_more else None
    return json_answer(ChecksAnswer.of(found, meta={"nextCursor": more}))


@watches.get(
    "/watches/<id>/history", summary="Get a watch's history", responses={200: WatchHistoryAnswer}
)
def get_history(path: WatchIdPath, query: HistoryQuery) -> Response:
    wanted, histories, actor = query.wanted, services().histories, current_actor()
    if query.form == "steps":
        return json_answer(history_answer(histories.steps(actor, path.id, wanted)))
    if query.form == "compact":
        return json_answer(compact_answer(histories.numbers(actor, path.id, wanted)))
    found = histories.buckets(
        actor,
        path.id,
        wanted,
        points=query.points,
        bucket=query.bucket,
        timezone=query.tz,
    )
    return json_answer(history_answer(found, shows_cells=True))

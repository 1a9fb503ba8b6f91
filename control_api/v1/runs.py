"""What a spider job's run gave and said. Both can be read while it runs."""

from __future__ import annotations

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer, json_as_it_is
from control_api.http.rows.row_fields import shape_of
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.schemas.jobs import V1JobPath
from control_api.v1.schemas.runs import ItemsOut, ItemsQuery, LogsOut, LogsQuery

runs = v1_blueprint("runs", "Items and logs of spider jobs")


@runs.get("/jobs/<id>/items", summary="Get a spider job's items", responses={200: ItemsOut})
def get_items(path: V1JobPath, query: ItemsQuery) -> Response:
    rows = services().spider_jobs.list_items(
        current_actor(), path.id, limit=query.limit, offset=query.offset
    )
    job = services().results.get_job(current_actor(), path.id)
    shape = shape_of(
        job,
        services().results.rows_of(job),
        fields=query.fields,
        has_provenance=query.provenance,
    )
    return json_as_it_is([shape.of(row.data) for row in rows])


@runs.get(
    "/jobs/<id>/logs",
    summary="Get a spider job's log",
    description="Lines from number `offset` on. The oldest go when the log grows over 1 MiB.",
    responses={200: LogsOut},
)
def get_logs(path: V1JobPath, query: LogsQuery) -> Response:
    page = services().spider_jobs.read_log(
        current_actor(), path.id, limit=query.limit, offset=query.offset
    )
    return json_answer(LogsOut.model_validate(page))

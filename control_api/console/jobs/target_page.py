"""One target of a job: what became of it, why, what can be done, its rows, and a row as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson
from flask import render_template, request

from control_api.console.blueprint import console
from control_api.console.jobs.rows import rows_page
from control_api.console.jobs.targets import shown_target
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_bytes
from control_api.services.errors import NotFound

SAVED_PAGES_SHOWN = 20
# A row's place in its target: page and position.
_PLACE = re.compile(r"^(\d{1,4})\.(\d{1,5})$")


@dataclass(frozen=True, slots=True)
class WholeRow:
    """`text`: the row as the API gives it."""

    place: str
    text: str


@console.page(
    "/jobs/<id>/targets/<int:index>",
    api=(
        "GET /jobs/{id}",
        "GET /jobs/{id}/targets",
        "GET /jobs/{id}/results",
        "GET /jobs/{id}/pages",
    ),
)
def job_target(id: str, index: int) -> str:  # noqa: A002 (the address' word)
    found = services().jobs.get_target(current_actor(), id, index)
    place = request.args.get("row")
    saved = services().saved_pages.list_page(
        current_actor(), id, target=index, limit=SAVED_PAGES_SHOWN
    )
    return render_template(
        "jobs/target.html",
        job=found.job,
        shown=shown_target(found.target, found.job),
        rows=rows_page(found.job, index),
        saved=saved,
        whole=_whole_row(id, index, place) if place else None,
    )


def _whole_row(job_id: str, index: int, place: str) -> WholeRow:
    read = _PLACE.match(place)
    if read is None:
        raise NotFound("Row not found")
    page, position = int(read[1]), int(read[2])
    row = services().results.get_row(current_actor(), job_id, index, page=page, position=position)
    text = orjson.dumps(orjson.loads(json_bytes(row.data)), option=orjson.OPT_INDENT_2).decode()
    return WholeRow(f"page {page}, place {position}", text)

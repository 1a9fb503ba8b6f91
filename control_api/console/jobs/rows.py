"""The table of a job's rows, a page at a time by cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from control_api.console.jobs.cells import Cell, Path, cells_of, chosen_columns, columns_of
from control_api.http.context import current_actor, services
from control_api.services.records import Job

PER_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """Rows `first` to `last` of `total`; the paths lead to the next page and to the first."""

    columns: Sequence[str]
    choices: Sequence[str]
    cells: Sequence[Sequence[Cell]]
    first: int
    last: int
    total: int
    next_path: str | None
    start_path: str | None


def rows_page(job: Job) -> RowsPage:
    cursor = request.args.get("cursor")
    # Where the cursor stands, as the earlier page said; only for the line above the table.
    before = max(0, request.args.get("before", 0, type=int)) if cursor else 0
    asked = request.args.getlist("column")
    page = services().results.get_page(current_actor(), job.id, limit=PER_PAGE, cursor=cursor)
    choices = columns_of(job, page.rows)
    columns = chosen_columns(choices, asked)
    last = before + len(page.rows)
    return RowsPage(
        columns=_names(columns),
        choices=_names(choices),
        cells=[cells_of(row, columns) for row in page.rows],
        first=before + 1 if page.rows else 0,
        last=last,
        total=page.total,
        next_path=_path(job, asked, page.next_cursor, last) if page.next_cursor else None,
        start_path=_path(job, asked, None, 0) if cursor else None,
    )


def _names(columns: Sequence[Path]) -> list[str]:
    return [".".join(path) for path in columns]


def _path(job: Job, asked: Sequence[str], cursor: str | None, before: int) -> str:
    query = [("column", name) for name in asked]
    if cursor is not None:
        query += [("cursor", cursor), ("before", str(before))]
    return f"/console/jobs/{job.id}" + (f"?{urlencode(query)}" if query else "")

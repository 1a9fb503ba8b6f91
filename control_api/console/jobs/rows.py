"""The table of a job's rows, a page at a time by cursor; with a text, the rows that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from flask import request

from control_api.console.jobs.cells import Cell, Path, cells_of, chosen_columns, columns_of
from control_api.console.jobs.kept_columns import columns_asked
from control_api.console.pictures import picture_of_row
from control_api.http.context import current_actor, services
from control_api.services.jobs.results import ResultsPage
from control_api.services.records import Job, Row

PER_PAGE = 100
MAX_TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """`path` leads to the whole row, `picture` to the product's."""

    number: int
    path: str
    picture: str | None
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """Rows `first` to `last` of `total`, or with a text: of its matches in the first `read` rows.

    The paths lead to the next page, to the one before, and to the first.
    """

    columns: Sequence[str]
    choices: Sequence[str]
    asked_columns: Sequence[str]
    text: str
    rows: Sequence[ShownRow]
    first: int
    last: int
    read: int
    total: int
    next_path: str | None
    previous_path: str | None
    start_path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A place in the job's rows, as a link of an earlier page names it.

    `shown` and `read`: how many rows stand before the place, of those that are shown and of all; only for
    the line above the table. `back`: the page before the place is meant.
    """

    base: str
    columns: Sequence[str] = ()
    text: str = ""
    cursor: str | None = None
    back: str | None = None
    shown: int = 0
    read: int = 0

    @classmethod
    def of_request(cls, base: str, columns: Sequence[str]) -> Self:
        asked = request.args
        back = asked.get("back")
        cursor = None if back else asked.get("cursor")
        is_start = not (back or cursor)
        return cls(
            base=base,
            columns=columns,
            text=asked.get("q", "")[:MAX_TEXT_LENGTH],
            cursor=cursor,
            back=back,
            shown=0 if is_start else _count("shown"),
            read=0 if is_start else _count("read"),
        )

    def path(self) -> str:
        query = [("column", name) for name in self.columns]
        query += [("q", self.text)] if self.text else []
        for name, place in (("cursor", self.cursor), ("back", self.back)):
            if place is not None:
                query += [(name, place), ("shown", str(self.shown)), ("read", str(self.read))]
        return self.base + (f"?{urlencode(query)}" if query else "")


def is_first_page() -> bool:
    """Of all rows and in the usual columns: what a page of an open job keeps up to date."""
    return not {"cursor", "back", "q", "column"} & request.args.keys()


def rows_page(job: Job, target: int | None = None) -> RowsPage:
    """`target`: only the rows of the one at this index."""
    of_target = f"/targets/{target}" if target is not None else ""
    asked = _Asked.of_request(f"/console/jobs/{job.id}{of_target}", columns_asked(job.kind))
    page = _page(job, asked, target)
    choices = columns_of(job, page.rows)
    columns = chosen_columns(choices, asked.columns)
    passed = len(page.rows) if page.scanned is None else page.scanned
    begin, end = _ends(asked, len(page.rows), passed)
    next_path = previous_path = None
    if page.next_cursor is not None:
        next_path = replace(end, cursor=page.next_cursor, back=None).path()
    if page.previous_cursor is not None:
        previous_path = replace(begin, cursor=None, back=page.previous_cursor).path()
    return RowsPage(
        columns=_names(columns),
        choices=_names(choices),
        asked_columns=asked.columns,
        text=asked.text,
        rows=[
            ShownRow(
                number=number,
                path=path_of_row(row),
                picture=picture_of_row(row.data),
                cells=cells_of(row, columns),
            )
            for number, row in enumerate(page.rows, start=begin.shown + 1)
        ],
        first=begin.shown + 1 if page.rows else 0,
        last=end.shown,
        read=end.read,
        total=page.total,
        next_path=next_path,
        previous_path=previous_path,
        start_path=None
        if asked.cursor is None and asked.back is None
        else replace(asked, cursor=None, back=None).path(),
    )


def path_of_row(row: Row) -> str:
    """A row's key is its job, target, page and position."""
    job_id, target, *place = row.key.split(":")
    return f"/console/jobs/{job_id}/targets/{int(target)}?row={'.'.join(place)}"


def _page(job: Job, asked: _Asked, target: int | None) -> ResultsPage:
    results, actor = services().results, current_actor()
    cursor, back = asked.cursor, asked.back
    if asked.text:
        return results.search(
            actor, job.id, asked.text, limit=PER_PAGE, cursor=cursor, before=back, target=target
        )
    if back is not None:
        return results.get_page_before(actor, job.id, limit=PER_PAGE, before=back, target=target)
    return results.get_page(actor, job.id, limit=PER_PAGE, cursor=cursor, target=target)


def _ends(asked: _Asked, shown: int, read: int) -> tuple[_Asked, _Asked]:
    """Where the page begins and where it ends: a page before a place ends there."""
    if asked.back is None:
        return asked, replace(asked, shown=asked.shown + shown, read=asked.read + read)
    begin = replace(asked, shown=max(0, asked.shown - shown), read=max(0, asked.read - read))
    return begin, replace(asked, shown=begin.shown + shown)


def _count(name: str) -> int:
    return max(0, request.args.get(name, 0, type=int))


def _names(columns: Sequence[Path]) -> list[str]:
    return [".".join(path) for path in columns]

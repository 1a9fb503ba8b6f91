"""Saved pages of a target: what was kept, what each field was read from, and what is read otherwise today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, render_template, request

from control_api.console.blueprint import console
from control_api.console.same_call import curl
from control_api.http.context import current_actor, services
from control_api.http.rows.saved_page_file import page_file, page_look, page_source
from control_api.services.errors import InvalidInput, NotFound
from control_api.services.jobs.jobs import JobTarget
from control_api.services.pages.comparison import RowState
from control_api.services.pages.saved_pages import (
    FoundPage,
    SavedPagesPage,
    extract_command,
)
from control_api.services.records import SavedPage
from spiders.types.registry import TYPE_OF_NAME

# More of one target are not shown; its list of the API has them.
MAX_LISTED = 100
MAX_ROWS = 100
MAX_VALUE = 300

_PAGE = "/jobs/<id>/targets/<int:index>/page"
_API = "/jobs/{id}/targets/{index}/page"


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    value: str
    won: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`others`: the sources that lost; `winner` empty: the field has one source, or none has it."""

    name: str
    value: str
    winner: str
    others: Sequence[Source]
    read_in: str


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    stored: str
    now: str


@dataclass(frozen=True, slots=True)
class Row:
    state: str
    place: str
    changes: Sequence[Change]


_WORDS = {
    RowState.CHANGED: "read otherwise",
    RowState.ONLY_STORED: "stored, and not read any more",
    RowState.ONLY_NOW: "read now, and not stored",
}


@console.page(_PAGE, api=("GET /jobs/{id}/pages", f"GET {_API}"))
def saved_page(id: str, index: int) -> str:  # noqa: A002 (the address' word)
    pages, page = _chosen(id, index)
    if page is None:
        return _rendered("page", id, index, pages, None)
    found = services().saved_pages.get(current_actor(), id, index, page.number)
    return _rendered(
        "page",
        id,
        index,
        pages,
        page,
        command=extract_command(found.file_name, page),
        calls=[
            curl("GET", f"/jobs/{id}/targets/{index}/page{rest}?number={page.number}")
            for rest in ("", "/explain", "/replay")
        ],
    )


@console.page(f"{_PAGE}/explain", api=("GET /jobs/{id}/pages", f"GET {_API}/explain"))
def saved_page_explained(id: str, index: int) -> str:  # noqa: A002
    pages, page = _chosen(id, index)
    if page is None or not _is_readable(pages):
        return _rendered("explain", id, index, pages, page)
    reading = services().saved_pages.explain(current_actor(), id, index, page.number)
    fields = [_field(one) for one in reading.read.get("fields", ())]
    return _rendered(
        "explain",
        id,
        index,
        pages,
        page,
        reading=reading,
        fields=fields,
        is_traced=any(one.winner or one.others for one in fields),
    )


@console.page(f"{_PAGE}/replay", api=("GET /jobs/{id}/pages", f"GET {_API}/replay"))
def saved_page_replayed(id: str, index: int) -> str:  # noqa: A002
    pages, page = _chosen(id, index)
    if page is None or not _is_readable(pages):
        return _rendered("replay", id, index, pages, page)
    replay = services().saved_pages.replay(current_actor(), id, index, page.number)
    comparison = replay.comparison
    rows = [
        Row(
            _WORDS[row.state],
            "" if row.page is None else f"{row.page}.{row.position}",
            [Change(one.field, _text(one.stored), _text(one.now)) for one in row.changes],
        )
        for row in (comparison.rows if comparison else ())
        if row.state is not RowState.SAME
    ]
    return _rendered(
        "replay",
        id,
        index,
        pages,
        page,
        reading=replay.reading,
        comparison=comparison,
        same=comparison.count(RowState.SAME) if comparison else 0,
        rows=rows[:MAX_ROWS],
        row_count=len(rows),
    )


@console.page(f"{_PAGE}/file", api=(f"GET {_API}",))
def saved_page_file(id: str, index: int) -> Response:  # noqa: A002
    return page_file(_found(id, index))


@console.page(f"{_PAGE}/source", api=(f"GET {_API}",))
def saved_page_source(id: str, index: int) -> Response:  # noqa: A002
    return page_source(_found(id, index))


@console.page(f"{_PAGE}/look", api=(f"GET {_API}",))
def saved_page_look(id: str, index: int) -> Response:  # noqa: A002
    """For the frame of the page above alone."""
    if request.headers.get("Sec-Fetch-Dest", "iframe") != "iframe":
        raise NotFound("A saved page is shown within the page of its target")
    return page_look(_found(id, index))


def _found(job_id: str, index: int) -> FoundPage:
    return services().saved_pages.get(current_actor(), job_id, index, _number())


def _chosen(job_id: str, index: int) -> tuple[SavedPagesPage, SavedPage | None]:
    """The target's pages, and the one that is asked for: the last one, unless the address names another."""
    pages = services().saved_pages.list_page(
        current_actor(), job_id, target=index, limit=MAX_LISTED
    )
    number = _number()
    if number is None:
        return pages, pages.pages[-1] if pages.pages else None
    for page in pages.pages:
        if page.number == number:
            return pages, page
    raise NotFound("No such page is kept")


def _number() -> int | None:
    text = request.args.get("number", "")
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 1_000:
        raise InvalidInput("number is a page's place among those of its target, from 1")
    return int(text)


def _is_readable(pages: SavedPagesPage) -> bool:
    known = TYPE_OF_NAME.get(pages.job.kind)
    return known is not None and known.page is not None


def _rendered(
    tab: str, job_id: str, index: int, pages: SavedPagesPage, page: SavedPage | None, **parts: Any
) -> str:
    found: JobTarget = services().jobs.get_target(current_actor(), job_id, index)
    base = f"/console/jobs/{job_id}/targets/{index}/page"
    return render_template(
        "jobs/saved_page.html",
        tab=tab,
        job=found.job,
        target=found.target,
        pages=pages,
        page=page,
        base=base,
        query=f"?number={page.number}" if page else "",
        is_readable=_is_readable(pages),
        is_html=page is not None and "json" not in page.headers.get("content-type", ""),
        **parts,
    )


def _field(one: Mapping[str, Any]) -> Field:
    sources = [Source(each["name"], _text(each["value"]), each["won"]) for each in one["sources"]]
    return Field(
        name=one["field"],
        value=_text(one["value"]),
        winner=next((each.name for each in sources if each.won), ""),
        others=[each for each in sources if not each.won],
        read_in=one["readIn"] or "",
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"

"""Pages as they were fetched: listed, downloaded, explained, and read again."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Response

from control_api.azscraper.schemas.jobs.jobs import JobPath
from control_api.azscraper.schemas.jobs.saved_pages import (
    ExplanationAnswer,
    ExplanationOut,
    PageReadingOut,
    ReplayAnswer,
    ReplayCountsOut,
    ReplayOut,
    SavedPageOut,
    SavedPagePath,
    SavedPageQuery,
    SavedPagesAnswer,
    SavedPagesQuery,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.rows.saved_page_file import PAGE_FILE, page_file
from control_api.http.schemas import ErrorEnvelope
from control_api.services.pages.comparison import Comparison, RowState
from control_api.services.pages.saved_pages import Reading
from control_api.services.records import SavedPage

saved_pages = dialect_blueprint("saved-pages", "Pages as they were fetched")

_ReadingOut = TypeVar("_ReadingOut", bound=PageReadingOut)


@saved_pages.get(
    "/jobs/<id>/pages",
    summary="List the saved pages of a job",
    description="Lists the pages that were kept as they were fetched, in the order of their targets. Those of a target that "
    "has not ended yet are left out. Pages are kept where the installation's `KEEP_PAGES` is `failed` or `all`, for some days.",
    responses={200: SavedPagesAnswer},
)
def list_saved_pages(path: JobPath, query: SavedPagesQuery) -> Response:
    found = services().saved_pages.list_page(
        current_actor(), path.id, target=query.target, limit=query.limit, offset=query.offset
    )
    return json_answer(SavedPagesAnswer.of([_page(page) for page in found.pages], meta=found))


@saved_pages.get(
    "/jobs/<id>/targets/<index>/page",
    summary="Download a saved page",
    description="Answers the body as it was fetched, compressed by gzip and as an attachment: it is a stranger's HTML, and no "
    "browser is to show it. `X-Page-Url` and `X-Page-Status` say what `scrapy extract FILE --url URL --status STATUS` wants "
    "to know.",
    responses={200: dict(PAGE_FILE)},
)
def download_saved_page(path: SavedPagePath, query: SavedPageQuery) -> Response:
    found = services().saved_pages.get(current_actor(), path.id, path.index, query.number)
    return page_file(found)


@saved_pages.get(
    "/jobs/<id>/targets/<index>/page/explain",
    summary="Explain a saved page",
    description="Reads the page by today's parser, and says for each field of its last row which source won and what the "
    "others say. Nothing is written. One page is read at a time; who waits too long gets a 429.",
    responses={200: ExplanationAnswer, 409: ErrorEnvelope},
)
def explain_saved_page(path: SavedPagePath, query: SavedPageQuery) -> Response:
    found = services().saved_pages.explain(current_actor(), path.id, path.index, query.number)
    read = found.read
    explanation = _reading(
        ExplanationOut,
        found,
        summary=read.get("summary"),
        fields=read.get("fields", []),
        rows=read.get("rows", []),
    )
    return json_answer(ExplanationAnswer.of(explanation))


@saved_pages.get(
    "/jobs/<id>/targets/<index>/page/replay",
    summary="Read a saved page again",
    description="Reads the page by today's parser and compares what it reads with the rows that are stored. Nothing is "
    "written. One page is read at a time; who waits too long gets a 429.",
    responses={200: ReplayAnswer, 409: ErrorEnvelope},
)
def replay_saved_page(path: SavedPagePath, query: SavedPageQuery) -> Response:
    found = services().saved_pages.replay(current_actor(), path.id, path.index, query.number)
    comparison = found.comparison
    replay = _reading(
        ReplayOut,
        found.reading,
        isSame=comparison.is_same if comparison else None,
        counts=_counts(comparison) if comparison else None,
        rows=[row for row in comparison.rows if row.state is not RowState.SAME]
        if comparison
        else [],
    )
    return json_answer(ReplayAnswer.of(replay))


def _counts(comparison: Comparison) -> ReplayCountsOut:
    return ReplayCountsOut(
        same=comparison.count(RowState.SAME),
        changed=comparison.count(RowState.CHANGED),
        onlyStored=comparison.count(RowState.ONLY_STORED),
        onlyNow=comparison.count(RowState.ONLY_NOW),
    )


def _reading(model: type[_ReadingOut], reading: Reading, **also: Any) -> _ReadingOut:
    """What the parser could not read is null."""
    names = ("pageStatus", "failure", "parserVersion")
    said: dict[str, Any] = {name: reading.read.get(name) for name in names}
    return model.read(reading, page=_page(reading.found.page), **said, **also)


def _page(page: SavedPage) -> SavedPageOut:
    return SavedPageOut.read(page, rowCount=len(page.rows))

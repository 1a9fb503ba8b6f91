"""The tab of a job that says what changed since another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from control_api.console.blueprint import console
from control_api.console.jobs.job_frame import job_page
from control_api.console.monitors.watch_words import field_text
from control_api.http.context import current_actor, services
from control_api.services.errors import NotFound
from control_api.services.monitors.deltas.delta_walk import TargetDelta
from control_api.services.monitors.deltas.deltas import PREVIOUS, DeltaWanted, Pair
from control_api.services.records import Job

_PER_PAGE = 100
_PLACES = 20


@dataclass(frozen=True, slots=True)
class ShownDelta:
    """`lines`: what changed, before and after. `more`: places that are not listed."""

    delta: TargetDelta
    lines: Sequence[tuple[str, str, str]]
    more: int


@console.page("/jobs/<id>/delta", api=("GET /jobs/{id}", "GET /jobs/{id}/delta"))
def job_delta(id: str) -> str:  # noqa: A002 (the address' word)
    found = services().results.get_job(current_actor(), id)
    asked = request.args.get("against", "").strip()
    against = asked or _obvious(found)
    pair = None
    if against:
        try:
            pair = services().deltas.pair(current_actor(), id, against)
        except NotFound:
            if asked:
                raise
    return _page(found, pair, against if pair else "")


def _obvious(job: Job) -> str:
    """What a person most likely wants to compare it with; empty: nobody can tell."""
    return PREVIOUS if job.schedule_id else job.retry_of or ""


def _page(found: Job, pair: Pair | None, against: str) -> str:
    if pair is None:
        return job_page(found, "delta", deltas=[], older=None, next_cursor=None, against="")
    page = services().deltas.page(
        pair, DeltaWanted(), limit=_PER_PAGE, cursor=request.args.get("cursor")
    )
    return job_page(
        found,
        "delta",
        deltas=[_shown(one) for one in page.deltas],
        older=pair.older,
        next_cursor=page.next_cursor,
        against=against,
    )


def _shown(delta: TargetDelta) -> ShownDelta:
    difference = delta.difference
    lines = [
        (
            change.field,
            field_text(change.field, change.before, difference.currency),
            field_text(change.field, change.after, difference.currency),
        )
        for change in difference.fields
    ]
    places = difference.places.changes if difference.places else ()
    lines += [
        (f"place of {one.asin}", _place(one.before), _place(one.after)) for one in places[:_PLACES]
    ]
    return ShownDelta(delta, lines, max(0, len(places) - _PLACES))


def _place(rank: int | None) -> str:
    return "not there" if rank is None else str(rank)

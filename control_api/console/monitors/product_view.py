"""A product over time as a page shows it, whoever looked: a monitor, or the jobs whose rows are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, pairwise

from flask import request

from control_api.console.monitors.price_chart import Chart, chart_of, runs_of
from control_api.console.monitors.stretches import Seen
from control_api.console.monitors.strips import Strip, availability_strip, seller_strip
from control_api.console.monitors.verdicts import verdict_of
from control_api.console.monitors.watch_words import field_text
from control_api.services.errors import InvalidInput

RANGES = (7, 30, 180)
_CHANGES = 200


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`before` None: the first value that was seen."""

    at: datetime
    field: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductView:
    """`changes`: the newest of `change_count`. `days`: how long back it goes; None: all of it."""

    days: int | None
    ranges: Sequence[int]
    chart: Chart | None
    availability: Strip | None
    sellers: Strip | None
    verdict: str | None
    changes: Sequence[FieldChange]
    change_count: int


def days_asked() -> int | None:
    text = request.args.get("days")
    if not text:
        return None
    if text not in {str(days) for days in RANGES}:
        raise InvalidInput(f"days: {text[:20]} is none of {', '.join(map(str, RANGES))}")
    return int(text)


def view_of(history: Seen, whole: Seen, days: int | None) -> ProductView:
    """`whole` decides on the verdict, whatever part of it is shown."""
    changes = sorted(_changes(history), key=lambda one: (one.at, one.field), reverse=True)
    return ProductView(
        days=days,
        ranges=RANGES,
        chart=chart_of(history),
        availability=availability_strip(history),
        sellers=seller_strip(history),
        verdict=verdict_of(runs_of(whole, "price"), whole.until),
        changes=changes[:_CHANGES],
        change_count=len(changes),
    )


def _changes(history: Seen) -> list[FieldChange]:
    found = []
    for name, one in history.fields.items():
        for before, after in pairwise(chain([None], one.steps)):
            assert after is not None
            found.append(
                FieldChange(
                    after.at,
                    name,
                    field_text(name, before.value, history.currency) if before else None,
                    field_text(name, after.value, history.currency),
                )
            )
    return found

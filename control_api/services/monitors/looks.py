"""From what a job settled to looks at watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from control_api.services.monitors.deltas.comparisons import check_without_rows
from control_api.services.monitors.rules.checks import Check, Reason, product_check, unknown_check
from control_api.services.monitors.rules.fields import ROW_FIELDS
from control_api.services.monitors.rules.stored_values import is_storable
from control_api.services.monitors.rules.watch_state import Look
from storage.base.records import Row, Target
from storage.jobs.results import Results
from storage.jobs.targets import Targets
from storage.monitors.watches import watch_id

_FIELDS = (*ROW_FIELDS, "priceSource", "parserVersion", "deliverTo")


@dataclass(frozen=True, slots=True)
class WatchLook:
    """`target_id`: where the row and the failure's message are, as long as the job is kept.
    `settled_at`: when the target came to its end."""

    watch_id: str
    target_id: str
    look: Look
    settled_at: datetime


class LookReader:
    def __init__(self, targets: Targets, results: Results) -> None:
        self._targets = targets
        self._results = results

    def read(self, monitor_id: str, job_id: str, indexes: Sequence[int]) -> list[WatchLook]:
        """In the order of the targets; those that are not there any more are left out."""
        targets = sorted(self._targets.among(job_id, indexes), key=lambda one: one.index)
        rows = self._first_rows(job_id, [one.index for one in targets])
        return [
            WatchLook(watch_id(monitor_id, found[0]), target.id, found[1], target.ended_at)
            for target in targets
            if target.ended_at is not None
            and (found := _look(target, rows.get(target.index), target.ended_at)) is not None
        ]

    def _first_rows(self, job_id: str, indexes: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        rows: Iterator[Row] = self._results.of_targets(job_id, indexes, _FIELDS)
        return {index: next(own).data for index, own in groupby(rows, key=_index_of)}


def _index_of(row: Row) -> int:
    return int(row.key.split(":")[1])


def _look(
    target: Target, row: Mapping[str, Any] | None, ended_at: datetime
) -> tuple[str, Look] | None:
    """The watch's value with the look; None where the target is no product."""
    value = target.params.get("asin")
    if value is None:
        return None
    check = check_without_rows(target)
    if check is not None:
        return value, Look(at=ended_at, check=check)
    if row is None:
        return value, Look(at=ended_at, check=unknown_check(Reason.NO_ROWS))
    look = Look(
        at=_moment(row.get("scrapedAt")) or ended_at,
        check=_storable(product_check(row, asked=target.params)),
        price_source=row.get("priceSource"),
        parser_version=row.get("parserVersion"),
        place_shown=row.get("deliverTo"),
    )
    return value, look


def _storable(check: Check) -> Check:
    """Without amounts that the history cannot hold exactly: of them it knows nothing."""
    values = {name: value for name, value in check.values.items() if is_storable(name, value)}
    return check if len(values) == len(check.values) else replace(check, values=values)


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value

"""From what a job settled to looks at watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from control_api.services.monitors.deltas.comparisons import check_without_rows
from control_api.services.monitors.kinds.monitor_kind import MonitorKind
from control_api.services.monitors.rules.checks import (
    Check,
    Outcome,
)
from control_api.services.monitors.rules.stored_values import is_storable
from control_api.services.monitors.rules.watch_state import Look
from storage.base.records import Row, Target
from storage.jobs.results import Results
from storage.jobs.targets import Targets
from storage.monitors.watches import watch_id

# Beside those that the kind reads.
_FIELDS = ("priceSource", "parserVersion", "deliverTo")


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

    def read(
        self, kind: MonitorKind, monitor_id: str, job_id: str, indexes: Sequence[int]
    ) -> list[WatchLook]:
        """In the order of the targets; those that are not there any more are left out."""
        targets = sorted(self._targets.among(job_id, indexes), key=lambda one: one.index)
        rows = self._rows(kind, job_id, [one.index for one in targets])
        return [
            WatchLook(
                watch_id(monitor_id, value),
                target.id,
                _look(kind, target, rows.get(target.index, []), target.ended_at),
                target.ended_at,
            )
            for target in targets
            if target.ended_at is not None and (value := kind.watched(target)) is not None
        ]

    def _rows(
        self, kind: MonitorKind, job_id: str, indexes: Sequence[int]
    ) -> dict[int, list[Mapping[str, Any]]]:
        fields = list(dict.fromkeys((*kind.row_fields, *_FIELDS)))
        rows: Iterator[Row] = self._results.of_targets(job_id, indexes, fields)
        return {index: [row.data for row in own] for index, own in groupby(rows, key=_index_of)}


def _index_of(row: Row) -> int:
    return int(row.key.split(":")[1])


def _look(
    kind: MonitorKind, target: Target, rows: Sequence[Mapping[str, Any]], ended_at: datetime
) -> Look:
    check = check_without_rows(target)
    is_told_in_parts = kind.is_told_in_parts and rows and target.failure is not None
    if check is None:
        check = kind.check(target, rows)
    elif check.outcome is Outcome.UNKNOWN and is_told_in_parts:
        check = kind.reads(target, rows, check.reason)
    if check.outcome is not Outcome.OK:
        return Look(at=ended_at, check=check)
    first: Mapping[str, Any] = rows[0] if rows else {}
    return Look(
        at=_moment(first.get("scrapedAt")) or ended_at,
        check=_storable(check),
        price_source=first.get("priceSource"),
        parser_version=first.get("parserVersion"),
        place_shown=first.get("deliverTo"),
    )


def _storable(check: Check) -> Check:
    """Without amounts that the history cannot hold exactly: of them it knows nothing."""
    values = {name: value for name, value in check.values.items() if is_storable(name, value)}
    return check if len(values) == len(check.values) else replace(check, values=values)


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value

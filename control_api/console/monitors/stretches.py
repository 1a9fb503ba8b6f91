"""A field over time as stretches in which one value was seen, with gaps where nobody looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from control_api.services.monitors.histories.histories import FieldHistory
from control_api.services.monitors.rules.steps import Span


class Seen(Protocol):
    """A history, of a watch or of kept rows."""

    @property
    def currency(self) -> str | None: ...
    @property
    def since(self) -> datetime: ...
    @property
    def until(self) -> datetime: ...
    @property
    def unknown(self) -> Sequence[Span]: ...
    @property
    def fields(self) -> Mapping[str, FieldHistory]: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    start: datetime
    end: datetime
    value: Any


def stretches_of(history: Seen, field: str) -> list[Stretch]:
    found = history.fields.get(field)
    if found is None or not found.steps:
        return []
    ends = [*(step.at for step in found.steps[1:]), history.until]
    stretches: list[Stretch] = []
    for step, end in zip(found.steps, ends, strict=True):
        start = step.at
        for span in history.unknown:
            if span.end <= start or span.start >= end:
                continue
            stretches.append(Stretch(start, max(start, span.start), step.value))
            start = min(span.end, end)
        # A value that was seen once, before a time in which nobody looked, is a point.
        if start < end or start == step.at:
            stretches.append(Stretch(start, end, step.value))
    return stretches

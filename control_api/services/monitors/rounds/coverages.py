"""How much of what was asked for was seen, and how old what is known has become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from control_api.services.accounts.actor import Actor
from control_api.services.errors import InvalidInput
from control_api.services.monitors.monitors import MonitorService
from control_api.services.monitors.rounds.round_drafts import STALE
from storage.base.clock import utc_now
from storage.events.slots import Slots, SlotStatus
from storage.monitors.rounds import Rounds
from storage.monitors.watches import Watches

MAX_SPAN = timedelta(days=92)
DEFAULT_SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Ages of the watches' last good pages; None where no watch has one. `stale`: older than a day."""

    p50_seconds: int | None
    p95_seconds: int | None
    oldest: datetime | None
    stale: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """`expected`: the checks that the rounds of the time were to make. `by_reason`: why some failed."""

    since: datetime
    until: datetime
    expected: int
    ok: int
    by_reason: Mapping[str, int]
    freshness: Freshness
    missed_slots: int
    skipped_slots: int

    @property
    def ok_percent(self) -> float | None:
        return round(100 * self.ok / self.expected, 1) if self.expected else None


class CoverageService:
    def __init__(
        self, rounds: Rounds, watches: Watches, slots: Slots, monitors: MonitorService
    ) -> None:
        self._rounds = rounds
        self._watches = watches
        self._slots = slots
        self._monitors = monitors

    def get(
        self, actor: Actor, monitor_id: str, *, since: datetime | None, until: datetime | None
    ) -> Coverage:
        monitor = self._monitors.get(actor, monitor_id)
        end = until or utc_now()
        begin = since or end - DEFAULT_SPAN
        if begin > end:
            raise InvalidInput("from must not be after to")
        if end - begin > MAX_SPAN:
            raise InvalidInput(f"from, to: at most {MAX_SPAN.days} days")
        rounds = self._rounds.within(monitor_id, begin, end)
        reasons: Counter[str] = Counter()
        for one in rounds:
            reasons.update(one.reasons)
        slots = (
            self._slots.count_by_status(monitor.schedule_id, begin, end)
            if monitor.schedule_id
            else {}
        )
        return Coverage(
            since=begin,
            until=end,
            expected=sum(one.watches for one in rounds),
            ok=sum(one.checks.get("ok", 0) for one in rounds),
            by_reason=reasons,
            freshness=_freshness(self._watches.last_good_pages(monitor_id)),
            missed_slots=slots.get(SlotStatus.MISSED, 0),
            skipped_slots=slots.get(SlotStatus.SKIPPED, 0),
        )


def _freshness(pages: Sequence[datetime | None]) -> Freshness:
    now = utc_now()
    known = sorted((at for at in pages if at is not None), reverse=True)
    ages = [now - at for at in known]
    return Freshness(
        p50_seconds=_percentile(ages, 50),
        p95_seconds=_percentile(ages, 95),
        oldest=known[-1] if known else None,
        stale=len(pages) - len(known) + sum(1 for age in ages if age > STALE),
    )


def _percentile(ages: Sequence[timedelta], percent: int) -> int | None:
    """`ages` rise."""
    if not ages:
        return None
    return int(ages[min(len(ages) - 1, len(ages) * percent // 100)].total_seconds())

"""What waits, how targets end and how fast the stores are asked, over all organizations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from control_api.services.operator.diagnosis import LIVING_SECONDS
from control_api.services.operator.operations import PACED_MARKETPLACES
from storage.base.clock import utc_now
from storage.reports.gauges import Backlog, Gauges


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    spider: str
    waiting: int
    ready: int
    leased: int
    suspects: int
    oldest_seconds: float
    redeliveries: int
    crawlers: int


@dataclass(frozen=True, slots=True)
class EndsView:
    """`since`: the beginning of the first hour that is counted. The most frequent reason first."""

    since: datetime
    reasons: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.reasons.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceView:
    marketplace: str
    per_minute: float
    used_this_minute: int
    used_last_minute: int
    wait_seconds: float
    waiting: int


class OperatorView:
    def __init__(
        self, gauges: Gauges, *, get_rates: Callable[[], tuple[float, Mapping[str, float]]]
    ) -> None:
        self._gauges = gauges
        self._get_rates = get_rates

    def queues(self) -> Sequence[QueueView]:
        living = Counter(
            beat.crawler.spider
            for beat in self._gauges.beats()
            if beat.age_seconds <= LIVING_SECONDS
        )
        return [
            QueueView(
                spider=spider,
                waiting=queue.waiting,
                ready=queue.depth.ready,
                leased=queue.depth.leased,
                suspects=queue.depth.suspects,
                oldest_seconds=queue.oldest_seconds,
                redeliveries=queue.redeliveries,
                crawlers=living[spider],
            )
            for spider, queue in self._gauges.queues().items()
        ]

    def webhooks(self) -> Backlog:
        """Tries whose time has come, and how long the first of them waits."""
        return self._gauges.due_deliveries()

    def ends(self, *, hours: int) -> EndsView:
        this_hour = utc_now().replace(minute=0, second=0, microsecond=0)
        since = this_hour - timedelta(hours=hours - 1)
        return EndsView(since, self._gauges.outcomes_since(since + timedelta(seconds=1)))

    def paces(self) -> Sequence[PaceView]:
        """Those that most wait for first."""
        _, rates = self._get_rates()
        waits = self._gauges.pace_waits(PACED_MARKETPLACES)
        used = self._gauges.pace_used(PACED_MARKETPLACES)
        held = self._gauges.held_by_marketplace()
        found = [
            PaceView(
                marketplace=code,
                per_minute=rates[code],
                used_this_minute=used[code].this_minute,
                used_last_minute=used[code].last_minute,
                wait_seconds=waits[code],
                waiting=held.get(code, 0),
            )
            for code in PACED_MARKETPLACES
        ]
        return sorted(found, key=lambda pace: (-pace.waiting, -pace.wait_seconds, pace.marketplace))

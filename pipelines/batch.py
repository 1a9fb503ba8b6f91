"""What waits to be written: start marks and ended targets."""

from __future__ import annotations

import time
from dataclasses import asdict

from spiders.items.formats.plain import plain_from_item
from spiders.work.target import LeasedTarget
from storage.base.records import Effort, Failure, FoundTarget, StartedTarget, TargetEnd

MAX_ENDS = 200


class Batch:
    def __init__(self) -> None:
        self._started: dict[str, tuple[LeasedTarget, float]] = {}
        self._ended: dict[str, tuple[LeasedTarget, Failure | None]] = {}
        self._under_way: set[str] = set()
        # Ended, but too late: their leases ran out before they could be written.
        self.expired: list[LeasedTarget] = []

    def __len__(self) -> int:
        return len(self._ended)

    def start(self, target: LeasedTarget) -> None:
        self._under_way.add(target.id)
        if target.job_id:
            self._started[target.id] = (target, time.monotonic())

    def end(self, target: LeasedTarget, failure: Failure | None) -> None:
        self.let_go(target)
        self._ended[target.id] = (target, failure)

    def let_go(self, target: LeasedTarget) -> None:
        self._started.pop(target.id, None)
        self._under_way.discard(target.id)

    @property
    def under_way(self) -> int:
        """How many targets have begun and may still end."""
        return len(self._under_way)

    def take(self, *, now: float, flush: bool, marks_after: float, most: int = MAX_ENDS) -> Batch:
        """Split off what is due: `most` ended targets, and start marks older than `marks_after` seconds.

        What has lost its lease by `now` is not to be written: another crawler may have it. When
        flushing, start marks are dropped, for their targets are about to be given back.
        """
        due = Batch()
        for target_id in list(self._ended)[:most]:
            target, failure = self._ended.pop(target_id)
            if target.lease_until > now:
                due._ended[target_id] = (target, failure)
            else:
                due.expired.append(target)
        if flush:
            self._started.clear()
        for target_id, (target, since) in list(self._started.items()):
            if since + marks_after <= now:
                del self._started[target_id]
                if target.lease_until > now:
                    due._started[target_id] = (target, since)
        return due

    def put_back(self, batch: Batch) -> None:
        self._started = batch._started | self._started
        self._ended = batch._ended | self._ended

    def fail(self, failure: Failure) -> None:
        """Whatever has ended ends so instead, without rows."""
        for target, _ in self._ended.values():
            target.rows.clear()
        self._ended = {name: (target, failure) for name, (target, _) in self._ended.items()}

    def clear(self) -> None:
        self._started.clear()
        self._ended.clear()

    def __bool__(self) -> bool:
        return bool(self._started or self._ended or self.expired)

    def records(self) -> tuple[list[StartedTarget], list[TargetEnd]]:
        started = [
            StartedTarget(target.id, target.job_id, target.token)
            for target, _ in self._started.values()
            if target.job_id
        ]
        return started, [_end(target, failure) for target, failure in self._ended.values()]

    def ended_targets(self) -> list[LeasedTarget]:
        return [target for target, _ in self._ended.values()]


def _end(target: LeasedTarget, failure: Failure | None) -> TargetEnd:
    return TargetEnd(
        id=target.id,
        job_id=target.job_id,
        token=target.token,
        rows=target.rows,
        failure=failure,
        search_info=[plain_from_item(info) for info in target.search_info],
        product_pages=target.product_pages,
        categories=[plain_from_item(one) for one in target.categories],
        facts=dict(target.facts),
        effort=Effort(**asdict(target.effort)),
        discovered=[
            FoundTarget(found.url, found.key, dict(found.params), found.value, found.marketplace)
            for found in target.discovered
        ],
    )

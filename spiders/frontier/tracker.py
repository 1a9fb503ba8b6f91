"""When is a target done? When its last request, callback and item are.

Scrapy's own answer (engine._slot.inprogress) is private, so the tracker counts. It does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from spiders.work.target import LeasedTarget
from storage.base.records import Failure


@dataclass(slots=True)
class _Work:
    target: LeasedTarget
    requests: int = 0
    items: int = 0
    made: int = 0
    failure: Failure | None = None

    @property
    def is_done(self) -> bool:
        return self.requests == 0 and self.items == 0


class Tracker:
    """Counts the open requests and items of each target; calls `on_end` once for each."""

    def __init__(self, on_end: Callable[[LeasedTarget, Failure | None], None]) -> None:
        self._on_end = on_end
        self._work: dict[str, _Work] = {}

    def __len__(self) -> int:
        return len(self._work)

    def begin(self, target: LeasedTarget) -> None:
        """Follow a target, whose first request is about to be made."""
        self._work[target.id] = _Work(target, requests=1)

    def find(self, target_id: str) -> LeasedTarget | None:
        work = self._work.get(target_id)
        return work.target if work else None

    def targets(self) -> list[LeasedTarget]:
        return [work.target for work in self._work.values()]

    def request_made(self, target_id: str) -> None:
        if work := self._work.get(target_id):
            work.requests += 1

    def request_done(self, target_id: str) -> None:
        if work := self._work.get(target_id):
            work.requests -= 1
            self._end_if_done(work)

    def item_made(self, target_id: str) -> int:
        """The item's place among all that the target has made, from 1."""
        work = self._work.get(target_id)
        if work is None:
            return 1
        work.items += 1
        work.made += 1
        return work.made

    def item_done(self, target_id: str) -> None:
        if work := self._work.get(target_id):
            work.items -= 1
            self._end_if_done(work)

    def fail(self, target_id: str, failure: Failure) -> None:
        """The first reason stands; it does not end the target, its last request does."""
        work = self._work.get(target_id)
        if work and work.failure is None:
            work.failure = failure

    def drop(self, target_id: str) -> LeasedTarget | None:
        """Stop following: the lease is lost, or the job cancelled. Nothing more comes of it."""
        work = self._work.pop(target_id, None)
        return work.target if work else None

    def _end_if_done(self, work: _Work) -> None:
        if work.is_done:
            del self._work[work.target.id]
            self._on_end(work.target, work.failure)

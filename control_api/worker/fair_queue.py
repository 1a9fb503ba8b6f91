"""Whose run is next when slots are short: organizations take turns, then priority, then age counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from storage.runs.runs import Run, Runs

# Beyond the free slots: runs that no node takes at the moment must not stand in the way of the next.
SPARE_RUNS = 20


class FairQueue:
    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._last_served = ""

    def serve(self, place: Callable[[Run], bool], *, room: int) -> None:
        """Offer waiting runs to `place`, which tells whether one got a slot, until `room` is used."""
        if room <= 0:
            return
        organizations = self._in_turn(self._runs.organizations_waiting())
        queues: dict[str | None, deque[Run]] = {}
        while organizations and room > 0:
            organization = organizations.popleft()
            if organization not in queues:
                found = self._runs.first_waiting(organization, limit=room + SPARE_RUNS)
                queues[organization] = deque(found)
            if self._is_served(queues[organization], place):
                room -= 1
                self._last_served = organization or ""
                organizations.append(organization)

    def _is_served(self, queue: deque[Run], place: Callable[[Run], bool]) -> bool:
        while queue:
            if place(queue.popleft()):
                return True
        return False

    def _in_turn(self, organizations: list[str | None]) -> deque[str | None]:
        """Beginning after the one that was served last."""
        last = self._last_served
        return deque(
            [name for name in organizations if (name or "") > last]
            + [name for name in organizations if (name or "") <= last]
        )

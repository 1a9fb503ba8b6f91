"""Which job made a check of a watch, and why it brought no page: as long as the job's targets are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from control_api.services.monitors.kinds.monitor_kind import MonitorKind
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.looks import LookReader, WatchLook
from control_api.services.monitors.rules.checks import Outcome
from control_api.services.monitors.rules.chunks import CheckMade
from control_api.services.monitors.rules.observe import outcome_of_failure
from control_api.services.monitors.rules.watch_state import WatchOutcome
from spiders.work.failures import FailureCode
from storage.jobs.targets import Targets
from storage.monitors.monitors import Monitors
from storage.monitors.rounds import Rounds
from storage.monitors.watches import Watch

# Pages have the crawlers' clocks, rounds have MongoDB's.
_CLOCKS_APART = timedelta(hours=1)
# The history keeps seconds.
_SECOND = timedelta(seconds=1)

_WITHOUT_PAGE = frozenset({WatchOutcome.BLOCKED, WatchOutcome.FAILED, WatchOutcome.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """`reason`: the code of a failure. None of the last three is known once the job is removed."""

    at: datetime
    outcome: WatchOutcome
    reason: str | None = None
    job_id: str | None = None
    target_id: str | None = None


class CheckCauses:
    def __init__(
        self, monitors: Monitors, rounds: Rounds, targets: Targets, *, looks: LookReader
    ) -> None:
        self._monitors = monitors
        self._rounds = rounds
        self._targets = targets
        self._looks = looks

    def of(self, watch: Watch, made: Sequence[CheckMade]) -> list[CheckSeen]:
        seen = [CheckSeen(one.at, one.outcome) for one in made]
        if not made:
            return seen
        since = min(one.at for one in made) - _CLOCKS_APART
        until = max(one.at for one in made) + _CLOCKS_APART
        monitor = self._monitors.find(watch.monitor_id)
        if monitor is None:
            return seen
        job_ids = self._rounds.ids_open_within(watch.monitor_id, since, until)
        left = set(range(len(seen)))
        for look in self._looks_at(KINDS[monitor.kind], watch, job_ids):
            for place in sorted(left, reverse=True):
                if _fits(seen[place], look):
                    seen[place] = _caused(seen[place], look)
                    left.discard(place)
                    break
        return seen

    def _looks_at(self, kind: MonitorKind, watch: Watch, job_ids: Sequence[str]) -> list[WatchLook]:
        """In the order in which they were settled."""
        found = [
            look
            for job_id, index in self._places(kind.found_by(watch.value), job_ids)
            for look in self._looks.read(kind, watch.monitor_id, job_id, [index])
        ]
        return sorted(found, key=lambda one: one.settled_at)

    def _places(
        self, found_by: Mapping[str, Any], job_ids: Sequence[str]
    ) -> Iterator[tuple[str, int]]:
        """A target mostly stands at the same place of each round: one is searched for, and the others
        are asked for that place."""
        left = list(job_ids)
        while left:
            first = left.pop()
            index = self._targets.find_index(first, found_by)
            if index is None:
                continue
            yield first, index
            same = self._targets.jobs_with(left, index, found_by)
            yield from ((job_id, index) for job_id in left if job_id in same)
            left = [job_id for job_id in left if job_id not in same]


def _fits(seen: CheckSeen, one: WatchLook) -> bool:
    if not seen.at <= one.look.at < seen.at + _SECOND:
        return False
    check = one.look.check
    if check.outcome is Outcome.OK:
        return seen.outcome not in _WITHOUT_PAGE
    if check.outcome is Outcome.NOT_FOUND:
        return seen.outcome is WatchOutcome.NOT_FOUND
    return seen.outcome is outcome_of_failure(check.reason or "")


def _caused(seen: CheckSeen, one: WatchLook) -> CheckSeen:
    check = one.look.check
    reason = FailureCode.NOT_FOUND if check.outcome is Outcome.NOT_FOUND else check.reason
    job_id = one.target_id.partition(":")[0]
    return replace(seen, reason=reason, job_id=job_id, target_id=one.target_id)

"""A monitor's watches computed anew from the rows of its rounds, beside what the observer has made of them.

Looks count in the order in which they were settled, by the rules of today: a monitor whose rules, or whose
watches' contexts, were changed on the way may differ for that reason alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from control_api.services.monitors.kinds.monitor_kind import MonitorKind
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.looks import LookReader, WatchLook
from control_api.services.monitors.observing import rules_of
from control_api.services.monitors.rules.chunks import (
    CheckMade,
    Chunk,
    add_check,
    lists_of,
    steps_of,
    stretches_of_currency,
)
from control_api.services.monitors.rules.observe import observe
from control_api.services.monitors.rules.stored_values import stored_value
from control_api.services.monitors.rules.watch_state import Change, ChangeKind, Step, WatchState
from control_api.services.monitors.watches.watch_documents import (
    chunk_from_document,
    chunk_from_stored,
    state_from_known,
    stored_now,
)
from storage.jobs.jobs import Jobs
from storage.jobs.targets import Targets
from storage.monitors.changes import Changes, StoredChange
from storage.monitors.chunks import Chunks
from storage.monitors.monitors import Monitor, Monitors
from storage.monitors.rounds import Rounds
from storage.monitors.watches import Watch, Watches

_BATCH = 200
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Recomputed:
    """`missing_rounds`: jobs that are not kept any more; then nothing was compared."""

    watches: int
    looks: int
    differing: Sequence[str] = ()
    missing_rounds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecomputeStores:
    monitors: Monitors
    watches: Watches
    chunks: Chunks
    changes: Changes
    rounds: Rounds
    jobs: Jobs
    targets: Targets


class Recomputing:
    def __init__(self, stores: RecomputeStores, looks: LookReader) -> None:
        self._stores = stores
        self._looks = looks

    def compare(self, monitor_id: str) -> Recomputed | None:
        """None: there is no such monitor."""
        monitor = self._stores.monitors.find(monitor_id)
        if monitor is None:
            return None
        job_ids = self._stores.rounds.ids_of_monitor(monitor_id)
        missing = [one for one in job_ids if self._stores.jobs.find(one) is None]
        if missing:
            return Recomputed(monitor.watch_count, 0, missing_rounds=len(missing))
        looks = self._looks_by_watch(KINDS[monitor.kind], monitor_id, job_ids)
        told = self._told(monitor)
        watches = list(self._stores.watches.iterate(monitor_id))
        differing = [
            f"{watch.value}: {fault}"
            for watch in watches
            for fault in self._faults(monitor, watch, looks[watch.id], told[watch.id])
        ]
        return Recomputed(len(watches), sum(map(len, looks.values())), differing)

    def _looks_by_watch(
        self, kind: MonitorKind, monitor_id: str, job_ids: Sequence[str]
    ) -> defaultdict[str, list[WatchLook]]:
        found: defaultdict[str, list[WatchLook]] = defaultdict(list)
        for job_id in job_ids:
            indexes = (target.index for target in self._stores.targets.iterate(job_id))
            while batch := list(islice(indexes, _BATCH)):
                for one in self._looks.read(kind, monitor_id, job_id, batch):
                    found[one.watch_id].append(one)
        for own in found.values():
            own.sort(key=lambda one: one.settled_at)
        return found

    def _told(self, monitor: Monitor) -> defaultdict[str, list[StoredChange]]:
        """Of the feed, as far as it is kept."""
        found: defaultdict[str, list[StoredChange]] = defaultdict(list)
        seq = 0
        while page := self._stores.changes.after(monitor.project_id, seq, limit=_PAGE):
            seq = page[-1].seq
            for change in page:
                if change.monitor_id == monitor.id:
                    found[change.watch_id].append(change)
        return found

    def _faults(
        self,
        monitor: Monitor,
        watch: Watch,
        looks: Sequence[WatchLook],
        told: Sequence[StoredChange],
    ) -> Iterator[str]:
        state = WatchState(key=watch.value)
        changes: list[Change] = []
        pieces: list[Chunk] = []
        rules = rules_of(monitor)
        for one in looks:
            observed = observe(state, one.look, rules)
            made = CheckMade(one.look.at, observed.outcome)
            last = pieces[-1] if pieces else None
            context = observed.state.context
            added = add_check(
                last,
                made,
                observed.steps,
                stored_now(state),
                observed.listing,
                currency=context.currency if context is not None else None,
            )
            if last is None or added.sealed is not None:
                pieces.append(added.open)
            else:
                pieces[-1] = added.open
            changes += observed.changes
            state = observed.state
        if state_from_known(watch.value, watch.known) != state:
            yield "what is known is not what its rows say"
        kept = [chunk_from_stored(one) for one in self._stores.chunks.of_watch(watch.id)]
        if watch.chunk is not None:
            kept.append(chunk_from_document(watch.chunk))
        for name in rules.table.names:
            if _steps_by_currency(kept, name) != _steps_by_currency(pieces, name):
                yield f"the history of {name} is not that of its rows"
        if list(lists_of(kept)) != list(lists_of(pieces)):
            yield "the history of its list is not that of its rows"
        expected = [_told_as(one) for one in changes][-len(told) :] if told else []
        shown = [(one.kind, one.field, one.item, one.before, one.after, one.at) for one in told]
        if shown != expected:
            yield "its changes are not those of its rows"


def _steps_by_currency(pieces: Sequence[Chunk], name: str) -> list[list[Step]]:
    return [steps_of(own, name) for _, own in stretches_of_currency(pieces)]


def _told_as(change: Change) -> tuple[object, ...]:
    before, after = change.before, change.after
    if change.kind is ChangeKind.CHANGED and change.field is not None:
        before, after = (stored_value(change.field, one) for one in (before, after))
    return change.kind.value, change.field, change.item, before, after, change.at

"""Two jobs side by side, target by target; memory does not grow with their rows."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from control_api.services.monitors.deltas.comparisons import check_without_rows
from control_api.services.monitors.kinds.monitor_kind import MonitorKind
from control_api.services.monitors.rules.checks import Check, Outcome
from control_api.services.monitors.rules.differences import Difference, Status, compare
from storage.base.records import Job, Row, Target
from storage.jobs.results import Results
from storage.jobs.targets import Targets

# So many targets are looked at together.
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Position:
    """The next target to look at: of the newer job, or with `is_removed` of those that the older job
    alone has, which come last."""

    index: int = 0
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class TargetDelta:
    """`next`: where to go on behind it. `cost`: how many targets and rows were looked at for it."""

    target: Target
    difference: Difference
    next: Position
    cost: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaWalk:
    """`older` and `newer` name the sides of the comparison; either job may have been made first."""

    targets: Targets
    results: Results
    older: Job
    newer: Job
    comparison: MonitorKind
    fields: Collection[str]

    def walk(self, start: Position) -> Iterator[TargetDelta]:
        """Every target, in the order of the newer job; then those that only the older one has."""
        if not start.is_removed:
            yield from self._listed(start.index)
            start = Position(is_removed=True)
        yield from self._removed(start.index)

    def _listed(self, first: int) -> Iterator[TargetDelta]:
        indexes = {
            self.comparison.key(target): target.index
            for target in self.targets.iterate(self.older.id)
        }
        source = self.targets.iterate(self.newer.id, first)
        while batch := list(islice(source, _BATCH)):
            yield from self._compared(batch, indexes)

    def _compared(
        self, batch: Sequence[Target], indexes: dict[Hashable, int]
    ) -> Iterator[TargetDelta]:
        partner_of = {target.index: indexes.get(self.comparison.key(target)) for target in batch}
        wanted = [index for index in partner_of.values() if index is not None]
        partners: dict[int | None, Target] = {
            one.index: one for one in self.targets.among(self.older.id, wanted)
        }
        pairs = [(target, partners.get(partner_of[target.index])) for target in batch]
        # The rows of a target are needed where its partner has some too.
        both = [
            (new, old)
            for new, old in pairs
            if old and check_without_rows(new) is None and check_without_rows(old) is None
        ]
        new_checks = self._checks(self.newer, [new for new, _ in both])
        old_checks = self._checks(self.older, [old for _, old in both])
        for new, old in pairs:
            after = check_without_rows(new) or new_checks.get(new.index, _UNREAD)
            before, cost = None, 1
            if old is not None:
                before = check_without_rows(old) or old_checks.get(old.index, _UNREAD)
                cost += new.row_count + old.row_count
            difference = compare(before, after, self.fields)
            yield TargetDelta(new, difference, Position(new.index + 1), cost)

    def _checks(self, job: Job, targets: Sequence[Target]) -> dict[int, Check]:
        """By the target's index; each target's rows are let go before the next one's are read."""
        of_index = {target.index: target for target in targets}
        rows = self.results.of_targets(job.id, list(of_index), self.comparison.row_fields)
        found = {
            index: self.comparison.check(of_index[index], [row.data for row in own])
            for index, own in groupby(rows, key=_target_index)
        }
        for index, target in of_index.items():
            if index not in found:
                found[index] = self.comparison.check(target, [])
        return found

    def _removed(self, first: int) -> Iterator[TargetDelta]:
        known = {self.comparison.key(target) for target in self.targets.iterate(self.newer.id)}
        for target in self.targets.iterate(self.older.id, first):
            if self.comparison.key(target) not in known:
                after = Position(target.index + 1, is_removed=True)
                yield TargetDelta(target, Difference(status=Status.REMOVED), after)


# One that succeeded while its partner did not: the partner alone decides.
_UNREAD = Check(outcome=Outcome.OK)


def _target_index(row: Row) -> int:
    return int(row.key.split(":")[1])

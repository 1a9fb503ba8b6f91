"""W3, W9, S1 as a property: whatever crawlers, replays, late writers and cancels do in whatever
order, the counts add up, they are what the targets say, and nothing that has ended moves again."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from storage.base.records import Job, TargetEnd
from tests.stores import Store, count_events, failure, recount, started, success

MAX_TARGETS = 4
# S1: where a job's status may go from where it is.
GRAPH = {
    "queued": {"queued", "running", "completed", "failed", "cancelled"},
    "running": {"running", "completed", "failed", "cancelled"},
    "completed": {"completed"},
    "failed": {"failed"},
    "cancelled": {"cancelled"},
}
CREDITS = 1000

indexes = st.lists(st.integers(0, MAX_TARGETS - 1), max_size=4)
tokens = st.integers(1, 4)


class SettlementMachine(RuleBasedStateMachine):
    store: Store
    organization: str

    @initialize(size=st.integers(1, MAX_TARGETS))
    def submit(self, size: int) -> None:
        store = self.store
        self.organization = store.add_organization(balance=CREDITS)
        self.job = store.add_job(size, organization_id=self.organization, credits_per_target=2)
        self.status = "queued"
        self.settled: dict[str, tuple[str, Any]] = {}

    @precondition(lambda self: hasattr(self, "job"))
    @rule(begun=indexes, won=indexes, lost=indexes, token=tokens, rows=st.integers(0, 2))
    def commit(
        self, begun: list[int], won: list[int], lost: list[int], token: int, rows: int
    ) -> None:
        total = self.job.counts.total
        ends: list[TargetEnd] = [
            success(self.job, i, token=token, rows=rows) for i in won if i < total
        ]
        ends += [failure(self.job, i, token=token) for i in lost if i < total]
        starts = [started(self.job, i, token=token) for i in begun if i < total]
        settled = self.store.settlement.commit(starts, ends).settled
        assert len(settled) == len(set(settled))
        assert not set(settled) & set(self.settled), "a target settled twice"
        for target in self.store.targets.values(self.job.id):
            if target.id in settled:
                self.settled[target.id] = (target.status.value, target.failure)

    @precondition(lambda self: hasattr(self, "job"))
    @rule(index=st.integers(0, MAX_TARGETS - 1), leases=st.lists(tokens, min_size=2, max_size=4))
    def redeliver(self, index: int, leases: list[int]) -> None:
        """One target's starts under several leases, in one batch."""
        if index < self.job.counts.total:
            starts = [started(self.job, index, token=token) for token in leases]
            self.store.settlement.commit(starts, [])

    @precondition(lambda self: hasattr(self, "job"))
    @rule(closes=st.booleans())
    def cancel(self, closes: bool) -> None:
        was_open = self.store.job(self.job.id).is_open
        cancelled = self.store.settlement.cancel(self.job.id)
        assert (cancelled is not None) == was_open
        if closes and self.store.job(self.job.id).status.value == "cancelled":
            self.store.settlement.close_targets(self.job.id)

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "job"):
            return
        job = self.store.job(self.job.id)
        self._counts_add_up(job)
        self._ended_targets_stay(job)
        assert job.status.value in GRAPH[self.status]
        self.status = job.status.value
        assert count_events(self.store.database, job.id) == (0 if job.is_open else 1)
        assert job.is_open == bool(job.counts.pending + job.counts.running)
        assert job.result_count == self.store.results.count(job.id)
        self._credits_agree(job)

    def _counts_add_up(self, job: Job) -> None:
        counts = job.counts
        parts = (counts.pending, counts.running, counts.success, counts.failed, counts.cancelled)
        assert min(parts) >= 0
        assert sum(parts) == counts.total
        if job.status.value != "cancelled" or not self.store.raw_job(job.id).get("hasOpenTargets"):
            assert counts == recount(self.store.database, job.id)

    def _ended_targets_stay(self, job: Job) -> None:
        now = {t.id: (t.status.value, t.failure) for t in self.store.targets.values(job.id)}
        assert {target: now[target] for target in self.settled} == self.settled

    def _credits_agree(self, job: Job) -> None:
        reserved = 2 * job.counts.total if job.is_open else 0
        charged = 0 if job.is_open else 2 * job.counts.success
        expected = (CREDITS - reserved - charged, reserved)
        assert self.store.credits.get_balance(self.organization) == expected
        assert self.store.credits.recompute(self.organization) == expected


def test_every_order_of_starts_ends_replays_and_cancels_keeps_the_books(store: Store) -> None:
    class Machine(SettlementMachine):
        pass

    Machine.store = store
    run_state_machine_as_test(
        Machine,
        settings=settings(
            # New ones at each run; a failing one is printed with the steps that lead to it.
            max_examples=200,
            stateful_step_count=8,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

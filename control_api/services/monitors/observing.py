"""Takes receipts: what a job settled moves the watches, the feed, the alerts and the round, once.

All of a receipt is one transaction, and its receipt goes with it. Who lost the project's lease cannot
commit: the feed's counter is written under the lease's token.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from control_api.services.monitors.alerts.alerting import Alerting, FiredAlert
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.looks import LookReader, WatchLook
from control_api.services.monitors.monitor_events import MonitorEvents
from control_api.services.monitors.rules.chunks import CheckMade, add_check
from control_api.services.monitors.rules.lists.listed import ListRules
from control_api.services.monitors.rules.observe import observe
from control_api.services.monitors.rules.stored_values import stored_value
from control_api.services.monitors.rules.watch_state import (
    Change,
    ChangeKind,
    Observed,
    WatchOutcome,
    WatchRules,
)
from control_api.services.monitors.watches.watch_documents import (
    alert_document,
    chunk_document,
    chunk_from_document,
    known_from_state,
    names_document,
    series_document,
    state_from_known,
    stored_chunk,
)
from storage.base.clock import utc_now
from storage.base.transactions import Session, Transactions
from storage.jobs.jobs import Jobs
from storage.monitors.changes import Changes, StoredChange
from storage.monitors.chunks import Chunks, StoredChunk
from storage.monitors.feeds import FeedLease, Feeds
from storage.monitors.monitors import Monitor, Monitors
from storage.monitors.observation_counts import ObservationCounts
from storage.monitors.receipts import Receipt, Receipts
from storage.monitors.rounds import RoundMove, Rounds
from storage.monitors.watches import Watch, Watches, WatchMove


class LeaseLost(Exception):
    """Another observer has the project, or has taken the receipt. Nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverStores:
    monitors: Monitors
    watches: Watches
    chunks: Chunks
    receipts: Receipts
    feeds: Feeds
    changes: Changes
    rounds: Rounds
    jobs: Jobs
    counts: ObservationCounts


@dataclass(slots=True)
class _Work:
    """What a receipt comes to, before it is written."""

    moves: list[WatchMove] = field(default_factory=list)
    sealed: list[StoredChunk] = field(default_factory=list)
    changes: list[tuple[WatchLook, Watch, Change]] = field(default_factory=list)
    fired: list[FiredAlert] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    questioned: int = 0


class Observing:
    def __init__(
        self,
        stores: ObserverStores,
        looks: LookReader,
        *,
        alerting: Alerting,
        events: MonitorEvents,
        transactions: Transactions,
    ) -> None:
        self._stores = stores
        self._looks = looks
        self._alerting = alerting
        self._events = events
        self._transactions = transactions

    def take(self, receipt: Receipt, lease: FeedLease) -> int:
        """How many checks it brought. Of a receipt with many lists a part is taken, and the rest stays. Raises
        LeaseLost."""
        monitor = self._stores.monitors.find(receipt.monitor_id)
        kind = KINDS[monitor.kind] if monitor is not None else None
        part = receipt.targets[: kind.batch] if kind else receipt.targets
        looks = self._looks.read(kind, receipt.monitor_id, receipt.job_id, part) if kind else []
        looks, again = _each_watch_once(looks)
        part = [index for index in part if index not in again]
        rest = [*sorted(again), *receipt.targets[len(part) + len(again) :]]
        work = self._transactions.run(
            lambda session: self._take(replace(receipt, targets=part), rest, lease, looks, session)
        )
        counts = self._stores.counts
        counts.add("checks", work.outcomes)
        counts.add("changes", Counter(change.kind.value for _, _, change in work.changes))
        counts.add("firings", Counter(one.data["cause"] for one in work.fired))
        return len(looks)

    def _take(
        self,
        receipt: Receipt,
        rest: Sequence[int],
        lease: FeedLease,
        looks: Sequence[WatchLook],
        session: Session,
    ) -> _Work:
        stores = self._stores
        monitor = stores.monitors.find(receipt.monitor_id, session=session)
        if monitor is None:
            # It was deleted meanwhile.
            if not stores.receipts.take(receipt.id, session):
                raise LeaseLost
            return _Work()
        work = self._work(monitor, looks, session)
        first = stores.feeds.advance(lease, len(work.changes), session)
        if first is None or not self._take_off(receipt, rest, session):
            raise LeaseLost
        stores.changes.insert(_numbered(work, monitor, receipt, first), session)
        stores.chunks.insert(work.sealed, session)
        stores.watches.move(work.moves, session)
        last = first + len(work.changes) - 1
        self._alerting.record(work.fired, monitor, receipt.job_id, seq=last, session=session)
        if looks:
            stores.rounds.add(receipt.job_id, _round_move(work, first, last), session)
        if work.changes:
            self._events.changed(monitor, receipt.job_id, first=first, last=last, session=session)
        if receipt.is_last and not rest:
            self._end_round(monitor, receipt, session)
        return work

    def _take_off(self, receipt: Receipt, rest: Sequence[int], session: Session) -> bool:
        """False when another has done it."""
        if not rest:
            return self._stores.receipts.take(receipt.id, session)
        return self._stores.receipts.shorten(receipt, rest, session)

    def _work(self, monitor: Monitor, looks: Sequence[WatchLook], session: Session) -> _Work:
        watches = self._stores.watches.among({one.watch_id for one in looks}, session)
        alerts = self._alerting.alerts_of(monitor, session) if looks else ()
        rules = rules_of(monitor)
        work = _Work()
        for one in looks:
            watch = watches.get(one.watch_id)
            if watch is not None:
                observed = self._look(work, watch, one, rules)
                fired, states = self._alerting.judge(alerts, watch, one, observed, session)
                work.fired += fired
                _add_alert_states(work, watch, states)
        return work

    def _look(self, work: _Work, watch: Watch, one: WatchLook, rules: WatchRules) -> Observed:
        before = state_from_known(watch.value, watch.known)
        observed = observe(before, one.look, rules)
        work.outcomes[observed.outcome.value] += 1
        work.questioned += observed.questioned
        if observed.outcome in _WITH_REASON:
            work.reasons[one.look.check.reason or "UNKNOWN"] += 1
        work.changes += [(one, watch, change) for change in observed.changes]
        move, sealed = _moved(watch, one, observed, watch.known.get("now", {}))
        work.moves.append(move)
        if sealed is not None:
            work.sealed.append(sealed)
        return observed

    def _end_round(self, monitor: Monitor, receipt: Receipt, session: Session) -> None:
        job = self._stores.jobs.find(receipt.job_id, session=session)
        if job is None:
            return
        ended = self._stores.rounds.end(
            job.id,
            status=job.status.value,
            outcome=job.outcome,
            ended_at=job.completed_at,
            session=session,
        )
        if ended is not None:
            self._events.round_completed(monitor, ended, session)


def _each_watch_once(looks: Sequence[WatchLook]) -> tuple[list[WatchLook], set[int]]:
    """The checks, and the targets that look at a watch of them once more: those are taken afterwards, since each
    look goes on from what the one before it has left."""
    first: dict[str, WatchLook] = {}
    again: set[int] = set()
    for one in looks:
        if first.setdefault(one.watch_id, one) is not one:
            again.add(int(one.target_id.rpartition(":")[2]))
    return list(first.values()), again


def rules_of(monitor: Monitor) -> WatchRules:
    rules, kind = monitor.rules, KINDS[monitor.kind]
    return WatchRules(
        table=kind.table,
        listed=ListRules(
            top=rules.top_n or kind.places,
            items=frozenset(rules.asins),
            min_move=rules.min_move,
            confirms_all=rules.confirm >= _TWICE,
            questions=rules.question,
        ),
        fields=frozenset(rules.fields) if rules.fields is not None else None,
        loud=frozenset(rules.loud),
        confirm=rules.confirm,
        questions=rules.question,
        currency=(rules.context or {}).get("currency"),
        shows_place="deliverTo" in rules.context_by,
    )


def _moved(
    watch: Watch, one: WatchLook, observed: Observed, now: Mapping[str, Any]
) -> tuple[WatchMove, StoredChunk | None]:
    known = known_from_state(observed.state)
    fields: dict[str, Any] = {
        f"known.{name}": value for name, value in known.items() if watch.known.get(name) != value
    }
    # What has become empty is written as such: a field that is not set keeps what it had.
    for name in watch.known.keys() - known.keys():
        if watch.known[name] != _NOTHING.get(name):
            fields[f"known.{name}"] = _NOTHING.get(name)
    fields["lastOkAt"] = observed.state.last_ok_at
    fields["isGone"] = observed.state.is_gone
    if watch.started_at is None and observed.state.last_page_at is not None:
        fields["startedAt"] = observed.state.last_page_at
    if observed.changes:
        fields["changedAt"] = observed.changes[-1].at
    chunk = chunk_from_document(watch.chunk) if watch.chunk else None
    made = CheckMade(one.look.at, observed.outcome)
    context = observed.state.context
    currency = context.currency if context is not None else None
    added = add_check(chunk, made, observed.steps, now, observed.listing, currency=currency)
    if chunk is None or added.sealed is not None:
        fields["chunk"] = chunk_document(added.open)
        sealed = stored_chunk(watch.id, added.sealed) if added.sealed is not None else None
        return WatchMove(id=watch.id, fields=fields), sealed
    for name in added.touched:
        fields[f"chunk.fields.{name}"] = series_document(added.open.fields[name])
    if added.open.currency != chunk.currency:
        fields["chunk.currency"] = added.open.currency
    if added.open.names != chunk.names:
        fields |= {
            f"chunk.{name}": value for name, value in names_document(added.open.names).items()
        }
    check = added.open.checks[-1]
    return WatchMove(id=watch.id, fields=fields, check=check, order=added.new_order), None


_TWICE = 2
_WITH_REASON = frozenset({WatchOutcome.BLOCKED, WatchOutcome.FAILED, WatchOutcome.PARTIAL})
# What stands for a part of what is known that has become empty.
_NOTHING: Mapping[str, Any] = {
    "now": {}, "since": {}, "pending": {}, "lapsed": {}, "unstepped": [], "missed": 0, "notFound": 0,
    "isGone": False,
}  # fmt: skip


def _add_alert_states(work: _Work, watch: Watch, states: Mapping[str, Any]) -> None:
    if states:
        move = work.moves.pop()
        own = {f"alerts.{key}": alert_document(state) for key, state in states.items()}
        work.moves.append(replace(move, fields={**move.fields, **own}))


def _numbered(work: _Work, monitor: Monitor, receipt: Receipt, first: int) -> list[StoredChange]:
    now = utc_now()
    return [
        StoredChange(
            project_id=monitor.project_id,
            seq=seq,
            organization_id=monitor.organization_id,
            monitor_id=monitor.id,
            watch_id=watch.id,
            value=watch.value,
            job_id=receipt.job_id,
            target=one.target_id,
            kind=change.kind.value,
            field=change.field,
            item=change.item,
            label=change.label,
            before=_stored(change, change.before),
            after=_stored(change, change.after),
            currency=change.currency,
            at=change.at,
            before_at=change.before_at,
            unknown_since=change.unknown_since,
            is_confirmed=change.is_confirmed,
            flags=change.flags,
            recorded_at=now,
        )
        for seq, (one, watch, change) in enumerate(work.changes, start=first)
    ]


def _stored(change: Change, value: Any) -> Any:
    is_value = change.kind is ChangeKind.CHANGED and change.field is not None
    return stored_value(change.field or "", value) if is_value else value


def _round_move(work: _Work, first: int, last: int) -> RoundMove:
    return RoundMove(
        checks=work.outcomes,
        reasons=work.reasons,
        changes=Counter(change.kind.value for _, _, change in work.changes),
        questioned=work.questioned,
        first_seq=first,
        last_seq=last,
    )

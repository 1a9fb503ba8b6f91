"""What is known of a monitor's watches, and their history, as files: a page of watches at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import InvalidInput
from control_api.services.jobs.quota import Quota
from control_api.services.monitors.histories.histories import HistoryWanted, history_names
from control_api.services.monitors.histories.history_pieces import pieces_of
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.monitors import MonitorService
from control_api.services.monitors.rules.chunks import (
    Chunk,
    place_names,
    steps_of,
    stretches_of_currency,
)
from control_api.services.monitors.rules.field_tables import FieldTable, is_money
from control_api.services.monitors.rules.steps import steps_within
from control_api.services.monitors.rules.watch_state import Step
from control_api.services.monitors.watches.watch_documents import state_from_known
from control_api.services.monitors.watches.watches import WatchesWanted
from storage.base.clock import utc_now
from storage.base.transactions import Session, Transactions
from storage.monitors.chunks import Chunks
from storage.monitors.monitors import Monitor
from storage.monitors.watches import Watch, Watches, WatchFilter

_PAGE = 200


@dataclass(frozen=True, slots=True)
class WatchStep:
    """`currency`: of the step, where it is an amount."""

    watch: Watch
    currency: str | None
    step: Step


class MonitorFiles:
    def __init__(
        self,
        watches: Watches,
        chunks: Chunks,
        monitors: MonitorService,
        *,
        quota: Quota,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._watches = watches
        self._chunks = chunks
        self._monitors = monitors
        self._quota = quota
        self._audit = audit
        self._transactions = transactions

    def watches(
        self, actor: Actor, monitor_id: str, wanted: WatchesWanted, *, file_format: str
    ) -> Iterator[Watch]:
        """In the order of their values. Counted against the plan as one export, as `history` is."""
        monitor = self._monitors.get(actor, monitor_id)
        self._count(actor, monitor, of="watches", file_format=file_format)
        return self._read(monitor_id, wanted.filter, has_chunk=False)

    def history(
        self, actor: Actor, monitor_id: str, wanted: HistoryWanted, *, file_format: str
    ) -> Iterator[WatchStep]:
        """Watch by watch, field by field, the steps in order."""
        monitor = self._monitors.get(actor, monitor_id)
        require_span(KINDS[monitor.kind].table, wanted)
        self._count(actor, monitor, of="history", file_format=file_format)
        return self._steps(monitor, wanted)

    def _steps(self, monitor: Monitor, wanted: HistoryWanted) -> Iterator[WatchStep]:
        """Of a list with the places of everybody who stood on it."""
        table = KINDS[monitor.kind].table
        for watch in self._read(monitor.id, WatchFilter(), has_chunk=True):
            pieces = pieces_of(self._chunks, watch, since=wanted.since, until=wanted.until)
            context = state_from_known(watch.value, watch.known).context
            currency = context.currency if context else None
            places = place_names(pieces) if table.has_places else ()
            for name in history_names(table, wanted, pieces, places):
                for own, step in _steps_of(pieces, name, wanted):
                    yield WatchStep(watch, own or currency, step)

    def _read(self, monitor_id: str, chosen: WatchFilter, *, has_chunk: bool) -> Iterator[Watch]:
        """A query a page: a slow client holds no cursor open."""
        after = None
        while page := self._watches.list_page(
            monitor_id, chosen, limit=_PAGE, after=after, has_chunk=has_chunk
        ):
            yield from page
            after = page[-1].id

    def _count(self, actor: Actor, monitor: Monitor, *, of: str, file_format: str) -> None:
        def work(session: Session) -> None:
            self._quota.use(actor.organization_id, exports=1, session=session)
            self._audit.record(
                actor,
                "monitor.exported",
                entity_id=monitor.id,
                entity_name=monitor.name,
                metadata={"format": file_format, "of": of},
                session=session,
            )

        self._transactions.run(work)


def require_span(table: FieldTable, wanted: HistoryWanted) -> None:
    """Raises InvalidInput for what no history has, before a file has begun."""
    history_names(table, wanted, ())
    if wanted.since is not None and wanted.until is not None and wanted.since > wanted.until:
        raise InvalidInput("from must not be after to")


def _steps_of(
    pieces: Sequence[Chunk], name: str, wanted: HistoryWanted
) -> Iterator[tuple[str | None, Step]]:
    """Each with the currency of its piece. Amounts of one currency hold until those of the next one begin."""
    own = stretches_of_currency(pieces) if is_money(name) else [(None, pieces)]
    ends = [part[0].start for _, part in own[1:]]
    for (currency, part), end in zip_longest(own, ends):
        if end is None or wanted.since is None or end > wanted.since:
            for step in _within(steps_of(part, name), wanted):
                yield currency, step


def _within(steps: Sequence[Step], wanted: HistoryWanted) -> Sequence[Step]:
    if not steps:
        return steps
    since = wanted.since or steps[0].at
    return steps_within(steps, since, wanted.until or utc_now())

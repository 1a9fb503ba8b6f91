"""How often an alert would have fired in the past, before anybody makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nsmallest
from itertools import chain
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.errors import InvalidInput
from control_api.services.monitors.alerts.alerting import rule_of_wanted
from control_api.services.monitors.histories.history_pieces import pieces_of
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.monitors import MonitorService
from control_api.services.monitors.rules.condition_json import BadCondition
from control_api.services.monitors.rules.conditions import leaves_of
from control_api.services.monitors.rules.firing import AlertRule, Fired
from control_api.services.monitors.rules.replay import Past, checks_within, replay
from control_api.services.monitors.rules.stored_values import value_from_stored
from control_api.services.monitors.rules.watch_state import Change, ChangeKind
from control_api.services.monitors.watches.watch_documents import state_from_known
from storage.base.clock import utc_now
from storage.monitors.alerts import NewAlert
from storage.monitors.changes import Changes, StoredChange
from storage.monitors.chunks import Chunks
from storage.monitors.watches import Watch, Watches

# As long as changes are kept.
MAX_DAYS = 90
# A request has a second or two.
MAX_WATCHES = 500
MAX_LOOKS = 50_000
_FIRST = 20


@dataclass(frozen=True, slots=True)
class WouldFire:
    watch: Watch
    currency: str | None
    fired: Fired


@dataclass(slots=True, kw_only=True)
class AlertPreview:
    """`watches`: those that it would have fired for. `replayed`: how many were looked at."""

    firings: int = 0
    watches: int = 0
    replayed: int = 0
    looks: int = 0
    first: Sequence[WouldFire] = field(default_factory=tuple)


class AlertPreviews:
    def __init__(
        self, watches: Watches, chunks: Chunks, changes: Changes, monitors: MonitorService
    ) -> None:
        self._watches = watches
        self._chunks = chunks
        self._changes = changes
        self._monitors = monitors

    def preview(
        self, actor: Actor, monitor_id: str, given: Mapping[str, Any], *, days: int
    ) -> AlertPreview:
        """`given`: by the record's names."""
        monitor = self._monitors.get(actor, monitor_id)
        new = NewAlert(
            organization_id=monitor.organization_id,
            project_id=monitor.project_id,
            monitor_id=monitor.id,
            name="",
            **given,
        )
        try:
            rule = rule_of_wanted(new, KINDS[monitor.kind].table)
        except BadCondition as error:
            raise InvalidInput(str(error)) from error
        found = AlertPreview()
        since = utc_now() - timedelta(days=days)
        for watch in self._watches.iterate(monitor_id):
            if found.replayed >= MAX_WATCHES or found.looks >= MAX_LOOKS:
                break
            if rule.is_for(watch.tags):
                self._add(found, watch, rule, since)
        return found

    def _add(self, found: AlertPreview, watch: Watch, rule: AlertRule, since: datetime) -> None:
        lookback = max(leaf.lookback for leaf in leaves_of(rule.condition))
        pieces = pieces_of(self._chunks, watch, since=since - lookback)
        past = Past(
            pieces=pieces,
            changes=[_change(one) for one in self._changes.of_watch(watch.id, since)],
            target=watch.target,
            first_at=watch.started_at,
            known_since=watch.started_at or watch.created_at,
        )
        context = state_from_known(watch.value, watch.known).context
        currency = context.currency if context else None
        own = [WouldFire(watch, currency, fired) for fired in replay(rule, past, since)]
        found.replayed += 1
        found.looks += sum(1 for one in checks_within(pieces) if one.at >= since)
        found.firings += len(own)
        found.watches += bool(own)
        found.first = nsmallest(_FIRST, chain(found.first, own), key=lambda one: one.fired.at)


def _change(stored: StoredChange) -> Change:
    before, after = stored.before, stored.after
    if stored.kind == ChangeKind.CHANGED and stored.field is not None:
        before, after = (value_from_stored(stored.field, one) for one in (before, after))
    return Change(
        kind=ChangeKind(stored.kind),
        at=stored.at,
        field=stored.field,
        before=before,
        after=after,
        item=stored.item,
        label=stored.label,
    )

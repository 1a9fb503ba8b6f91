from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import Conflict, InvalidInput, MonitorNotFound, WatchNotFound
from control_api.services.monitors.feed_cursors import cursor_from_seq
from control_api.services.monitors.monitors import MonitorService
from control_api.services.monitors.rules.watch_state import OF_OFFER
from control_api.services.monitors.watch_reader import NotWatchable, WatchReader
from control_api.services.monitors.watches.watch_pages import PagePlace, page_from_cursor
from control_api.services.monitors.watches.watch_table import TableLine
from storage.base.clock import utc_now
from storage.base.transactions import Session, Transactions
from storage.jobs.removals import Removals
from storage.monitors.feeds import Feeds
from storage.monitors.monitors import Monitor, Monitors
from storage.monitors.watches import NewWatch, Watch, Watches, WatchFilter, watch_id

MAX_WATCHES = 10_000


@dataclass(frozen=True, slots=True)
class AskedWatch:
    """`text`: as the client sent it. `given`: the fields that it sent; others of a known watch stay."""

    index: int
    text: str
    watch: NewWatch
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RefusedWatch:
    index: int
    value: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedWatches:
    """`known`: how many of those that were sent the monitor had already."""

    added: int = 0
    known: int = 0
    disabled: int = 0
    refused: Sequence[RefusedWatch] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchesWanted:
    tag: str | None = None
    stale_hours: int | None = None
    is_gone: bool | None = None
    changed_since: Any = None

    @property
    def filter(self) -> WatchFilter:
        hours = self.stale_hours
        return WatchFilter(
            tag=self.tag,
            is_gone=self.is_gone,
            stale_before=utc_now() - timedelta(hours=hours) if hours is not None else None,
            changed_since=self.changed_since,
        )


@dataclass(frozen=True, slots=True)
class WatchesPage:
    """`feed_cursor`: where the feed stood before the first page."""

    monitor: Monitor
    watches: Sequence[Watch]
    total: int
    next_cursor: str | None
    feed_cursor: str


@dataclass(slots=True)
class _Read:
    watches: dict[str, AskedWatch] = field(default_factory=dict)
    repeated: int = 0
    refused: list[RefusedWatch] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStores:
    monitors: Monitors
    watches: Watches
    feeds: Feeds
    removals: Removals


class WatchService:
    def __init__(
        self,
        stores: WatchStores,
        monitors: MonitorService,
        *,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._stores = stores
        self._monitors = monitors
        self._audit = audit
        self._transactions = transactions

    def add(
        self, actor: Actor, monitor_id: str, asked: Sequence[AskedWatch], *, strict: bool
    ) -> AddedWatches:
        """`strict`: nothing is written where one is refused."""
        monitor = self._monitors.get(actor, monitor_id)
        read = _read(monitor, asked)
        if strict and read.refused:
            return AddedWatches(refused=read.refused)
        return self._write(actor, monitor, read, changes_known=False, replaces=False)

    def import_table(
        self,
        actor: Actor,
        monitor_id: str,
        lines: Iterable[TableLine],
        *,
        replaces: bool,
    ) -> AddedWatches:
        """What a line says of a watch that is known already is changed. `replaces`: watches that no line
        names are switched off."""
        monitor = self._monitors.get(actor, monitor_id)
        asked = []
        refused = []
        for line in lines:
            if line.fault is not None:
                refused.append(RefusedWatch(line.number, line.text, line.fault))
            else:
                asked.append(AskedWatch(line.number, line.text, line.watch, line.given))
        read = _read(monitor, asked)
        read.refused = sorted([*refused, *read.refused], key=lambda one: one.index)
        return self._write(actor, monitor, read, changes_known=True, replaces=replaces)

    def list_page(
        self,
        actor: Actor,
        monitor_id: str,
        wanted: WatchesWanted,
        *,
        limit: int,
        cursor: str | None,
    ) -> WatchesPage:
        monitor = self._monitors.get(actor, monitor_id)
        if cursor is None:
            place = PagePlace("", self._stores.feeds.last(monitor.project_id))
        else:
            place = page_from_cursor(cursor)
        chosen = wanted.filter
        after = f"{monitor_id}:{place.after}" if place.after else None
        found = self._stores.watches.list_page(monitor_id, chosen, limit=limit + 1, after=after)
        shown = found[:limit]
        more = replace(place, after=shown[-1].key).cursor if len(found) > limit else None
        return WatchesPage(
            monitor,
            shown,
            self._stores.watches.count(monitor_id, chosen),
            more,
            cursor_from_seq(monitor.project_id, place.seq),
        )

    def get(self, actor: Actor, watch_key: str, session: Session | None = None) -> Watch:
        watch = self._stores.watches.find(watch_key, actor.organization_id, session)
        if watch is None or not actor.sees(watch.project_id):
            raise WatchNotFound
        self.monitor_of(watch, session)
        return watch

    def among(self, actor: Actor, watch_keys: Iterable[str]) -> dict[str, Watch]:
        """Those that there are, by their keys."""
        found = self._stores.watches.shown_among(set(watch_keys), actor.organization_id)
        return {watch.id: watch for watch in found if actor.sees(watch.project_id)}

    def monitor_of(self, watch: Watch, session: Session | None = None) -> Monitor:
        monitor = self._stores.monitors.find(watch.monitor_id, session=session)
        if monitor is None:
            # Its watches are still to be swept.
            raise WatchNotFound
        return monitor

    def update(
        self, actor: Actor, watch_key: str, given: Mapping[str, Any], *, relearns: bool
    ) -> Watch:
        """`relearns`: the next page says anew in which currency and place prices are followed."""

        def work(session: Session) -> Watch:
            watch = self.get(actor, watch_key, session)
            fields = dict(given)
            if relearns:
                fields["known"] = _without_context(watch.known)
            changed = self._stores.watches.update(watch.id, fields, session)
            if changed is None:
                raise WatchNotFound
            self._record(actor, "watch.updated", watch, session, changes=sorted(given))
            return changed

        return self._transactions.run(work)

    def delete(self, actor: Actor, watch_key: str) -> None:
        """With its history."""

        def work(session: Session) -> None:
            watch = self.get(actor, watch_key, session)
            if not self._stores.watches.delete(watch.id, session):
                raise WatchNotFound
            self._stores.monitors.add_watches(watch.monitor_id, -1, session)
            self._stores.removals.note_monitor(watch.id, session)
            self._record(actor, "watch.deleted", watch, session)

        self._transactions.run(work)

    def _write(
        self, actor: Actor, monitor: Monitor, read: _Read, *, changes_known: bool, replaces: bool
    ) -> AddedWatches:
        self._forget_removed(monitor.id, read.watches)

        def work(session: Session) -> AddedWatches:
            known = self._stores.watches.known_among(monitor.id, read.watches, session)
            fresh = [one.watch for key, one in read.watches.items() if key not in known]
            moved = self._stores.monitors.add_watches(monitor.id, len(fresh), session)
            if moved is None:
                raise MonitorNotFound
            if moved.watch_count > MAX_WATCHES:
                raise Conflict(f"A monitor can have {MAX_WATCHES} watches at most")
            if fresh:
                self._stores.watches.insert(
                    fresh,
                    monitor_id=monitor.id,
                    organization_id=monitor.organization_id,
                    project_id=monitor.project_id,
                    session=session,
                )
            if changes_known:
                changes = {key: _fields(read.watches[key]) for key in known}
                self._stores.watches.set_many(monitor.id, changes, session)
            disabled = 0
            if replaces:
                disabled = self._stores.watches.disable_but(monitor.id, list(read.watches), session)
            added = AddedWatches(
                added=len(fresh),
                known=len(known) + read.repeated,
                disabled=disabled,
                refused=read.refused,
            )
            self._audit.record(
                actor,
                "monitor.watches_added",
                entity_id=monitor.id,
                entity_name=monitor.name,
                metadata={"added": added.added, "known": added.known, "disabled": disabled},
                session=session,
            )
            return added

        return self._transactions.run(work)

    def _forget_removed(self, monitor_id: str, values: Iterable[str]) -> None:
        """A watch that is added again has the key of the one that was deleted: nothing of that one may be left
        to be swept later."""
        removals = self._stores.removals
        for prefix in removals.monitors_among([watch_id(monitor_id, value) for value in values]):
            while removals.sweep_monitor(prefix):
                pass

    def _record(
        self, actor: Actor, action: str, watch: Watch, session: Session, **metadata: Any
    ) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=watch.id,
            entity_name=watch.label or watch.value,
            metadata=metadata,
            session=session,
        )


def _read(monitor: Monitor, asked: Sequence[AskedWatch]) -> _Read:
    if len(asked) > MAX_WATCHES:
        raise InvalidInput(f"watches: at most {MAX_WATCHES} at once")
    reader = WatchReader(monitor.kind, monitor.config)
    read = _Read()
    for one in asked:
        try:
            value = reader.value(one.text)
        except NotWatchable as refusal:
            read.refused.append(RefusedWatch(one.index, one.text[:200], str(refusal)))
            continue
        if value in read.watches:
            read.repeated += 1
        read.watches[value] = replace(one, watch=replace(one.watch, value=value))
    return read


def _fields(one: AskedWatch) -> dict[str, Any]:
    values = {name: getattr(one.watch, name) for name in one.given}
    # A line that names a watch again switches it on, unless it says otherwise.
    return {"enabled": one.watch.enabled, **values}


def _without_context(known: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: known[name] for name in known if name not in ("context", "otherContext")}
    # Who stood on a list stood there in the context that is forgotten.
    kept.pop("listed", None)
    for part in ("now", "since", "pending", "lapsed"):
        values = kept.get(part, {})
        kept[part] = {name: one for name, one in values.items() if name not in OF_OFFER}
    return kept

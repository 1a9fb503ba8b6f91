"""Who stood where on a followed list, and how much of it belongs to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from control_api.services.accounts.actor import Actor
from control_api.services.errors import InvalidInput
from control_api.services.monitors.histories.histories import MAX_CELLS, MAX_TIME
from control_api.services.monitors.histories.history_pieces import pieces_of
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.rules.chunks import ListSeen, lists_of
from control_api.services.monitors.rules.lists.listings import Entry
from control_api.services.monitors.rules.shares import (
    GroupOf,
    GroupShare,
    shares_of,
    shares_over_time,
)
from control_api.services.monitors.rules.steps import calendar_edges, moment_of, unknown_spans
from control_api.services.monitors.watches.watches import WatchService
from control_api.services.schedules.cron import CannotRun, zone_from_name
from storage.base.clock import utc_now
from storage.monitors.chunks import Chunks
from storage.monitors.monitors import Monitor
from storage.monitors.watches import Watch

BY_ASINS, BY_BRAND = "asins", "brand"
OWN, OTHERS, UNKNOWN = "asins", "others", "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareWanted:
    """`top` None: as many places as the monitor follows. `bucket` None: the whole time is one span."""

    top: int | None = None
    by: str = BY_ASINS
    since: datetime | None = None
    until: datetime | None = None
    bucket: str | None = None
    timezone: str = "UTC"
    is_weighted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesFound:
    """`edges`: the spans of time are between them. `checks`: the checks that reached the place `top`."""

    groups: Sequence[GroupShare]
    edges: Sequence[datetime]
    since: datetime
    until: datetime
    top: int
    checks: int


class StandingService:
    def __init__(self, chunks: Chunks, watches: WatchService) -> None:
        self._chunks = chunks
        self._watches = watches

    def find(self, actor: Actor, watch_id: str, at: datetime | None) -> ListSeen | None:
        """The list as it was last seen at that time; None: not yet."""
        watch, _ = self._list(actor, watch_id)
        moment = at or utc_now()
        pieces = pieces_of(self._chunks, watch, until=moment)
        for piece in reversed(pieces):
            seen = [one for one in lists_of([piece]) if one.at <= moment]
            if seen:
                return seen[-1]
        return None

    def shares(self, actor: Actor, watch_id: str, wanted: ShareWanted) -> SharesFound:
        watch, monitor = self._list(actor, watch_id)
        kind = KINDS[monitor.kind]
        top = wanted.top or monitor.rules.top_n or kind.places
        if not kind.table.has_places or top is None:
            raise InvalidInput(f"monitors of {kind.name} jobs follow no places")
        until = wanted.until or utc_now()
        since = wanted.since or watch.started_at or watch.created_at
        edges = _edges(since, until, wanted)
        found = lists_of(pieces_of(self._chunks, watch, since=wanted.since, until=wanted.until))
        seen = [one for one in found if one.at <= until and one.listing.reaches(top)]
        group_of = _group_of(monitor, wanted.by)
        shares = [
            shares_of(one.listing, top, group_of, is_weighted=wanted.is_weighted) for one in seen
        ]
        unknown = unknown_spans([moment_of(one.at) for one in seen], min(since, edges[0]), until)
        return SharesFound(
            groups=shares_over_time(seen, shares, unknown, edges),
            edges=edges,
            since=since,
            until=until,
            top=top,
            checks=sum(1 for one in seen if one.at >= since),
        )

    def _list(self, actor: Actor, watch_id: str) -> tuple[Watch, Monitor]:
        """Raises InvalidInput for a watch that is no list."""
        watch = self._watches.get(actor, watch_id)
        monitor = self._watches.monitor_of(watch)
        if not KINDS[monitor.kind].table.has_members:
            raise InvalidInput(f"what monitors of {monitor.kind} jobs follow is no list")
        return watch, monitor


def _edges(since: datetime, until: datetime, wanted: ShareWanted) -> Sequence[datetime]:
    if since > until:
        raise InvalidInput("from must not be after to")
    if until - since > MAX_TIME:
        raise InvalidInput("from, to: at most ten years")
    try:
        zone = zone_from_name(wanted.timezone)
    except CannotRun as error:
        raise InvalidInput(f"tz: {error}") from error
    if wanted.bucket is None:
        return [since, until]
    if (until - since) / timedelta(hours=1 if wanted.bucket == "1h" else 24) > MAX_CELLS:
        raise InvalidInput(f"bucket: more than {MAX_CELLS} cells; ask for a shorter time")
    return calendar_edges(since, until, wanted.bucket, zone)


def _group_of(monitor: Monitor, by: str) -> GroupOf:
    """Rows without a brand are a group too: whoever has them is not known."""
    own = frozenset(monitor.rules.asins)

    def by_asins(entry: Entry) -> str:
        return OWN if entry.key in own else OTHERS

    def by_brand(entry: Entry) -> str:
        return entry.label or UNKNOWN

    if by == BY_BRAND:
        return by_brand
    if not own:
        raise InvalidInput("by: the monitor names no asins; ask for by=brand")
    return by_asins

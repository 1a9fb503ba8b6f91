"""What a watch was, over time, and each check of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from control_api.services.accounts.actor import Actor
from control_api.services.errors import InvalidInput
from control_api.services.monitors.check_causes import CheckCauses, CheckSeen
from control_api.services.monitors.histories.history_pieces import pieces_of
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.rules.chunks import (
    Chunk,
    checks_of,
    count_checks,
    currency_of,
    good_times,
    steps_of,
)
from control_api.services.monitors.rules.field_tables import PLACE, FieldTable, is_numeric
from control_api.services.monitors.rules.steps import (
    Cell,
    Span,
    calendar_edges,
    cells_of,
    even_edges,
    lowest_of,
    moment_of,
    steps_within,
    time_of,
    unknown_spans,
)
from control_api.services.monitors.rules.watch_state import Step
from control_api.services.monitors.watches.watch_documents import state_from_known
from control_api.services.monitors.watches.watches import WatchService
from control_api.services.schedules.cron import CannotRun, zone_from_name
from storage.base.clock import utc_now
from storage.monitors.chunks import Chunks
from storage.monitors.watches import Watch

MakeEdges = Callable[[datetime, datetime], Sequence[datetime]]

MAX_TIME = timedelta(days=3_653)
MAX_CELLS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWanted:
    """`fields` None: all that the watch has."""

    fields: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHistory:
    steps: Sequence[Step]
    cells: Sequence[Cell] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """`currency`: of all its amounts, the latest one of that time."""

    watch: Watch
    currency: str | None
    since: datetime
    until: datetime
    checks: int
    ok: int
    unknown: Sequence[Span]
    fields: Mapping[str, FieldHistory]

    @property
    def observed_days(self) -> int:
        unseen = sum((one.end - one.start for one in self.unknown), timedelta())
        return max(0, (self.until - self.since - unseen).days)


@dataclass(frozen=True, slots=True)
class Lowest:
    """Of the price: since so many days there was none lower."""

    step: Step
    days: int


class HistoryService:
    def __init__(self, chunks: Chunks, watches: WatchService, causes: CheckCauses) -> None:
        self._chunks = chunks
        self._watches = watches
        self._causes = causes

    def steps(self, actor: Actor, watch_id: str, wanted: HistoryWanted) -> History:
        return self._history(actor, watch_id, wanted, edges=None)

    def buckets(
        self,
        actor: Actor,
        watch_id: str,
        wanted: HistoryWanted,
        *,
        points: int,
        bucket: str | None,
        timezone: str,
    ) -> History:
        """Cells of one width, or hours, days or weeks of a zone."""
        try:
            zone = zone_from_name(timezone)
        except CannotRun as error:
            raise InvalidInput(f"tz: {error}") from error

        def edges(since: datetime, until: datetime) -> list[datetime]:
            if bucket is None:
                return even_edges(since, until, points)
            if (until - since) / timedelta(hours=1 if bucket == "1h" else 24) > MAX_CELLS:
                raise InvalidInput(f"bucket: more than {MAX_CELLS} cells; ask for a shorter time")
            return calendar_edges(since, until, bucket, zone)

        return self._history(actor, watch_id, wanted, edges=edges)

    def numbers(self, actor: Actor, watch_id: str, wanted: HistoryWanted) -> History:
        """The steps of the fields that have numbers. Raises InvalidInput for one that has none."""
        found = self.steps(actor, watch_id, wanted)
        others = [name for name in wanted.fields or () if not is_numeric(name)]
        if others:
            table = KINDS[self._watches.monitor_of(found.watch).kind].table
            has = ", ".join(sorted(filter(is_numeric, table.shown_names)))
            raise InvalidInput(f"fields: {others[0]} has no numbers; form=compact has {has}")
        numbers = {name: one for name, one in found.fields.items() if is_numeric(name)}
        return replace(found, fields=numbers)

    def checks(
        self, actor: Actor, watch_id: str, *, limit: int, skip: int
    ) -> tuple[list[CheckSeen], bool]:
        """Latest first, and whether there are more."""
        watch = self._watches.get(actor, watch_id)
        newest = reversed(self._pieces(watch, None, None))
        found = islice(
            (check for piece in newest for check in reversed(checks_of(piece))),
            skip,
            skip + limit + 1,
        )
        shown = list(found)
        return self._causes.of(watch, shown[:limit]), len(shown) > limit

    def lowest(self, watch: Watch) -> Lowest | None:
        steps = steps_of(self._pieces(watch, None, None), "price")
        found = lowest_of(steps)
        if found is None:
            return None
        return Lowest(Step("price", found[1], found[0]), (utc_now() - steps[0].at).days)

    def _history(
        self, actor: Actor, watch_id: str, wanted: HistoryWanted, *, edges: MakeEdges | None
    ) -> History:
        watch = self._watches.get(actor, watch_id)
        until = wanted.until or utc_now()
        since = wanted.since or watch.started_at or watch.created_at
        if since > until:
            raise InvalidInput("from must not be after to")
        if until - since > MAX_TIME:
            raise InvalidInput("from, to: at most ten years")
        pieces = self._pieces(watch, wanted.since, wanted.until)
        good = good_times(pieces)
        seen = bisect_right(good, moment_of(until))
        unknown = unknown_spans(good[:seen], since, until)
        context = state_from_known(watch.value, watch.known).context
        cuts = edges(since, until) if edges else None
        fields = {}
        monitor = self._watches.monitor_of(watch)
        own = [f"{PLACE}:{key}" for key in monitor.rules.asins]
        for name in history_names(KINDS[monitor.kind].table, wanted, pieces, own):
            steps = steps_within(steps_of(pieces, name), since, until)
            seen_until = min(until, time_of(good[-1])) if good else since
            cells = cells_of(steps, unknown, cuts, seen_until) if cuts else ()
            fields[name] = FieldHistory(steps=steps, cells=cells)
        return History(
            watch=watch,
            currency=currency_of(pieces) or (context.currency if context else None),
            since=since,
            until=until,
            checks=count_checks(pieces, since, until),
            ok=seen - bisect_left(good, moment_of(since)),
            unknown=unknown,
            fields=fields,
        )

    def _pieces(self, watch: Watch, since: datetime | None, until: datetime | None) -> list[Chunk]:
        return pieces_of(self._chunks, watch, since=since, until=until)


def history_names(
    table: FieldTable,
    wanted: HistoryWanted,
    pieces: Sequence[Chunk],
    places: Sequence[str] = (),
) -> list[str]:
    """The fields that are asked for, or all that the pieces have, with these `places`. Raises InvalidInput."""
    present = {name for piece in pieces for name in piece.fields}
    if wanted.fields is None:
        return [*(name for name in table.names if name in present), *places]
    unknown = [name for name in wanted.fields if not table.has(name)]
    if unknown:
        known = ", ".join(table.shown_names)
        raise InvalidInput(f"fields: {unknown[0][:100]} is no field; there are {known}")
    return list(dict.fromkeys(wanted.fields))
